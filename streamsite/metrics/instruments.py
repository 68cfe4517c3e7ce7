"""The numbers that web processes and workers count themselves. Values of labels are bounded: names of this code.

All have labels, because a metric without them takes its value when this is imported, before ``process_files.join``.
"""

from __future__ import annotations

from threading import Lock
from typing import Generic, TypeVar

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, disable_created_metrics

disable_created_metrics()  # type: ignore[no-untyped-call]

REGISTRY = CollectorRegistry()
OTHER = "other"
Instrument = TypeVar("Instrument", Counter, Gauge, Histogram)

REQUESTS = Counter(
    "streamsite_http_requests",
    "Requests that were answered, by the route's name, the method and the class of the status.",
    ("route", "method", "status"),
    registry=REGISTRY,
)
REQUEST_SECONDS = Histogram(
    "streamsite_http_request_duration_seconds",
    "Time until an answer began to be sent.",
    ("route", "status"),
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0),
    registry=REGISTRY,
)
COMMAND_SECONDS = Histogram(
    "streamsite_mongodb_command_duration_seconds",
    "Time that MongoDB took to answer a command that succeeded, by kind of process, collection and command.",
    ("process", "collection", "command"),
    buckets=(0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.5, 2.5, 10.0),
    registry=REGISTRY,
)
COMMAND_FAILURES = Counter(
    "streamsite_mongodb_command_failures",
    "Commands that MongoDB refused or that were interrupted.",
    ("process", "collection", "command"),
    registry=REGISTRY,
)
UPLOADS = Counter(
    "streamsite_uploads", "Files of videos that have arrived as a whole.", ("kind",), registry=REGISTRY
)
UPLOAD_BYTES = Counter(
    "streamsite_upload_bytes",
    "Bytes of videos that have arrived, of unfinished uploads too.",
    ("kind",),
    registry=REGISTRY,
)
MEDIA_RESPONSES = Counter(
    "streamsite_media_responses",
    "Answers with a media file, by who sends its bytes: the site, the web server in front, or the bucket.",
    ("delivery",),
    registry=REGISTRY,
)
MEDIA_BYTES = Counter(
    "streamsite_media_sent_bytes",
    "Bytes of media files that the site itself has sent.",
    ("delivery",),
    registry=REGISTRY,
)
MEDIA_READERS = Gauge(
    "streamsite_media_readers",
    "Large files that the site itself is sending at this moment.",
    ("delivery",),
    registry=REGISTRY,
    multiprocess_mode="livesum",
)
SITE = "site"
RESUMABLE, WHOLE = "resumable", "whole"


class BoundedLabels(Generic[Instrument]):
    """The children of a metric by their labels, found fast; beyond ``most`` of them, all others share one."""

    def __init__(self, metric: Instrument, most: int) -> None:
        self._metric: Instrument = metric
        self._most = most
        self._children: dict[tuple[str, ...], Instrument] = {}
        self._lock = Lock()

    def find(self, *labels: str) -> Instrument:
        """Return the child with these labels."""
        child = self._children.get(labels)
        return self._add(labels) if child is None else child

    def _add(self, labels: tuple[str, ...]) -> Instrument:
        with self._lock:
            if labels not in self._children:
                is_full = len(self._children) >= self._most
                shown = (OTHER,) * len(labels) if is_full else labels
                child: Instrument = self._metric.labels(*shown)
                if is_full:
                    return child
                self._children[labels] = child
            return self._children[labels]

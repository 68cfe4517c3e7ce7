"""Figures of the whole site, which cost a look at the database or the disk: apps register how they are found out.

An answer is kept for some seconds, and one thread at a time looks; others get the last one. Every process that is asked
answers alike, so that dashboards take the largest of several and no sum.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass

from django.db import DatabaseError, InterfaceError
from prometheus_client import Metric
from pymongo.errors import PyMongoError

from streamsite.caching import ExpiringCache

GAUGE, COUNTER = "gauge", "counter"
KEPT_SECONDS = 10.0
FAILURES = (PyMongoError, DatabaseError, InterfaceError, OSError)

# By the values of a family's labels, in its order.
Samples = Mapping[tuple[str, ...], float]
Reading = Mapping[str, Samples]


@dataclass(frozen=True)
class Family:
    """A metric: its name as it is exposed, what it says, and the names of its labels."""

    name: str
    help: str
    labels: tuple[str, ...] = ()
    kind: str = GAUGE

    def metric(self, samples: Samples) -> Metric:
        """Return the metric with samples."""
        made = Metric(self.name.removesuffix("_total"), self.help, self.kind)
        for values, number in sorted(samples.items()):
            made.add_sample(self.name, dict(zip(self.labels, values, strict=True)), number)
        return made


class Source:
    """Where ``families`` come from: ``read`` returns samples by the family's name; it is kept for ``seconds``.

    A family that it leaves out, or all of them when it fails, are not known at this moment and have no samples.
    """

    def __init__(
        self,
        families: tuple[Family, ...],
        read: Callable[[], Reading],
        *,
        needs_database: bool = True,
        seconds: float = KEPT_SECONDS,
    ) -> None:
        self.families = families
        self.needs_database = needs_database
        self._read = read
        self._lock = threading.Lock()
        self._fresh: ExpiringCache[None, Reading] = ExpiringCache(seconds=seconds)
        self._last: Reading = {}

    def metrics(self) -> Iterator[Metric]:
        """Yield the families with what is known of them."""
        reading = self._reading()
        for family in self.families:
            yield family.metric(reading.get(family.name, {}))

    def forget(self) -> None:
        """Drop what is kept."""
        self._fresh.clear()
        self._last = {}

    def _reading(self) -> Reading:
        fresh = self._fresh.get(None, None)
        if fresh is not None:
            return fresh
        if not self._lock.acquire(blocking=False):
            return self._last
        try:
            self._last = self._fresh.get_or_load(None, self._read)
        except FAILURES:
            self._last = {}  # an old figure would look like one of now
        finally:
            self._lock.release()
        return self._last


_sources: list[Source] = []


def register_source(source: Source) -> None:
    """Have figures shown at ``/metrics``."""
    _sources.append(source)


def sources() -> Iterable[Source]:
    """Return what is registered, in the order of registration."""
    return tuple(_sources)


def forget_readings() -> None:
    """Drop what is kept of all sources."""
    for source in _sources:
        source.forget()

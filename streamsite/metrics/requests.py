"""Counts requests that were answered, and files of media among them."""

from __future__ import annotations

from django.http import HttpRequest

from streamsite.access_log import Answer
from streamsite.metrics import instruments
from streamsite.metrics.instruments import SITE, BoundedLabels
from streamsite.route_names import route_name

MEDIA = "/media/"
METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
MAX_LABELS = 1_000

_counts = BoundedLabels(instruments.REQUESTS, MAX_LABELS)
_seconds = BoundedLabels(instruments.REQUEST_SECONDS, MAX_LABELS)
_media = BoundedLabels(instruments.MEDIA_RESPONSES, 4)


def count_request(request: HttpRequest, response: Answer, seconds: float) -> None:
    """Count a request that was answered after ``seconds``."""
    route, status = route_name(request), f"{response.status_code // 100}xx"
    method = request.method if request.method in METHODS else instruments.OTHER
    _counts.find(route, str(method), status).inc()
    _seconds.find(route, status).observe(seconds)
    if request.path.startswith(MEDIA):
        _count_media(request, response)


def _count_media(request: HttpRequest, response: Answer) -> None:
    if response.has_header("X-Accel-Redirect"):
        _media.find("front").inc()
    elif response.status_code in {302, 307}:
        _media.find("bucket").inc()
    elif response.status_code in {200, 206}:
        _media.find(SITE).inc()
        # Of an answer in pieces those are counted that a reader takes: see streamsite/download_slots.py.
        if not response.streaming and request.method == "GET":
            instruments.MEDIA_BYTES.labels(SITE).inc(len(getattr(response, "content", b"")))

"""The line of each request: what was asked, what it got, and how long that took.

Without the query string, which may hold what people search for or secrets. Who asked is left out as well unless
``LOG_CLIENTS`` is on: together with paths it would be a record of who watches what.
"""

from __future__ import annotations

import itertools
import logging
import time
from collections.abc import Mapping
from typing import Protocol

from django.conf import settings
from django.http import HttpRequest
from django.utils.functional import LazyObject, empty

from streamsite.logs import redact_path
from streamsite.rate_limits import client_address
from streamsite.route_names import route_name

logger = logging.getLogger("streamsite.requests")

# Successes of these are many and say little: a player fetches a segment every few seconds.
FILES = ("/media/", "/static/")

_files = itertools.count(1)


class Answer(Protocol):
    """The parts of a response that logging reads. Django and ``streamsite.edge`` both provide them."""

    status_code: int

    @property
    def streaming(self) -> bool:
        """True when its body comes in pieces."""
        ...

    @property
    def headers(self) -> Mapping[str, str]:
        """Its headers."""
        ...

    def has_header(self, header: str, /) -> bool:
        """Return whether it has a header of that name."""
        ...


def log_request(request: HttpRequest, response: Answer, begun: float, *, is_probe: bool = False) -> None:
    """Write the line of a request that was answered; ``begun`` is when it came in, by ``time.perf_counter``."""
    level, is_sample = _level(request, response.status_code, is_probe)
    if not logger.isEnabledFor(level):
        return
    status = response.status_code
    fields: dict[str, object] = {
        "method": request.method,
        "path": redact_path(request.path),
        "route": route_name(request),
        "status": status,
        "duration_ms": round((time.perf_counter() - begun) * 1000, 1),
    }
    line = f"{fields['method']} {fields['path']} {status} {fields['duration_ms']} ms"
    if (size := _announced_bytes(request, response)) is not None:
        fields["bytes"] = size
    if settings.LOG_CLIENTS:
        fields |= {"client": client_address(request), "user_id": user_id(request)}
        line = f"{line} client {fields['client']} user {fields['user_id'] or '-'}"
    if is_sample:
        fields["one_of"] = settings.LOG_MEDIA_EVERY
    if reason := getattr(request, "log_reason", "") if status >= 400 else "":
        fields["reason"] = reason
        line = f"{line} {reason}"
    logger.log(level, "%s", line, extra={"fields": fields})


def _level(request: HttpRequest, status: int, is_probe: bool) -> tuple[int, bool]:
    """Return the line's level, and whether it stands for ``LOG_MEDIA_EVERY`` requests for files."""
    if status >= 500:
        return logging.WARNING, False
    if is_probe:
        return logging.DEBUG, False
    if status >= 400 or not request.path.startswith(FILES):
        return logging.INFO, False
    every = settings.LOG_MEDIA_EVERY
    is_sample = every > 0 and next(_files) % every == 0
    return logging.INFO if is_sample else logging.DEBUG, is_sample


def _announced_bytes(request: HttpRequest, response: Answer) -> int | None:
    """Return the size of the body that is sent; ``None`` when it is not known, or the web server in front sends it."""
    if request.method == "HEAD" or response.has_header("X-Accel-Redirect"):
        return None
    length = response.headers.get("Content-Length", "")
    if length.isdecimal():
        return int(length)
    return None if response.streaming else len(getattr(response, "content", b""))


def user_id(request: HttpRequest) -> str | None:
    """Return the id of the account that the request was found to be of; no look-up is made for that."""
    user = vars(request).get("user")
    if isinstance(user, LazyObject) and vars(user).get("_wrapped", empty) is empty:
        return None
    pk = getattr(user, "pk", None)
    return None if pk is None else str(pk)

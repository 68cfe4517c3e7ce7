"""The form of log lines: text or JSON, with the time and the id of the request or the job they belong to.

One line per request (``streamsite.access_log``) and per end of a job (``streamsite.tasks.job_log``). Every record is
one line; only a fault of the site has a traceback below it (``WithoutExpectedTracebacks``).
"""

from __future__ import annotations

import contextvars
import json
import logging
import os
import re
import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING
from urllib.parse import quote

if TYPE_CHECKING:  # the web server's first process needs formatters only
    from django.http import HttpRequest

# What opens something by itself, and is a part of the path.
SECRET_IN_PATH = re.compile(r"(/(?:media/v|feeds/private|decisions|playlists/join)/)[^/\s]+")
# No name in a path of the site is this long; a token that somebody put there is.
LONG_NAME = re.compile(r"[^/\s]{41,}")
MAX_PATH = 500
# What says something about a person, or opens something, in the text of an error. The order matters.
PRIVATE_IN_TEXT = (
    # What MongoDB adds to an error: values of the document.
    (re.compile(r"\b(dup key|full error)\b.*", re.DOTALL), r"\1: ..."),
    (re.compile(r"\b(bearer|basic|token)\s+[^\s,;'\"]+", re.IGNORECASE), r"\1 ..."),
    (
        re.compile(
            r"\b(\w*(?:passw|secret|token|key|code|otp|session)\w*)(['\"]?\s*[:=]\s*['\"]?)[^\s,;&'\"}]+",
            re.IGNORECASE,
        ),
        r"\1\2...",
    ),
    (re.compile(r"//[^/\s@]+@"), "//...@"),
    (re.compile(r"[^\s@<>'\"(){}\[\],;:=]{1,64}@[^\s@<>'\"(){}\[\],;:=]{1,255}"), "[email]"),
    (re.compile(r"\?[^\s'\"<>?]*=[^\s'\"<>]*"), "?..."),
    (re.compile(r"(?<![\w.])(?:\d{1,3}\.){3}\d{1,3}(?![\w.])"), "[address]"),
    (re.compile(r"(?<![\w:])(?:[0-9A-Fa-f]{0,4}:){2,7}[0-9A-Fa-f]{0,4}(?![\w:])"), "[address]"),
    (re.compile(r"(?<![\w+=-])(?=[A-Za-z_+=-]*\d)[\w+=-]{20,}"), "..."),
)
MAX_TEXT = 2_000
REQUEST_ID = re.compile(r"\A[A-Za-z0-9._-]{8,64}\Z")
# What would break a line in two, or a terminal.
CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")
NONE = "-"

request_id: contextvars.ContextVar[str] = contextvars.ContextVar("request_id", default=NONE)
job_id: contextvars.ContextVar[str] = contextvars.ContextVar("job_id", default=NONE)
trace_id: contextvars.ContextVar[str] = contextvars.ContextVar("trace_id", default=NONE)


@contextmanager
def bind_request_id(request: HttpRequest) -> Iterator[str]:
    """Give the request its id, which log lines of the block carry: a well-formed ``X-Request-Id``, or a new one."""
    given = request.META.get("HTTP_X_REQUEST_ID", "")
    name = given if REQUEST_ID.match(given) else secrets.token_hex(8)
    request.request_id = name  # type: ignore[attr-defined]
    token = request_id.set(name)
    try:
        yield name
    finally:
        request_id.reset(token)


def record_refusal(request: object, reason: str) -> None:
    """Keep why ``request`` is refused, for its line; the first reason counts. Takes REST framework's requests too."""
    vars(getattr(request, "_request", request)).setdefault("log_reason", reason)


def redact_path(path: str) -> str:
    """Return a decoded path for a line: without secrets, spaces, and control characters, of bounded length."""
    path = LONG_NAME.sub("...", SECRET_IN_PATH.sub(r"\1...", path))
    if not (path.isascii() and path.isprintable() and " " not in path):
        path = quote(path[:MAX_PATH], safe="/@:!$&'()*+,;=~-._%", errors="replace")
    return path if len(path) <= MAX_PATH else f"{path[:MAX_PATH]}..."


def redact_text(text: str) -> str:
    """Return the text of an error for other eyes: without secrets, addresses and mail addresses, of bounded length."""
    text = SECRET_IN_PATH.sub(r"\1...", text[:MAX_TEXT])
    for private, instead in PRIVATE_IN_TEXT:
        text = private.sub(instead, text)
    return LONG_NAME.sub("...", text)


class ContextFilter(logging.Filter):
    """Adds the ids of request, job and trace to every record, and to text lines one of them as ``context_id``."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Add the ids to the record; return ``True``."""
        request, job = request_id.get(), job_id.get()
        record.request_id, record.job_id, record.trace_id = request, job, trace_id.get()
        record.context_id = job if request == NONE else request
        return True


class WithoutSecretsInPaths(logging.Filter):
    """Takes the tokens out of the paths that Django's records of failed requests name."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Redact the paths in the record; return ``True``."""
        if isinstance(record.args, tuple):
            record.args = tuple(
                redact_path(value) if isinstance(value, str) and value.startswith("/") else value
                for value in record.args
            )
        return True


class TextFormatter(logging.Formatter):
    """``2026-11-29T07:30:00.123Z INFO logger [id] message``, in UTC; the traceback, if any, on lines below."""

    converter = staticmethod(time.gmtime)
    default_time_format = "%Y-%m-%dT%H:%M:%S"
    default_msec_format = "%s.%03dZ"

    def __init__(self) -> None:
        super().__init__(
            "%(asctime)s %(levelname)s %(name)s [%(context_id)s] %(message)s", defaults={"context_id": NONE}
        )

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802 - the name in logging
        """Return the line itself, in which nothing that came from outside begins another one."""
        line = super().formatMessage(record)
        return line if line.isprintable() else CONTROL.sub(_escape, line)


class JsonFormatter(logging.Formatter):
    """One JSON object per line: time, level, logger, request id, message, what else the record tells, the traceback."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the object as text."""
        entry = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "request_id": getattr(record, "request_id", NONE),
            "message": record.getMessage(),
        }
        if getattr(record, "job_id", NONE) != NONE:
            entry["job_id"] = record.__dict__["job_id"]
        if getattr(record, "trace_id", NONE) != NONE:
            entry["trace_id"] = record.__dict__["trace_id"]
        entry |= getattr(record, "fields", {})
        if record.exc_info:
            entry["traceback"] = self.formatException(record.exc_info)
        return json.dumps(entry, ensure_ascii=False)


def web_server_formatter() -> logging.Formatter:
    """Return the formatter of the web server's own lines, which is set up before the settings are read."""
    return JsonFormatter() if os.environ.get("LOG_FORMAT", "").strip() == "json" else TextFormatter()


def _escape(found: re.Match[str]) -> str:
    return found.group().encode("unicode_escape").decode("ascii")

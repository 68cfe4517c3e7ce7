"""Log records carry the request's id; JSON lines by setting."""

from __future__ import annotations

import contextvars
import json
import logging
import re
from datetime import UTC, datetime

# What opens something by itself, and is a part of the path.
SECRET_IN_PATH = re.compile(r"(/(?:media/v|feeds/private|decisions)/)[^/\s]+")

request_id: contextvars.ContextVar[str] = contextvars.ContextVar("request_id", default="-")


class RequestIdFilter(logging.Filter):
    """Adds ``request_id`` to every record."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.request_id = request_id.get()
        return True


class WithoutSecretsInPaths(logging.Filter):
    """Takes the tokens out of the paths that Django's records of failed requests name."""

    def filter(self, record: logging.LogRecord) -> bool:
        if isinstance(record.args, tuple):
            record.args = tuple(
                SECRET_IN_PATH.sub(r"\1...", value) if isinstance(value, str) else value
                for value in record.args
            )
        return True


class JsonFormatter(logging.Formatter):
    """One JSON object per line: time, level, logger, request id, message and, if any, the traceback."""

    def format(self, record: logging.LogRecord) -> str:
        entry = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "request_id": getattr(record, "request_id", "-"),
            "message": record.getMessage(),
        }
        if record.exc_info:
            entry["traceback"] = self.formatException(record.exc_info)
        return json.dumps(entry, ensure_ascii=False)

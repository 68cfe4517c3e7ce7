"""Tell conditions that are expected in operation from faults of the site; only faults get a traceback in the log."""

from __future__ import annotations

import logging

from django.core.exceptions import ObjectDoesNotExist, PermissionDenied, SuspiciousOperation
from django.http import Http404, UnreadablePostError

from streamsite.errors import SiteError, describe_causes, is_disk_full, is_outage

SERVER_ERROR = 500
REFUSALS = (
    SiteError,
    ObjectDoesNotExist,
    Http404,
    PermissionDenied,
    SuspiciousOperation,
    UnreadablePostError,
)


def is_expected(error: BaseException) -> bool:
    """Return whether ``error`` is a refusal, an outage, a full disk, or a client that went away."""
    return isinstance(error, REFUSALS) or is_outage(error) or is_disk_full(error)


class FaultsOnly(logging.Filter):
    """Lets Django's record of a request pass only when it is about a fault: the request's own line says the rest."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Return whether the record is about a fault."""
        error = record.exc_info[1] if record.exc_info else None
        if error is None:
            return getattr(record, "status_code", SERVER_ERROR) == SERVER_ERROR
        return not is_expected(error)


class WithoutExpectedTracebacks(logging.Filter):
    """Makes a warning without traceback of a record about something that is to be expected, whoever logged it."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Drop the traceback of an expected error; return ``True``."""
        error = record.exc_info[1] if record.exc_info else None
        if error is not None and is_expected(error):
            record.msg, record.args = "%s (%s)", (record.getMessage(), describe_causes(error))
            record.exc_info = record.exc_text = None
            if record.levelno > logging.WARNING:
                record.levelno, record.levelname = logging.WARNING, "WARNING"
        return True

"""Reports to Sentry what the log writes at level ERROR and above. Needs ``requirements-sentry.txt``.

What is a fault of the site and what is to be expected is decided once, for the log (``streamsite.expected_errors``).
None of Sentry's own integrations is on: they would send requests, accounts and variables.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, cast

import sentry_sdk
from django.conf import settings
from sentry_sdk.scrubber import EventScrubber
from sentry_sdk.transport import HttpTransport
from sentry_sdk.utils import event_from_exception

from streamsite import __version__, access_log
from streamsite.expected_errors import is_expected
from streamsite.logs import NONE, job_id, redact_path, request_id, trace_id
from streamsite.rate_limits import client_address
from streamsite.route_names import route_name
from streamsite.telemetry import current
from streamsite.telemetry.scrubbing import Report, scrub

if TYPE_CHECKING:
    from django.http import HttpRequest
    from sentry_sdk.transport import Transport
    from sentry_sdk.types import Event, Hint

# Of those who deliver reports: one about a failed delivery would follow another.
DELIVERY = ("sentry_sdk", "opentelemetry", "urllib3")
OWN_PACKAGES = ["accounts", "videos", "playlists", "subscriptions", "takeout", "demo", "streamsite"]
END_SECONDS = 2.0
LINE_SECONDS = 60.0
TEST_SECONDS = 10.0

logger = logging.getLogger("streamsite.telemetry")


class LoggingTransport(HttpTransport):
    """Delivers reports in a thread of its own, and says in the log when that fails, at most once a minute."""

    _next_line = 0.0
    # Why the last report that this process lost was lost.
    last_loss = ""

    def on_dropped_event(self, _reason: str) -> None:
        """Say that a report is lost; the SDK calls it with a word such as ``network`` or ``status_403``."""
        LoggingTransport.last_loss = _reason
        now = time.monotonic()
        if now >= self._next_line:
            self._next_line = now + LINE_SECONDS
            logger.warning("reports cannot be delivered (SENTRY_DSN): %s", _reason)


class SentryHandler(logging.Handler):
    """Reports records of level ERROR and above."""

    def __init__(self, role: str) -> None:
        super().__init__(logging.ERROR)
        self._role = role

    def emit(self, record: logging.LogRecord) -> None:
        """Report the record, unless it is about something that is to be expected."""
        error = record.exc_info[1] if record.exc_info else None
        # A filter of the log may have lowered the level.
        if record.levelno < logging.ERROR or record.name.startswith(DELIVERY):
            return
        if error is not None and is_expected(error):
            return
        try:
            self._report(record, error)
        except Exception:
            self.handleError(record)

    def _report(self, record: logging.LogRecord, error: BaseException | None) -> None:
        report: Report = {"message": record.getMessage()}
        hint: Hint = {}
        if error is not None:
            options = sentry_sdk.get_client().options
            made, hint = event_from_exception(
                error, client_options=options, mechanism={"type": "logging", "handled": True}
            )
            report |= made
        report |= {"level": "fatal" if record.levelno >= logging.CRITICAL else "error", "logger": record.name}
        request = getattr(record, "request", None) or current.current_request()
        report |= self._describe(request)
        sentry_sdk.capture_event(cast("Event", report), hint=hint)

    def _describe(self, request: HttpRequest | None) -> Report:
        """Return what the report says about where it comes from."""
        tags = {"process": self._role, "request_id": request_id.get(), "trace_id": trace_id.get()}
        described: Report = {"tags": tags}
        if job := current.current_job():
            tags |= {"job_id": job.id, "task": job.task, "queue": job.queue, "try": str(job.tries)}
            described["transaction"] = job.task
        else:
            tags["job_id"] = job_id.get()
        if request is not None:
            tags["route"] = described["transaction"] = route_name(request)
            tags["request_id"] = getattr(request, "request_id", NONE)
            described["request"] = {
                "method": request.method,
                "url": f"{settings.SITE_URL}{redact_path(request.path)}",
            }
            if settings.LOG_CLIENTS:
                described["user"] = {"id": access_log.user_id(request), "ip_address": client_address(request)}
        described["tags"] = {name: value for name, value in tags.items() if value != NONE}
        return described


def _before_send(event: Event, hint: Hint) -> Event | None:
    return cast("Event", scrub(cast("Report", event)))


def start(role: str, transport: type[Transport] | Transport | None = None) -> Callable[[], None]:
    """Report errors of this process from now on. Return what delivers the last of them, within seconds."""
    sentry_sdk.init(
        dsn=settings.SENTRY_DSN,
        release=f"streamsite@{__version__}",
        environment=settings.SENTRY_ENVIRONMENT,
        transport=transport or LoggingTransport,
        before_send=_before_send,
        # It would take out what LOG_CLIENTS puts in; all else of its list is not kept anyway.
        event_scrubber=EventScrubber(pii_denylist=[]),
        default_integrations=False,
        auto_enabling_integrations=False,
        auto_session_tracking=False,
        send_client_reports=False,
        include_local_variables=False,
        max_request_body_size="never",
        max_breadcrumbs=0,
        in_app_include=OWN_PACKAGES,
        traces_sample_rate=None,
        propagate_traces=False,
        spotlight=False,
        debug=False,
    )
    handler = SentryHandler(role)
    logging.getLogger().addHandler(handler)

    def end() -> None:
        """Deliver what is left, and report nothing more."""
        logging.getLogger().removeHandler(handler)
        sentry_sdk.get_client().close(timeout=END_SECONDS)

    return end


def send_test() -> str:
    """Send a report now; return why it was not taken, "" when it was."""
    end = start("command")
    LoggingTransport.last_loss = ""
    waiting: list[int] = []
    logger.error("This is a test of reports: nothing is wrong.")
    client = sentry_sdk.get_client()
    client.flush(timeout=TEST_SECONDS)
    # The SDK calls back while a delivery goes on.
    client.flush(timeout=0.5, callback=lambda pending, seconds: waiting.append(pending))
    end()
    return LoggingTransport.last_loss or (f"no answer within {TEST_SECONDS:.0f} s" if waiting else "")

"""Turns on what is configured, in the process that is to be observed, and delivers the last reports at its end."""

from __future__ import annotations

import atexit
import threading
from collections.abc import Callable
from multiprocessing import util

from django.conf import settings

# The web server kills a process five seconds after it was told to end.
END_SECONDS = 3.0


def start(role: str) -> None:
    """Report errors and trace, as far as that is configured. Call it after a fork and before the database is asked."""
    if settings.SENTRY_DSN:
        from streamsite.telemetry import sentry

        at_end(sentry.start(role))
    if settings.OTEL_TRACES:
        from streamsite.telemetry import mongodb, tracing

        mongodb.start()
        at_end(tracing.start(role).shutdown)


def at_end(deliver: Callable[[], object]) -> None:
    """Call ``deliver`` once when this process ends, and wait for it at most ``END_SECONDS``."""
    is_ending, is_done = threading.Event(), threading.Event()

    def wait() -> None:
        is_ending.wait()
        try:
            deliver()
        finally:
            is_done.set()

    def end() -> None:
        if not is_ending.is_set():
            is_ending.set()
            is_done.wait(END_SECONDS)

    # Begun now: no thread can be started while Python ends.
    threading.Thread(target=wait, name="telemetry-end", daemon=True).start()
    # A process that multiprocessing forked, as the web server's, runs its finalizers only, others both.
    util.Finalize(None, end, exitpriority=10)
    atexit.register(end)

"""Turns on what is configured, in the process that is to be observed, and delivers the last reports at its end."""

from __future__ import annotations

import atexit
import threading
import time
from collections.abc import Callable
from multiprocessing import util

from django.conf import settings

# The web server kills a process five seconds after it was told to end.
END_SECONDS = 3.0


def start(role: str) -> None:
    """Report errors and trace, as far as that is configured. Call it after a fork and before the database is asked."""
    deliveries: list[Callable[[], object]] = []
    if settings.SENTRY_DSN:
        from streamsite.telemetry import sentry

        deliveries.append(sentry.start(role))
    if settings.OTEL_TRACES:
        from streamsite.telemetry import mongodb, tracing

        mongodb.start()
        deliveries.append(tracing.start(role).shutdown)
    if deliveries:
        at_end(*deliveries)


def at_end(*deliveries: Callable[[], object]) -> None:
    """Call each once when this process ends, side by side, and wait for them at most ``END_SECONDS`` in all."""
    is_ending = threading.Event()

    def deliver(delivery: Callable[[], object], is_done: threading.Event) -> None:
        is_ending.wait()
        try:
            delivery()
        finally:
            is_done.set()

    ends = [threading.Event() for _ in deliveries]
    # Begun now: no thread can be started while Python ends.
    for delivery, is_done in zip(deliveries, ends, strict=True):
        thread = threading.Thread(target=deliver, args=(delivery, is_done), name="telemetry-end", daemon=True)
        thread.start()

    def end() -> None:
        if is_ending.is_set():
            return
        is_ending.set()
        deadline = time.monotonic() + END_SECONDS
        for is_done in ends:
            is_done.wait(max(0.0, deadline - time.monotonic()))

    # A process that multiprocessing forked, as the web server's, runs its finalizers only, others both.
    util.Finalize(None, end, exitpriority=10)
    atexit.register(end)

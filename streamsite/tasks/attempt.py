"""One try of a job, in a thread of its own: what does not end in time is left behind.

Python cannot stop a thread. One that waits for a silent partner would keep its worker for as long as the partner
likes, so the worker does not run the task itself: it watches over it, renews the lease meanwhile, and when the time is
up goes on without it. The task has lost its lease by then and writes nothing more that others would see.
"""

from __future__ import annotations

import contextvars
import logging
import threading
import time
from collections.abc import Callable

from django.db import connections

from streamsite.tasks import lease as leases
from streamsite.tasks.errors import LeaseLost, TimeLimitExceeded

logger = logging.getLogger("streamsite.worker")

# How long a task that has been told to stop is waited for.
GRACE_SECONDS = 5.0


class Abandoned(TimeLimitExceeded):
    """The time was up and the thread did not end: it is still there."""


class Attempt:
    """Runs ``work`` under ``lease``. ``limit`` is in seconds, ``None`` for as long as it takes."""

    def __init__(
        self, work: Callable[[], object], lease: leases.Lease, *, name: str, limit: float | None = None
    ) -> None:
        self._work, self._lease, self._limit = work, lease, limit
        self._ended = threading.Event()
        self._value: object = None
        self._error: BaseException | None = None
        # A daemon: the process may end without it.
        context = contextvars.copy_context()
        self._thread = threading.Thread(target=context.run, args=(self._run,), name=name, daemon=True)

    def result(self, beat: Callable[[], None], every: float) -> object:
        """Return what ``work`` returns, calling ``beat`` every ``every`` seconds. Raises what it raises.

        ``TimeLimitExceeded`` when the time is up; ``Abandoned``, which is one, when it goes on nevertheless.
        """
        begun = last_beat = time.monotonic()
        self._thread.start()
        while not self._ended.wait(self._pause(begun, last_beat + every)):
            now = time.monotonic()
            if now >= last_beat + every:
                last_beat = now
                beat()
            if self._limit is not None and now - begun >= self._limit:
                return self._end_late()
        return self._outcome()

    @property
    def is_running(self) -> bool:
        """True when its thread is still there."""
        return self._thread.is_alive()

    def _pause(self, begun: float, next_beat: float) -> float:
        moments = [next_beat] if self._limit is None else [next_beat, begun + self._limit]
        return max(0.0, min(moments) - time.monotonic())

    def _end_late(self) -> object:
        """Tell the task that its lease is lost; a result that comes now still counts."""
        self._lease.lost.set()
        sentence = f"It took longer than {self._limit:g} s."
        if not self._ended.wait(GRACE_SECONDS):
            raise Abandoned(sentence)
        try:
            return self._outcome()
        except LeaseLost:
            raise TimeLimitExceeded(sentence) from None

    def _outcome(self) -> object:
        if self._error is not None:
            raise self._error
        return self._value

    def _run(self) -> None:
        token = leases.set_current_lease(self._lease)
        try:
            self._value = self._work()
        except BaseException as error:
            self._error = error
        finally:
            try:
                leases.reset_current_lease(token)
                connections.close_all()
            finally:
                self._ended.set()

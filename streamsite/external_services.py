"""Calls to an outside service that a request waits for: few at once, for a bounded time, behind a circuit breaker.

A service that accepts connections and then says nothing is worse than one that is down: whoever waits for it holds a
thread of the web server. So a process has at most ``at_once`` threads in the service and as many waiting for one; each
call has a deadline that covers everything, the name lookup and a body that trickles in included; and after some
failures in a row calls are refused at once, until one of them, sent ahead as a probe, is answered.
"""

from __future__ import annotations

import contextvars
import logging
import math
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import TimeoutError as DeadlineExceeded
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TypeVar

from streamsite import request_turns
from streamsite.errors import Unavailable

logger = logging.getLogger("streamsite.partners")

FAILURES_IN_A_ROW = 3
INITIAL_PAUSE, MAX_PAUSE = 2.0, 15.0
SLOT_WAIT = 0.5

T = TypeVar("T")
_known: list[ExternalService] = []


@dataclass(frozen=True)
class Admission:
    """Permission for one call. Outcomes of calls that were admitted before the state changed are ignored."""

    epoch: int
    is_probe: bool


class CircuitOpen(Exception):
    """The circuit breaker is open. ``retry_after`` is in seconds."""

    def __init__(self, retry_after: float) -> None:
        super().__init__()
        self.retry_after = retry_after


class CircuitBreaker:
    """Opens after ``FAILURES_IN_A_ROW``; then lets one probe in after each pause, which doubles, and closes on success.

    Thread-safe; no lock is held while a call runs.
    """

    def __init__(self, name: str, clock: Callable[[], float] = time.monotonic) -> None:
        self.name = name
        self._clock = clock
        self._lock = threading.Lock()
        self.reset()

    def reset(self) -> None:
        """Close it and forget all failures."""
        with self._lock:
            self._epoch = getattr(self, "_epoch", 0) + 1
            self._failures = self._refused = self._probes = 0
            self._pause = INITIAL_PAUSE
            self._opened_at: float | None = None
            self._probe_at = 0.0
            self._is_probing = False

    @property
    def is_open(self) -> bool:
        """True when calls are refused, except for probes."""
        return self._opened_at is not None

    def check(self) -> None:
        """Raise ``CircuitOpen`` if a call would be refused now. Changes nothing but the count of refusals."""
        with self._lock:
            self._require_admissible()

    def admit(self) -> Admission:
        """Admit a call whose outcome will be reported. Raises ``CircuitOpen``."""
        with self._lock:
            self._require_admissible()
            self._is_probing = self.is_open
            self._probes += self.is_open
            return Admission(self._epoch, is_probe=self.is_open)

    def report(self, admission: Admission, *, has_answered: bool | None) -> None:
        """Record a call's outcome: whether it succeeded, ``None`` when it ended for reasons of its own."""
        with self._lock:
            if admission.epoch != self._epoch:
                return
            if admission.is_probe:
                self._is_probing = False
            if has_answered:
                self._failures = 0
                if self.is_open:
                    self._close()
            elif has_answered is not None:
                self._failures += 1
                if self.is_open:
                    self._pause = min(MAX_PAUSE, self._pause * 2)
                    self._probe_at = self._clock() + self._pause
                elif self._failures >= FAILURES_IN_A_ROW:
                    self._open()

    def _require_admissible(self) -> None:
        if self._opened_at is None:
            return
        left = self._probe_at - self._clock()
        if left > 0 or self._is_probing:
            self._refused += 1
            raise CircuitOpen(max(left, 1.0))

    def _open(self) -> None:
        self._epoch += 1
        self._opened_at = self._clock()
        self._pause, self._refused, self._probes = INITIAL_PAUSE, 0, 0
        self._probe_at = self._opened_at + self._pause
        logger.warning(
            "%s: %d failures in a row; calls are refused until it answers", self.name, self._failures
        )

    def _close(self) -> None:
        seconds = self._clock() - (self._opened_at or 0.0)
        self._epoch += 1
        self._opened_at = None
        logger.warning(
            "%s: answers again after %.1f s (calls refused: %d, probes: %d)",
            *(self.name, seconds, self._refused, self._probes),
        )


class ExternalService:
    """An outside service. ``unavailable`` is what its client raises for failures of the service, and what this raises.

    Its other errors, such as ``FileNotFoundError``, are answers when they are in ``answers``.
    """

    def __init__(
        self,
        name: str,
        *,
        unavailable: type[Unavailable],
        answers: tuple[type[Exception], ...] = (),
        at_once: int = 16,
        seconds: float = 3.0,
    ) -> None:
        self.name = name
        self.breaker = CircuitBreaker(name)
        self._unavailable, self._answers, self._seconds = unavailable, answers, seconds
        self._at_once = at_once
        self.reset()
        _known.append(self)

    def reset(self) -> None:
        """Forget everything; calls that are under way no longer count."""
        self.breaker.reset()
        self._slots = threading.BoundedSemaphore(self._at_once)
        self._room = threading.BoundedSemaphore(2 * self._at_once)
        self._pool = ThreadPoolExecutor(self._at_once, thread_name_prefix=self.name)
        self.was_called = False

    def call(self, work: Callable[[], T]) -> T:
        """Return what ``work`` returns, within the deadline. Raises what it raises, and ``unavailable``.

        ``work`` runs in another thread, which is left to its own time-outs when the deadline passes. It keeps its
        slot until then, so that there are never more.
        """
        with self._admitted() as (admission, slots):
            context = contextvars.copy_context()
            future = self._pool.submit(context.run, work)
            future.add_done_callback(lambda _: slots.release())
            return self._outcome(admission, future, self._seconds)

    @contextmanager
    def visit(self) -> Iterator[None]:
        """Make several calls in a row in this thread, whose client has time-outs. Counts as one call."""
        with self._admitted() as (admission, slots):
            try:
                yield
            except Exception as error:
                self._report(admission, error)
                raise
            except BaseException:
                self.breaker.report(admission, has_answered=None)
                raise
            else:
                self._report(admission, None)
            finally:
                slots.release()

    @contextmanager
    def _admitted(self) -> Iterator[tuple[Admission, threading.BoundedSemaphore]]:
        """Hold a place among those who wait, and take a slot, which the caller releases."""
        self.was_called = True
        request_turns.give_back()
        room, slots = self._room, self._slots
        self._require_closed(self.breaker.check)
        if not room.acquire(blocking=False):
            raise self._unavailable(retry_after=1)
        try:
            if not slots.acquire(timeout=SLOT_WAIT):
                raise self._unavailable(retry_after=1)
            try:
                admission = self._require_closed(self.breaker.admit)
            except Unavailable:
                slots.release()
                raise
            yield admission, slots
        finally:
            room.release()

    def _require_closed(self, ask: Callable[[], T]) -> T:
        try:
            return ask()
        except CircuitOpen as refused:
            raise self._unavailable(retry_after=math.ceil(refused.retry_after)) from None

    def _outcome(self, admission: Admission, future: Future[T], seconds: float) -> T:
        try:
            error = future.exception(seconds)
        except DeadlineExceeded:
            self.breaker.report(admission, has_answered=False)
            logger.warning("%s: no answer within %.1f s", self.name, seconds)
            raise self._unavailable from None
        self._report(admission, error)
        return future.result()

    def _report(self, admission: Admission, error: BaseException | None) -> None:
        if error is None or isinstance(error, self._answers):
            self.breaker.report(admission, has_answered=True)
        else:
            self.breaker.report(
                admission, has_answered=False if isinstance(error, self._unavailable) else None
            )


def service_states() -> dict[str, str]:
    """Return ``ok`` or ``unavailable`` by the name of each service that this process has called."""
    return {
        partner.name: "unavailable" if partner.breaker.is_open else "ok"
        for partner in _known
        if partner.was_called
    }

"""Turns for requests that read: few of them run at once in each process, and others wait in the order they came.

A process runs Python in one thread at a time. Dozens of threads in Django at once spend much of their time waiting for
the interpreter after every command to the database, and all of them end late. So a request without a body waits until
fewer than ``AT_ONCE`` run, at most ``MAX_WAIT_SECONDS``: behind requests that the database leaves without an answer
it goes on anyway. Whoever waits for another service gives the turn back before (``give_back``).
"""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Iterable, Mapping
from typing import Any

from streamsite.early_refusals import Application, StartResponse
from streamsite.http_methods import READ_METHODS

# One runs while the others wait for the database.
AT_ONCE = 3
MAX_WAIT_SECONDS = 1.0
# They say whether the process answers, also while it is busy.
PROBES = ("/healthz", "/readyz", "/metrics")
ARRIVAL = "streamsite.arrival"


class Turns:
    """``at_once`` turns, given in the order in which they are asked for. Thread-safe."""

    def __init__(self, at_once: int, max_wait: float) -> None:
        self._free = at_once
        self._max_wait = max_wait
        self._lock = threading.Lock()
        self._waiting: deque[threading.Lock] = deque()

    def take(self) -> bool:
        """Wait for a turn. Return whether there is one, which ``release`` ends; false after ``max_wait`` seconds."""
        with self._lock:
            if self._free:
                self._free -= 1
                return True
            called = threading.Lock()
            called.acquire()
            self._waiting.append(called)
        if called.acquire(timeout=self._max_wait):
            return True
        with self._lock:
            if called not in self._waiting:  # called just now
                return True
            self._waiting.remove(called)
        return False

    def release(self) -> None:
        """End a turn: the first who waits has it now."""
        with self._lock:
            if self._waiting:
                self._waiting.popleft().release()
            else:
                self._free += 1


class InTurn:
    """Passes requests on to ``application``, those that read in turn."""

    def __init__(self, application: Application, turns: Turns) -> None:
        self._application = application
        self._turns = turns

    def __call__(self, environ: dict[str, Any], start_response: StartResponse) -> Iterable[bytes]:
        """Answer the request. Its pieces are sent without a turn."""
        if not _is_read(environ):
            return self._application(environ, start_response)
        environ[ARRIVAL] = time.perf_counter()
        _current.turns = self._turns if self._turns.take() else None
        try:
            return self._application(environ, start_response)
        finally:
            give_back()


_current = threading.local()


def give_back() -> None:
    """End the turn of this thread's request, which is about to wait for another service. Safe without one."""
    turns: Turns | None = getattr(_current, "turns", None)
    if turns is not None:
        _current.turns = None
        turns.release()


def in_turn(application: Application) -> Application:
    """Return ``application`` for a web process, whose requests that read run in turn."""
    return InTurn(application, Turns(AT_ONCE, MAX_WAIT_SECONDS))


def arrival(meta: Mapping[str, Any]) -> float:
    """Return when a request came in, by ``time.perf_counter``, so that its duration includes the wait for its turn."""
    came: float | None = meta.get(ARRIVAL)
    return time.perf_counter() if came is None else came


def _is_read(environ: Mapping[str, Any]) -> bool:
    """Return whether the request reads and sends no body, for which it would wait for the client."""
    return (
        environ["REQUEST_METHOD"] in READ_METHODS
        and environ.get("CONTENT_LENGTH", "") in {"", "0"}
        and "HTTP_TRANSFER_ENCODING" not in environ
        and environ.get("PATH_INFO", "").removesuffix("/") not in PROBES
    )

"""A ledger of what people asked and what they were promised, by which a fault is judged afterwards."""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

# Statuses by which a site that lacks a part of itself asks to come again.
BUSY = {429, 502, 503, 504, 507}


@dataclass(frozen=True)
class Attempt:
    """One request: when it began and how long it took, in seconds, and its status; 0 of a line that broke."""

    kind: str
    begun: float
    seconds: float
    status: int

    @property
    def is_answered(self) -> bool:
        """True when the site did what it was asked."""
        return 0 < self.status < 400

    @property
    def is_unexpected(self) -> bool:
        """True of a 5xx other than 503 and 507, which ask the client to try again."""
        return self.status >= 500 and self.status not in (503, 507)


@dataclass(frozen=True)
class Promise:
    """Something that was acknowledged: its kind, the name by which it is found again, and when that was."""

    kind: str
    name: str
    at: float


@dataclass
class Phase:
    """A stretch of the rehearsal, in seconds of ``time.monotonic``."""

    name: str
    begun: float
    ended: float = 0.0

    def holds(self, moment: float) -> bool:
        """Return whether a moment belongs to it."""
        return self.begun <= moment < self.ended


@dataclass
class Ledger:
    """Everything that happened; shared by all people."""

    attempts: list[Attempt] = field(default_factory=list)
    promises: list[Promise] = field(default_factory=list)
    # From the first try of something until it was done: kind, beginning, seconds.
    waits: list[tuple[str, float, float]] = field(default_factory=list)
    phases: list[Phase] = field(default_factory=list)
    # Answers that no fault excuses.
    faults: list[str] = field(default_factory=list)
    broken_sessions: list[str] = field(default_factory=list)
    secrets: set[str] = field(default_factory=set)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def note(self, attempt: Attempt) -> None:
        """Add a request."""
        with self._lock:
            self.attempts.append(attempt)

    def promise(self, kind: str, name: str) -> None:
        """Add something that the site has acknowledged."""
        with self._lock:
            self.promises.append(Promise(kind, name, time.monotonic()))

    def waited(self, kind: str, begun: float) -> None:
        """Add how long a person waited for something to be done."""
        with self._lock:
            self.waits.append((kind, begun, time.monotonic() - begun))

    def fault(self, text: str) -> None:
        """Add an answer that no fault excuses."""
        with self._lock:
            self.faults.append(text)

    def broken(self, text: str) -> None:
        """Add a session that ended without its owner's doing."""
        with self._lock:
            self.broken_sessions.append(text)

    def secret(self, text: str) -> None:
        """Remember a token or password that no log may hold."""
        with self._lock:
            self.secrets.add(text)

    def names(self, kind: str) -> list[str]:
        """Return what was promised of a kind."""
        with self._lock:
            return [promise.name for promise in self.promises if promise.kind == kind]

    @contextmanager
    def phase(self, name: str) -> Iterator[Phase]:
        """Name what happens meanwhile."""
        phase = Phase(name, time.monotonic())
        try:
            yield phase
        finally:
            phase.ended = time.monotonic()
            self.phases.append(phase)

    def phase_of(self, moment: float) -> str:
        """Return the name of the phase that a moment belongs to, "" of none."""
        return next((phase.name for phase in self.phases if phase.holds(moment)), "")

    def statuses(self, phase: Phase) -> Counter[int]:
        """Count the statuses of the requests that began in a phase."""
        return Counter(attempt.status for attempt in self.attempts if phase.holds(attempt.begun))

    def longest_wait(self, phase: Phase, kind: str) -> float:
        """Return the most seconds that somebody waited for something of a kind that they began in a phase."""
        return max(
            (seconds for name, begun, seconds in self.waits if name == kind and phase.holds(begun)),
            default=0.0,
        )

    def promised(self, phase: Phase) -> int:
        """Count what was acknowledged in a phase."""
        return sum(phase.holds(promise.at) for promise in self.promises)

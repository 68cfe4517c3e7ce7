"""Discrete events: jobs that pass stations with some servers each, in the order in which they arrive."""

from __future__ import annotations

import heapq
import random
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import count

# The shape of service times around their mean: they vary by a half of it.
SHAPE = 4.0


@dataclass
class Station:
    """Servers that take jobs in turn: processors, processes, or a line. Times are seconds."""

    name: str
    servers: int
    busy: int = 0
    served_seconds: float = 0.0
    longest: int = 0
    waits: list[float] = field(default_factory=list)
    queue: deque[tuple[float, float, Callable[[], None]]] = field(default_factory=deque)


@dataclass(frozen=True)
class Step:
    """A part of a job: so many seconds of a station's server on average."""

    station: str
    seconds: float


class Simulation:
    """A clock, stations by name, and what happens next. The same ``seed`` gives the same events."""

    def __init__(self, stations: dict[str, int], seed: int = 1) -> None:
        self.stations = {name: Station(name, servers) for name, servers in stations.items()}
        self.now = 0.0
        self.took: dict[str, list[float]] = {}
        self._dice = random.Random(seed)
        self._order = count()
        self._events: list[tuple[float, int, Callable[[], None]]] = []

    def arrive(self, name: str, per_second: float, steps: tuple[Step, ...], until: float) -> None:
        """Let jobs of a kind arrive at random moments, ``per_second`` of them on average, until a moment."""
        self.took.setdefault(name, [])

        def come() -> None:
            self._begin(name, self.now, iter(steps))
            self._schedule_arrival(per_second, come, until)

        self._schedule_arrival(per_second, come, until)

    def run(self, until: float) -> None:
        """Let everything happen that happens up to a moment."""
        while self._events and self._events[0][0] <= until:
            self.now, _, happen = heapq.heappop(self._events)
            happen()
        self.now = until

    def _schedule_arrival(self, per_second: float, come: Callable[[], None], until: float) -> None:
        at = self.now + self._dice.expovariate(per_second)
        if at <= until:
            self._at(at, come)

    def _at(self, moment: float, happen: Callable[[], None]) -> None:
        heapq.heappush(self._events, (moment, next(self._order), happen))

    def _begin(self, name: str, begun: float, steps: Iterator[Step]) -> None:
        """Go to the next step of a job, or note how long the whole took."""
        step = next(steps, None)
        if step is None:
            self.took[name].append(self.now - begun)
            return
        station = self.stations[step.station]
        seconds = self._dice.gammavariate(SHAPE, step.seconds / SHAPE)
        station.queue.append((self.now, seconds, lambda: self._begin(name, begun, steps)))
        self._serve(station)
        station.longest = max(station.longest, len(station.queue))

    def _serve(self, station: Station) -> None:
        while station.queue and station.busy < station.servers:
            came, seconds, go_on = station.queue.popleft()
            station.busy += 1
            station.waits.append(self.now - came)

            def leave(seconds: float = seconds, go_on: Callable[[], None] = go_on) -> None:
                station.busy -= 1
                station.served_seconds += seconds
                go_on()
                self._serve(station)

            self._at(self.now + seconds, leave)

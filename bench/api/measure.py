"""Rounds in which every backend is asked the same, in turns: CPU time, commands, bytes and memory."""

from __future__ import annotations

import statistics
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from pymongo.database import Database

from bench.api.calls import Call
from bench.api.cpu import ProcessGroup, elapsed_nanoseconds
from bench.api.world import SITE, Backend, World

IDLE_SECONDS = 4.0
COUNTED_REQUESTS = 8  # even, like those of a round
# Commands of connections and of the measurement, which no call is the reason for.
UNCOUNTED = frozenset(
    {
        *(
            "hello",
            "isMaster",
            "ismaster",
            "ping",
            "saslStart",
            "saslContinue",
            "endSessions",
            "serverStatus",
        ),
        *("buildInfo", "getParameter", "replSetHeartbeat", "replSetUpdatePosition", "authenticate"),
    }
)
# Most sections are left out: they make the command slow.
STATUS = {
    "serverStatus": 1,
    **dict.fromkeys(("repl", "locks", "wiredTiger", "tcmalloc", "transactions", "oplog"), 0),
}


@dataclass
class Cost:
    """Milliseconds of CPU for each request, one value a round, and what one answer takes.

    ``uncached`` is that of the same requests where each comes after a change, which ends all that the site keeps.
    """

    web: list[float] = field(default_factory=list)
    database: list[float] = field(default_factory=list)
    uncached: Cost | None = None
    commands: float = 0.0
    bytes: int = 0
    front: float | None = None

    @property
    def totals(self) -> list[float]:
        """Web and database together, by round."""
        return [web + database for web, database in zip(self.web, self.database, strict=True)]

    @property
    def total(self) -> float:
        """The median of the rounds."""
        return statistics.median(self.totals)


# By the name of the call and that of the backend.
Costs = dict[str, dict[str, Cost]]


def paired_ratio(ours: Sequence[float], theirs: Sequence[float]) -> float:
    """Return the median ratio of values of the same rounds, which the same disturbances met."""
    return statistics.median(one / other for one, other in zip(ours, theirs, strict=True))


def idle_rate(group: ProcessGroup, seconds: float = IDLE_SECONDS) -> float:
    """Return the milliseconds of CPU that processes take in a second in which nobody asks."""
    before, begun = group.read(), time.perf_counter()
    time.sleep(seconds)
    return elapsed_nanoseconds(before, group.read()) / 1e6 / (time.perf_counter() - begun)


def cpu_of_requests(
    group: ProcessGroup, before: Mapping[tuple[int, int], int], seconds: float, idle: float, requests: int
) -> float:
    """Return the milliseconds for each request since ``before``, without what the processes take when idle."""
    spent = elapsed_nanoseconds(before, group.read()) / 1e6 - idle * seconds
    return max(spent, 0.0) / requests


def total_commands(status: Mapping[str, Any]) -> int:
    """Return the number of commands in ``serverStatus`` that calls are the reason for."""
    counters = status["metrics"]["commands"]
    return sum(
        int(each["total"])
        for name, each in counters.items()
        if isinstance(each, Mapping) and name not in UNCOUNTED
    )


class Measurement:
    """Measures calls in a running world."""

    def __init__(self, world: World, calls: Sequence[Call], requests: int) -> None:
        self.world = world
        self.calls = calls
        self.requests = requests + requests % 2  # toggles end as they began
        self.costs: Costs = {call.name: {each.name: Cost() for each in world.backends} for call in calls}
        self._idle = {each.name: 0.0 for each in world.backends}
        self._idle_database = 0.0

    def run(self, rounds: int) -> Costs:
        """Warm up, measure ``rounds`` rounds, and return what the calls cost."""
        self._measure_idle()
        for number in range(rounds + 1):
            self.world.renew_token()
            for call in self.calls:
                for backend in self._order(number):
                    self._measure(call, backend, self.costs[call.name][backend.name], keep=number > 0)
                    if backend.name == SITE:
                        self._measure(call, backend, self._uncached(call), keep=number > 0, is_uncached=True)
        for call in self.calls:
            for backend in self.world.backends:
                self._count(call, backend)
            self._measure_front(call)
        return self.costs

    def _order(self, number: int) -> list[Backend]:
        """Return the backends, beginning with another one in each round."""
        backends = self.world.backends
        first = number % len(backends)
        return backends[first:] + backends[:first]

    def _measure_idle(self) -> None:
        for backend in self.world.backends:
            self._idle[backend.name] = idle_rate(backend.web, IDLE_SECONDS / 2)
        self._idle_database = idle_rate(self.world.mongod)

    def _uncached(self, call: Call) -> Cost:
        cost = self.costs[call.name][SITE]
        cost.uncached = cost.uncached or Cost()
        return cost.uncached

    def _measure(
        self, call: Call, backend: Backend, cost: Cost, *, keep: bool, is_uncached: bool = False
    ) -> None:
        requests = [backend.request(call, self.world.facts, number) for number in range(self.requests)]
        web, database = backend.web.read(), self.world.mongod.read()
        begun = time.perf_counter()
        for number, request in enumerate(requests):
            if is_uncached:
                self.world.renew_mark()
            _ask(backend, number, request, call)
        seconds = time.perf_counter() - begun
        web_ms = cpu_of_requests(backend.web, web, seconds, self._idle[backend.name], len(requests))
        database_ms = cpu_of_requests(
            self.world.mongod, database, seconds, self._idle_database, len(requests)
        )
        if keep:
            cost.web.append(web_ms)
            cost.database.append(database_ms)

    def _count(self, call: Call, backend: Backend) -> None:
        """Count the commands and the bytes of single requests; the median leaves out what others do meanwhile."""
        commands, sizes = [], []
        for number in range(COUNTED_REQUESTS):
            before = total_commands(_status(self.world.database))
            sizes.append(_ask(backend, 0, backend.request(call, self.world.facts, number), call))
            commands.append(total_commands(_status(self.world.database)) - before)
        cost = self.costs[call.name][backend.name]
        cost.commands, cost.bytes = statistics.median(commands), round(statistics.median(sizes))

    def _measure_front(self, call: Call) -> None:
        """Measure nginx for the same requests to the site, where it is in front."""
        if not self.world.front.pids():
            return
        site = self.world.backends[0]
        line = self.world.front_line()
        before, begun = self.world.front.read(), time.perf_counter()
        for number in range(self.requests):
            line.ask(site.request(call, self.world.facts, number))
        seconds = time.perf_counter() - begun
        self.costs[call.name][SITE].front = cpu_of_requests(
            self.world.front, before, seconds, 0.0, self.requests
        )
        line.close()


def _ask(backend: Backend, number: int, request: bytes, call: Call) -> int:
    """Send one request; return the bytes of its answer. Raises ``SystemExit`` when it fails."""
    answer = backend.lines[number % len(backend.lines)].ask(request)
    if not answer.is_success:
        raise SystemExit(f"{call.name}, {backend.name}: {answer.status} {answer.body[:300]!r}")
    return len(answer.body)


def _status(database: Database[dict[str, Any]]) -> dict[str, Any]:
    status: dict[str, Any] = database.client.admin.command(STATUS)
    return status

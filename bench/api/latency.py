"""Measure the latencies of calls at several concurrencies, on every backend in turns."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import count

from bench.api.calls import Call
from bench.api.load import Latencies, Load
from bench.api.world import Backend, World

CONCURRENCIES = (1, 16, 64)
# By the names of the call and of the backend, and by concurrency.
Times = dict[tuple[str, str, int], Latencies]


# Requests between one and the one that undoes it, so that both are never under way at once.
APART = 2 * max(CONCURRENCIES)


def measure_latencies(world: World, calls: Sequence[Call], seconds: float) -> Times:
    """Ask each call for ``seconds`` at each concurrency; return what each request took."""
    times: Times = {}
    for call in calls:
        world.renew_token()
        # One sequence for all concurrencies, which toggles go on with.
        requests = {backend.name: _requests(world, call, backend) for backend in world.backends}
        for concurrency in CONCURRENCIES if call.is_parallel else (1,):
            for backend in world.backends:
                load = Load(f"{call.name}, {backend.name}", backend.address, requests[backend.name])
                times[call.name, backend.name, concurrency] = load.run(concurrency, seconds)
    return times


def numbers(*, is_parallel: bool) -> Iterator[int]:
    """Return the numbers of requests without end; of those of one row, each is followed by the one that undoes it."""
    if not is_parallel:
        yield from count()
    for first in count(0, 2 * APART):
        yield from range(first, first + 2 * APART, 2)
        yield from range(first + 1, first + 2 * APART, 2)


def _requests(world: World, call: Call, backend: Backend) -> Iterator[bytes]:
    for number in numbers(is_parallel=call.is_parallel):
        yield backend.request(call, world.facts, number)

"""CPU time that one range of a file costs: of the site with nginx in front, of the site alone, and of a bare nginx.

Part of ``script/bench media``. Four clients read ranges, each on a connection of its own, in turns from each server;
counted is what all threads of nginx, of the web processes and of MongoDB ran meanwhile, less what they ran without any
reader.
"""

from __future__ import annotations

import multiprocessing
import os
import statistics
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field

from bench.api.cpu import ProcessGroup, elapsed_nanoseconds
from tests.support.stack import Stack

ROUNDS = int(os.environ.get("BENCH_ROUNDS", "5"))
REQUESTS = int(os.environ.get("BENCH_REQUESTS", "2000"))
CLIENTS = 4
QUIET_SECONDS = 2.0
SIZES = {"64 KiB": 64 * 1024, "1 MiB": 1024**2}
# In ms per request, by kind of server and size.
BARS = {
    ("with nginx in front", "64 KiB"): 0.15,
    ("with nginx in front", "1 MiB"): 0.5,
    ("without it", "64 KiB"): 0.25,
}

# Reads so many ranges of so many bytes from an address.
Reader = Callable[[str, int, int], None]


@dataclass
class Server:
    """A server of the file at ``address``; its parts by name, and its rounds by size and part."""

    name: str
    address: str
    parts: dict[str, ProcessGroup]
    idle: dict[str, float] = field(default_factory=dict)
    rounds: dict[tuple[str, str], list[float]] = field(default_factory=dict)

    def total(self, size: str) -> float:
        """Return the median of ms per request of all parts together."""
        each = zip(*(self.rounds[size, part] for part in self.parts), strict=True)
        return statistics.median(sum(parts) for parts in each)


def site_server(name: str, site: Stack, address: str) -> Server:
    """Return a whole site as a server."""
    kinds = {"nginx": "nginx:", "web": "-m granian", "MongoDB": "mongod"}
    parts = {
        part: ProcessGroup(lambda needle=needle: site.children(needle)) for part, needle in kinds.items()
    }
    return Server(name, address, {part: group for part, group in parts.items() if group.pids()})


def measure(servers: list[Server], read: Reader) -> None:
    """Measure in turns and print the table."""
    for server in servers:
        idle = _milliseconds(server, lambda: time.sleep(QUIET_SECONDS))
        server.idle = {part: spent / QUIET_SECONDS for part, spent in idle.items()}
    with ProcessPoolExecutor(CLIENTS, multiprocessing.get_context("fork")) as pool:
        for number in range(ROUNDS + 1):
            for size, count in SIZES.items():
                for server in servers:
                    _round(pool, server, size, count, read, is_counted=number > 0)  # the first one warms up
    print(f"\nCPU ms per request, medians of {ROUNDS} rounds of {REQUESTS}, {CLIENTS} connections\n")
    print("| | " + " | ".join(SIZES) + " |\n|---|" + "---|" * len(SIZES))
    for server in servers:
        print(f"| {server.name} | " + " | ".join(_cell(server, size) for size in SIZES) + " |")


def _round(
    pool: ProcessPoolExecutor, server: Server, size: str, count: int, read: Reader, *, is_counted: bool
) -> None:
    """Measure one server once."""

    def read_all() -> None:
        each = [REQUESTS // CLIENTS] * CLIENTS
        list(pool.map(read, [server.address] * CLIENTS, each, [count] * CLIENTS))

    begun = time.perf_counter()
    spent = _milliseconds(server, read_all)
    seconds = time.perf_counter() - begun
    for part, milliseconds in spent.items() if is_counted else ():
        own = max(0.0, milliseconds - server.idle[part] * seconds)
        server.rounds.setdefault((size, part), []).append(own / REQUESTS)


def _milliseconds(server: Server, action: Callable[[], None]) -> dict[str, float]:
    before = {part: group.read() for part, group in server.parts.items()}
    action()
    return {
        part: elapsed_nanoseconds(before[part], group.read()) / 1e6 for part, group in server.parts.items()
    }


def _cell(server: Server, size: str) -> str:
    parts = " + ".join(f"{part} {statistics.median(server.rounds[size, part]):.3f}" for part in server.parts)
    bar = BARS.get((server.name, size))
    aim = f"; aim: at most {bar}" if bar else ""
    return f"**{server.total(size):.2f}** ({parts}{aim})"

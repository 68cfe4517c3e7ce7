"""Compare what API calls cost the server with what they cost a Node backend of the usual kind.

Run by ``script/bench api``. A site, and a backend of Express and Mongoose in two variants (``bench/api/node``), run on
one MongoDB with the same data. They are asked the same calls in turns, as a viewer who is signed in and as a visitor.
Web processes are asked directly, so nginx in front of the site is measured apart. CPU time is that of all threads of
the web processes and of MongoDB; ratios are medians of rounds, so what else the machine does meets both sides.

``BENCH_VIDEOS`` (100000) is the size, ``BENCH_ROUNDS`` (5) of ``BENCH_REQUESTS`` (40) are measured, ``BENCH_SECONDS``
(1.5; 0 for none) is the time for latencies of each cell, ``BENCH_PROCESSES`` (2) answer for each backend,
``BENCH_CALLS=list,search`` measures some calls, and ``BENCH_WRITE=1`` puts the tables into docs/benchmarks.md.

``BENCH_API_CHECK=1`` measures 1,000 videos for two minutes and exits with 1 when a call grew by more than 15 % beside
both variants, compared with ``bench/api/ratios.json``, which ``BENCH_API_CHECK=1 BENCH_WRITE=1`` writes.
"""

from __future__ import annotations

import os
import signal
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from bench.api import ratios, report
from bench.api.calls import CALLS, Call
from bench.api.latency import Times, measure_latencies
from bench.api.measure import Costs, Measurement
from bench.api.world import World, running_world
from tests.support.stack import ROOT

IS_CHECK = bool(os.environ.get("BENCH_API_CHECK"))
SIZE = int(os.environ.get("BENCH_VIDEOS", "1000" if IS_CHECK else "100000"))
ROUNDS = int(os.environ.get("BENCH_ROUNDS", "5"))
REQUESTS = int(os.environ.get("BENCH_REQUESTS", "30" if IS_CHECK else "40"))
SECONDS = float(os.environ.get("BENCH_SECONDS", "0" if IS_CHECK else "1.5"))
PROCESSES = int(os.environ.get("BENCH_PROCESSES", "2"))
IS_WRITTEN = bool(os.environ.get("BENCH_WRITE"))
WANTED = os.environ.get("BENCH_CALLS", "")


def main() -> int:
    """Start everything, measure, and print the tables; return the exit code."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that everything it started is stopped
    calls = [call for call in CALLS if any(part in call.name for part in WANTED.split(","))]
    with (
        tempfile.TemporaryDirectory(prefix="streamsite-bench-") as name,
        running_world(Path(name), SIZE, PROCESSES) as world,
    ):
        if IS_CHECK:
            return check(world, calls)
        before = _memory(world)
        costs = Measurement(world, calls, REQUESTS).run(ROUNDS)
        times = measure_latencies(world, calls, SECONDS) if SECONDS else {}
        lines = report.sections(costs, times, before, _memory(world), _remark(times))
    print("\n".join(lines))
    if IS_WRITTEN:
        report.write_section(ROOT / "docs" / "benchmarks.md", lines)
    return 0


def check(world: World, calls: Sequence[Call]) -> int:
    """Compare the ratios with the committed ones, or write them; return the exit code."""
    costs = Measurement(world, calls, REQUESTS).run(ROUNDS)
    print("\n".join(report.cost_table(costs)))
    if IS_WRITTEN:
        ratios.write(ratios.ratios_of(costs), world.size)
        return 0
    committed = ratios.read(world.size)
    suspects = ratios.grown(ratios.ratios_of(costs), committed)
    if not suspects:
        return 0
    print(f"measured again: {', '.join(suspects)}")
    wanted = {ratios.call_of(name) for name in suspects}
    again: Costs = Measurement(world, [call for call in calls if call.name in wanted], REQUESTS).run(ROUNDS)
    slower = ratios.grown(ratios.ratios_of(again), committed)
    for name, more in slower.items():
        print(f"{name}: {more:+.0%} beside both baselines")
    return 1 if slower else 0


def _memory(world: World) -> dict[str, float]:
    return {backend.name: backend.web.resident_mib() for backend in world.backends}


def _remark(times: Times) -> str:
    """Return the sentence that says how the tables came about."""
    load = f" Latencies are of {SECONDS:g} s for each cell." if times else ""
    return (
        f"{SIZE:,} videos, {PROCESSES} web processes for each backend, medians of {ROUNDS} rounds of "
        f"{REQUESTS} requests. Milliseconds of CPU for each request.{load}"
    )


if __name__ == "__main__":
    sys.exit(main())

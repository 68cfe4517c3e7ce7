"""Simulate the busiest hour of a site at 1, 10 and 100 times its viewers, and say what becomes too small first.

Run by ``script/bench simulation``: no site runs, the times are those that ``script/bench simulation-costs`` measured.
``BENCH_VIEWERS`` (100) watch at the same time at scale 1, ``BENCH_SECONDS`` (60) are simulated, and ``BENCH_SERVERS``
(``front=2,web=2,database=2,encoder=1``) is the deployment.
"""

from __future__ import annotations

import os
import sys

from bench.simulation import load, report
from bench.simulation.engine import Simulation

VIEWERS = float(os.environ.get("BENCH_VIEWERS", "100"))
SECONDS = float(os.environ.get("BENCH_SECONDS", "60"))
SERVERS = os.environ.get("BENCH_SERVERS", "front=2,web=2,database=2,encoder=1")
SCALES = (1, 10, 100)
HEADING = ("part", "servers", "busy", "waited, p95", "longest queue", "left waiting", "servers for 70 %")


def main() -> int:
    """Print a section for each scale; return the exit code."""
    try:
        servers = parse_servers(SERVERS)
    except ValueError as error:
        sys.stderr.write(f"BENCH_SERVERS: {error}\n")
        return 2
    costs = load.read_costs()
    for scale in SCALES:
        sys.stdout.write("\n".join(["", *section(VIEWERS * scale, servers, costs)]) + "\n")
    return 0


def parse_servers(text: str) -> dict[str, int]:
    """Return the servers of each station. Raises ``ValueError`` for a station that is unknown or missing."""
    found = {name: int(number) for name, _, number in (part.partition("=") for part in text.split(","))}
    stations = {load.FRONT, load.WEB, load.DATABASE, load.ENCODER}
    if set(found) != stations or min(found.values()) < 1:
        raise ValueError(f"name each of {', '.join(sorted(stations))} with a number from 1")
    return found


def section(viewers: float, servers: dict[str, int], costs: dict[str, dict[str, float]]) -> list[str]:
    """Return the lines about so many viewers."""
    kinds = load.kinds(viewers, costs)
    simulation = Simulation(servers)
    for kind in kinds:
        simulation.arrive(kind.name, kind.per_second, kind.steps, SECONDS)
    simulation.run(SECONDS)
    rows = report.station_rows(simulation, kinds)
    pages = report.answers(simulation)
    shown = ", ".join(
        f"{name} {pages[name][0]:,.0f} and {pages[name][1]:,.0f}"
        for name in ("segment", "watch page", "heartbeat")
    )
    return [
        f"**{viewers:,.0f} viewers at once**, {sum(kind.per_second for kind in kinds):,.0f} requests and "
        f"{viewers * load.MEGABITS_PER_VIEWER / 1_000:,.1f} Gbit a second. Milliseconds of those that were answered, "
        f"median and p95: {shown}.",
        "",
        *report.table(HEADING, rows),
    ]


if __name__ == "__main__":
    sys.exit(main())

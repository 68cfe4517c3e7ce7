"""Tables of a simulation: the load of each station, the waits of jobs, and the servers needed."""

from __future__ import annotations

import math
import statistics
from collections.abc import Mapping, Sequence

from bench.simulation.engine import Simulation
from bench.simulation.load import Kind

# Of its servers a station should keep so many busy: beyond that, waits grow fast.
TARGET = 0.7


def percentile(values: Sequence[float], percent: int) -> float:
    """Return a percentile; 0 of nothing."""
    if len(values) < 2:
        return values[0] if values else 0.0
    return statistics.quantiles(values, n=100, method="inclusive")[percent - 1]


def needed_servers(kinds: Sequence[Kind], station: str) -> int:
    """Return how many servers a station needs to be ``TARGET`` busy."""
    return max(1, math.ceil(sum(kind.offered(station) for kind in kinds) / TARGET))


def station_rows(simulation: Simulation, kinds: Sequence[Kind]) -> list[list[str]]:
    """Return a row for each station, the busiest first."""
    rows = []
    for station in simulation.stations.values():
        offered = sum(kind.offered(station.name) for kind in kinds)
        wait = percentile(station.waits, 95) * 1_000
        rows.append(
            (
                offered / station.servers,
                [
                    station.name,
                    str(station.servers),
                    f"{offered / station.servers:.0%}",
                    f"{wait:,.1f} ms",
                    f"{station.longest:,}",
                    f"{len(station.queue):,}",
                    str(needed_servers(kinds, station.name)),
                ],
            )
        )
    return [row for _, row in sorted(rows, key=lambda each: -each[0])]


def answers(simulation: Simulation) -> Mapping[str, tuple[float, float]]:
    """Return the median and the 95th percentile of the milliseconds that jobs of each kind took."""
    return {
        name: (percentile(took, 50) * 1_000, percentile(took, 95) * 1_000)
        for name, took in simulation.took.items()
    }


def table(heading: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    """Return the lines of a Markdown table."""
    lines = [heading, ["---"] * len(heading), *rows]
    return [f"| {' | '.join(line)} |" for line in lines]

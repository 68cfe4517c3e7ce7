"""The tables of ``script/bench api``, as Markdown, and their place in docs/benchmarks.md."""

from __future__ import annotations

import statistics
from collections.abc import Mapping, Sequence
from pathlib import Path

import bench.sections
from bench.api.baseline import VARIANTS
from bench.api.latency import CONCURRENCIES, Times
from bench.api.load import Latencies
from bench.api.measure import Cost, Costs, paired_ratio
from bench.api.world import SITE
from bench.sections import table

NAME = "api"
BEGIN, END = bench.sections.marks(NAME)
NAIVE, OPTIMIZED = VARIANTS


def cost_table(costs: Costs) -> list[str]:
    """Return the table of CPU time, commands and bytes, a row for each call."""
    headings = (
        *(
            "call",
            "site: web + db",
            "nginx",
            "site uncached: web + db",
            "naive: web + db",
            "optimized: web + db",
        ),
        *(
            "site / naive",
            "site / optimized",
            "site uncached / naive",
            "site uncached / optimized",
            "commands: site, naive, optimized",
            "bytes: site, naive, optimized",
        ),
    )
    return table(headings, [_cost_row(name, by_backend) for name, by_backend in costs.items()])


def _cost_row(name: str, costs: Mapping[str, Cost]) -> list[str]:
    ours, *others = (costs[each] for each in (SITE, NAIVE, OPTIMIZED))
    front = f"{ours.front:.2f}" if ours.front is not None else "–"
    return [
        name,
        _split(ours),
        front,
        _split(ours.uncached) if ours.uncached else "–",
        *(_split(other) for other in others),
        *(f"{paired_ratio(ours.totals, other.totals):.2f}" for other in others),
        *(
            f"{paired_ratio(ours.uncached.totals, other.totals):.2f}" if ours.uncached else "–"
            for other in others
        ),
        ", ".join(f"{cost.commands:g}" for cost in (ours, *others)),
        ", ".join(f"{cost.bytes:,}" for cost in (ours, *others)),
    ]


def _split(cost: Cost) -> str:
    return f"{statistics.median(cost.web):.2f} + {statistics.median(cost.database):.2f}"


def latency_table(times: Times, concurrency: int) -> list[str]:
    """Return the table of latencies and rates at one concurrency, a row for each call."""
    headings = ["call"]
    for backend in (SITE, *VARIANTS):
        headings += [f"{backend}: p50, p95, p99 ms", f"{backend}: per second"]
    names = dict.fromkeys(name for name, _, at in times if at == concurrency)
    rows = []
    for name in names:
        cells = [name]
        for backend in (SITE, *VARIANTS):
            cells += _latency_cells(times[name, backend, concurrency])
        rows.append(cells)
    return table(headings, rows)


def _latency_cells(latencies: Latencies) -> list[str]:
    percentiles = ", ".join(f"{latencies.percentile(percent):.1f}" for percent in (50, 95, 99))
    return [percentiles, f"{latencies.rate:,.0f}"]


def memory_table(before: Mapping[str, float], after: Mapping[str, float]) -> list[str]:
    """Return the table of the web processes' resident memory, in MiB."""
    rows = [[name, f"{before[name]:.0f}", f"{after[name]:.0f}"] for name in before]
    return table(("web processes", "MiB before", "MiB after"), rows)


def sections(
    costs: Costs, times: Times, before: Mapping[str, float], after: Mapping[str, float], remark: str
) -> list[str]:
    """Return all tables, each below a line that says what it holds."""
    lines = [remark, "", *cost_table(costs)]
    for concurrency in CONCURRENCIES if times else ():
        lines += ["", f"Latency at concurrency {concurrency}:", "", *latency_table(times, concurrency)]
    return [*lines, "", *memory_table(before, after)]


def replace_section(text: str, lines: Sequence[str]) -> str:
    """Return a document with the lines between the marks. Raises ``ValueError`` without exactly one pair of marks."""
    return bench.sections.replace_section(text, lines, NAME)


def write_section(path: Path, lines: Sequence[str]) -> None:
    """Replace the section of a document."""
    bench.sections.write_section(path, lines, NAME)

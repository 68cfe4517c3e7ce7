"""Bar charts of the dashboard as SVG, each with the same numbers as a table."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from django.utils.functional import Promise

WIDTH, HEIGHT, GAP = 600, 90, 4
MIN_BAR = 2


@dataclass(frozen=True)
class Bar:
    """A bar with its day and count; positions are in the units of the drawing."""

    day: date
    count: int
    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True)
class BarChart:
    """A chart of counts per day."""

    name: str
    label: str | Promise
    bars: list[Bar]
    total: int
    highest: int
    width: int = WIDTH
    height: int = HEIGHT


def bar_chart(name: str, label: str | Promise, counts: Mapping[str, int]) -> BarChart:
    """Return the chart of counts by ISO day."""
    highest = max(counts.values(), default=0)
    step = WIDTH / max(len(counts), 1)
    bars = []
    for place, (day, count) in enumerate(sorted(counts.items())):
        height = max(round(HEIGHT * count / highest, 1), MIN_BAR) if count else 0.0
        x = round(place * step + GAP / 2, 1)
        bars.append(Bar(date.fromisoformat(day), count, x, HEIGHT - height, round(step - GAP, 1), height))
    return BarChart(name, label, bars, sum(counts.values()), highest)

"""Committed ratios of CPU time between the site and the Node backends, and what grew since."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

from bench.api.baseline import VARIANTS
from bench.api.measure import Cost, Costs, paired_ratio
from bench.api.world import SITE

PATH = Path(__file__).parent / "ratios.json"
MAX_GROWTH = 0.15
# Ends the name of a call of which the site keeps nothing.
UNCACHED = ", uncached"
# By the name of the call, with ``UNCACHED`` or without, and that of the backend.
Ratios = dict[str, dict[str, float]]


def ratios_of(costs: Costs) -> Ratios:
    """Return the ratios of measured calls to each baseline."""
    found: Ratios = {}
    for name, by_backend in costs.items():
        ours = by_backend[SITE]
        found[name] = _beside_variants(ours, by_backend)
        if ours.uncached is not None:
            found[name + UNCACHED] = _beside_variants(ours.uncached, by_backend)
    return found


def _beside_variants(ours: Cost, by_backend: Mapping[str, Cost]) -> dict[str, float]:
    return {variant: round(paired_ratio(ours.totals, by_backend[variant].totals), 3) for variant in VARIANTS}


def call_of(name: str) -> str:
    """Return the name of the call that a ratio is of."""
    return name.removesuffix(UNCACHED)


def growth(now: Mapping[str, float], committed: Mapping[str, float]) -> float:
    """Return by how much a call grew beside the baseline that shows the least.

    A slower site grows beside both; beside one alone it is that one that changed, or was disturbed.
    """
    return min(now[variant] / committed[variant] for variant in committed) - 1


def grown(now: Ratios, committed: Ratios) -> dict[str, float]:
    """Return the growth of the calls that grew by more than ``MAX_GROWTH``, by name; new calls have none."""
    growths = {name: growth(each, committed[name]) for name, each in now.items() if name in committed}
    return {name: more for name, more in growths.items() if more > MAX_GROWTH}


def read(size: int, path: Path = PATH) -> Ratios:
    """Return the committed ratios. Raises ``SystemExit`` when they are of another number of videos."""
    committed = json.loads(path.read_text())
    if committed["videos"] != size:
        raise SystemExit(f"{path.name} is of {committed['videos']:,} videos, not of {size:,}")
    ratios: Ratios = committed["ratios"]
    return ratios


def write(ratios: Ratios, size: int, path: Path = PATH) -> None:
    """Replace the committed ratios."""
    path.write_text(json.dumps({"videos": size, "ratios": ratios}, indent=2) + "\n")

"""Committed ratios of CPU time between the site and the Node backends, and what grew since."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

from bench.api.baseline import VARIANTS
from bench.api.measure import Costs, paired_ratio
from bench.api.world import SITE

PATH = Path(__file__).parent / "ratios.json"
MAX_GROWTH = 0.15
# By the name of the call and that of the backend.
Ratios = dict[str, dict[str, float]]


def ratios_of(costs: Costs) -> Ratios:
    """Return the ratios of measured calls to each baseline."""
    return {
        name: {
            variant: round(paired_ratio(by_backend[SITE].totals, by_backend[variant].totals), 3)
            for variant in VARIANTS
        }
        for name, by_backend in costs.items()
    }


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

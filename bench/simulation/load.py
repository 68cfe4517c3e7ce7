"""The input of the simulation: actions of people in the busiest hour, and their measured costs."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

from bench.simulation.engine import Step

COSTS = Path(__file__).parent / "costs.json"
WEB, DATABASE, FRONT, ENCODER = "web", "database", "front", "encoder"

# How often each viewer does something while watching, per hour. A segment has 4 seconds, of picture and of sound.
PER_VIEWER_HOUR = {
    "segment": 2 * 3_600 / 4,
    "heartbeat": 3_600 / 10,
    "watch page": 8.0,
    "home page": 4.0,
    "list": 6.0,
    "search": 1.0,
    "comments": 6.0,
    "like": 0.5,
    "subscribe": 0.1,
}
# Minutes of new film for each hour that is watched.
FILM_MINUTES_PER_VIEWER_HOUR = 0.02
MEGABITS_PER_VIEWER = 3.0


@dataclass(frozen=True)
class Kind:
    """A kind of job: its name, how many a second, and its steps."""

    name: str
    per_second: float
    steps: tuple[Step, ...]

    def offered(self, station: str) -> float:
        """Return the servers of a station that it keeps busy on average."""
        return self.per_second * sum(step.seconds for step in self.steps if step.station == station)


def read_costs(path: Path = COSTS) -> dict[str, dict[str, float]]:
    """Return the measured milliseconds of CPU by call and station; those of ``film minute`` are of an encoder."""
    costs: dict[str, dict[str, float]] = json.loads(path.read_text())["milliseconds"]
    return costs


def kinds(viewers: float, costs: dict[str, dict[str, float]]) -> list[Kind]:
    """Return what ``viewers`` who watch at the same time ask for."""
    found = [
        Kind(name, viewers * per_hour / 3_600, steps_of(costs[name]))
        for name, per_hour in PER_VIEWER_HOUR.items()
    ]
    film = viewers * FILM_MINUTES_PER_VIEWER_HOUR / 3_600
    return [*found, Kind("film minute", film, steps_of(costs["film minute"]))]


def steps_of(cost: dict[str, float]) -> tuple[Step, ...]:
    """Return the steps of a call: through the front to the web process and from there to the database."""
    order = (FRONT, WEB, DATABASE, ENCODER)
    return tuple(Step(station, cost[station] / 1_000) for station in order if cost.get(station))

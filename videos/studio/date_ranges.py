"""Date ranges of analytics. Days are UTC; the current day is included so far as it has passed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

RANGES = {"7d": 7, "28d": 28, "90d": 90, "365d": 365}
DEFAULT = "28d"


@dataclass(frozen=True)
class Period:
    """A range of whole days, ``first`` and ``last`` included; ``name`` is the requested range."""

    name: str
    first: date
    last: date

    @property
    def days(self) -> list[str]:
        """Every day of the period as ``2026-01-31``, the earliest first."""
        count = (self.last - self.first).days + 1
        return [(self.first + timedelta(days=number)).isoformat() for number in range(count)]

    @property
    def previous(self) -> Period:
        """The period of the same length immediately before."""
        last = self.first - timedelta(days=1)
        return Period(self.name, last - (self.last - self.first), last)


def get_period(name: str) -> Period:
    """Return the period with a name of ``RANGES``, which ends today."""
    today = datetime.now(UTC).date()
    return Period(name, today - timedelta(days=RANGES[name] - 1), today)

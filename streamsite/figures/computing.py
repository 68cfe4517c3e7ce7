"""Compute the figures. Called by periodic tasks only: both may read a great deal."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta

from django.utils import timezone

from streamsite.figures import registry, store

DAYS = 30
DATABASE = "database"


def compute_daily_counts() -> None:
    """Count today and the days that are not counted yet, of the last ``DAYS``.

    A day that was over when it was counted is not counted again: what was deleted since stays in its count.
    """
    now = timezone.now()
    stored = store.load(store.DAILY).get(store.DAILY)
    known = stored["values"] if stored else {}
    settled = stored["at"].date() if stored else date.min
    today = now.astimezone(UTC).date()
    days = [today - timedelta(days=ago) for ago in range(DAYS - 1, -1, -1)]
    values: dict[str, object] = {}
    for figure in registry.daily_counts():
        former = known.get(figure.name)
        before = former if isinstance(former, dict) else {}
        counts: dict[str, int] = {}
        for day in days:
            key = day.isoformat()
            counts[key] = before[key] if day < settled and key in before else figure.count(*_bounds(day))
        values[figure.name] = counts
    store.save(store.DAILY, values, at=now)


def _bounds(day: date) -> tuple[datetime, datetime]:
    begin = datetime.combine(day, time(tzinfo=UTC))
    return begin, begin + timedelta(days=1)


def measure_storage() -> Mapping[str, int]:
    """Measure the files of every app, and the database; keep and return the sizes in bytes by kind."""
    sizes = storage_sizes()
    store.save(store.STORAGE, dict(sizes), at=timezone.now())
    return sizes


def storage_sizes() -> Mapping[str, int]:
    """Return the sizes of the files of every app, and of the database, in bytes by kind."""
    sizes: Counter[str] = Counter()
    for kinds in registry.storage_kinds():
        sizes.update(dict.fromkeys(kinds.labels, 0))
        for kind, size in kinds.measure():
            sizes[kind] += size
    sizes[DATABASE] = store.database_bytes()
    return sizes

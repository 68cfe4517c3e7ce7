"""The figures that apps have computed: counts per day, and sizes of what they store."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime

from django.utils.functional import Promise


@dataclass(frozen=True)
class DailyCount:
    """A count per day. ``count(since, until)`` counts what happened from ``since`` to before ``until``."""

    name: str
    label: str | Promise
    count: Callable[[datetime, datetime], int]


@dataclass(frozen=True)
class StorageKinds:
    """Sizes of what an app stores. ``measure()`` yields kind and bytes, a kind as often as it likes."""

    labels: dict[str, str | Promise]
    measure: Callable[[], Iterator[tuple[str, int]]]


_daily: dict[str, DailyCount] = {}
_storage: list[StorageKinds] = []


def register_daily_count(figure: DailyCount) -> None:
    """Have a count computed and shown for each of the last days."""
    _daily[figure.name] = figure


def register_storage(kinds: StorageKinds) -> None:
    """Have an app's storage measured and shown."""
    _storage.append(kinds)


def daily_counts() -> list[DailyCount]:
    """Return the registered counts in the order of their registration."""
    return list(_daily.values())


def storage_kinds() -> list[StorageKinds]:
    """Return what is registered about storage."""
    return list(_storage)


def storage_labels() -> dict[str, str | Promise]:
    """Return the names of all kinds in the order of their registration."""
    return {name: label for kinds in _storage for name, label in kinds.labels.items()}

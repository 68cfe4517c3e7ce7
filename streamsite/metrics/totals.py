"""Counters of what workers do, kept in the database; an app registers its own with ``register_totals``."""

from __future__ import annotations

from streamsite.metrics import store
from streamsite.metrics.registry import COUNTER, Family, Source, register_source


def total(name: str, text: str, labels: tuple[str, ...] = ()) -> Family:
    """Return a family for ``register_totals``; its name ends with ``_total``."""
    return Family(name, text, labels, COUNTER)


def register_totals(*families: Family) -> None:
    """Have the totals of these names shown."""
    register_source(Source(families, store.load))


def add(*additions: tuple[Family, tuple[str, ...], float]) -> None:
    """Add amounts to totals with the given labels."""
    store.add(store.Addition(family.name, labels, amount) for family, labels, amount in additions)

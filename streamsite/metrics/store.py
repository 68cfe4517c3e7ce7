"""Totals that workers on any host add to: ``streamsite_totals {_id, name, labels: [...], value}``, one row per sum.

They are counters that outlive processes, because what a worker has done must not depend on which host is asked. The
names and the values of labels come from this code, so there are few rows.
"""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from typing import NamedTuple

import pymongo
from django.db import DatabaseError, InterfaceError
from pymongo import UpdateOne
from pymongo.errors import PyMongoError

from streamsite.mongo.collections import collection

TOTALS = "streamsite_totals"
SECONDS = 1.0


class Addition(NamedTuple):
    """Something to add to a total."""

    name: str
    labels: tuple[str, ...]
    amount: float


def add(additions: Iterable[Addition]) -> None:
    """Add to totals, by one command. What cannot be added is left out: no job is to fail or wait for a figure."""
    changes = [
        UpdateOne(
            {"_id": ":".join((name, *labels))},
            {"$inc": {"value": amount}, "$setOnInsert": {"name": name, "labels": list(labels)}},
            upsert=True,
        )
        for name, labels, amount in additions
    ]
    with suppress(PyMongoError, DatabaseError, InterfaceError), pymongo.timeout(SECONDS):
        collection(TOTALS, acknowledged_by=1).bulk_write(changes, ordered=False)


def load() -> dict[str, dict[tuple[str, ...], float]]:
    """Return all totals by name and labels."""
    found: dict[str, dict[tuple[str, ...], float]] = {}
    for row in collection(TOTALS).find({}):
        found.setdefault(row["name"], {})[tuple(row["labels"])] = float(row["value"])
    return found

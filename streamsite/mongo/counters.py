"""Counters beside the rows they count: which there are, where they have drifted, and setting them right.

Services change a counter only when a row came or went, so they agree unless a process was killed in between or
somebody wrote to the database by hand. Apps register their counters when they are ready.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from dataclasses import dataclass
from time import sleep
from typing import Any

from streamsite.mongo.collections import collection

logger = logging.getLogger("streamsite.counters")

SETTLE_SECONDS = 3.0
TOLERANCE = 0.01  # sums of seconds may differ by rounding


@dataclass(frozen=True)
class Counter:
    """The number ``field`` of documents of ``counted``: ``stages`` on ``rows`` give what it should be as ``{_id, n}``.

    ``also`` are further fields that follow its changes.
    """

    counted: str
    field: str
    rows: str
    stages: tuple[dict[str, Any], ...]
    also: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """``collection.field``."""
        return f"{self.counted}.{self.field}"


@dataclass(frozen=True)
class Drift:
    """The wrong counters of one kind: their number, the sum of the differences, and how many were corrected."""

    counter: Counter
    wrong: int
    difference: float
    corrected: int


_counters: list[Counter] = []


def register_counters(*counters: Counter) -> None:
    """Add counters to those that are looked after."""
    _counters.extend(counters)


def build_counter(
    counted: str,
    name: str,
    rows: str,
    key: str,
    match: dict[str, Any] | None = None,
    *,
    sum_of: str = "",
    also: tuple[str, ...] = (),
) -> Counter:
    """Return the counter of ``rows`` that ``match``, by their field ``key``; with ``sum_of``, the sum of a field."""
    group = {"_id": f"${key}", "n": {"$sum": f"${sum_of}" if sum_of else 1}}
    return Counter(counted, name, rows, ({"$match": match or {}}, {"$group": group}), also)


def reconcile(*, correct: bool = True, settle_seconds: float = SETTLE_SECONDS) -> list[Drift]:
    """Look at every counter, and set right those that are wrong; one ``Drift`` for each kind that was.

    A counter is wrong when it and its rows disagree in the same way twice, ``settle_seconds`` apart: one that is being
    changed at this moment is not. It is changed only if it is still what it was. Safe to repeat and to run beside
    everything else.
    """
    suspects = [(counter, dict(_differences(counter))) for counter in _counters]
    suspects = [(counter, found) for counter, found in suspects if found]
    if suspects:
        sleep(settle_seconds)
    drifts = []
    for counter, before in suspects:
        now = dict(_differences(counter, list(before)))
        wrong = {key: pair for key, pair in before.items() if now.get(key) == pair}
        corrected = sum(_set_right(counter, key, *pair) for key, pair in wrong.items()) if correct else 0
        if wrong:
            difference = sum(abs(right - stored) for stored, right in wrong.values())
            drifts.append(Drift(counter, len(wrong), difference, corrected))
            logger.warning("%s: %d wrong, %d corrected", counter.name, len(wrong), corrected)
    return drifts


def set_right_now(counted: str, ids: list[str]) -> int:
    """Set right the counters of some documents of ``counted`` without waiting; return how many were wrong.

    For rows that were written in bulk beside the services. A change at this very moment may be counted twice; the
    nightly ``reconcile`` finds that.
    """
    corrected = 0
    for counter in _counters:
        if counter.counted == counted and ids:
            wrong = dict(_differences(counter, ids))
            corrected += sum(_set_right(counter, key, *pair) for key, pair in wrong.items())
    return corrected


def _differences(
    counter: Counter, only: list[str] | None = None
) -> Iterator[tuple[str, tuple[float, float]]]:
    """Yield ``id, (stored, right)`` of every wrong counter, by merging two sorted readings."""
    which = {"_id": {"$in": only}} if only is not None else {}
    stored = collection(counter.counted).find(which, {counter.field: 1}).sort("_id", 1)
    narrowed = [{"$match": which}] if which else []
    right = collection(counter.rows).aggregate(
        [*counter.stages, *narrowed, {"$sort": {"_id": 1}}], allowDiskUse=True
    )
    counted = next(right, None)
    for document in stored:
        while counted is not None and (counted["_id"] is None or counted["_id"] < document["_id"]):
            counted = next(right, None)  # rows of something that is gone
        is_there = counted is not None and counted["_id"] == document["_id"]
        wanted = float(counted.get("n") or 0) if counted is not None and is_there else 0.0
        had = float(document.get(counter.field) or 0)
        if abs(wanted - had) > TOLERANCE:
            yield document["_id"], (had, wanted)


def _set_right(counter: Counter, key: str, stored: float, right: float) -> int:
    by: float = right - stored
    change = {name: int(by) if by == int(by) else by for name in (counter.field, *counter.also)}
    near = {"$gte": stored - TOLERANCE, "$lte": stored + TOLERANCE}
    found = collection(counter.counted).update_one({"_id": key, counter.field: near}, {"$inc": change})
    return found.modified_count

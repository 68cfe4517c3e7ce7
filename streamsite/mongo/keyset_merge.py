"""The newest of what many hold: the rows of hundreds of channels, by time, from an index that begins with the channel.

MongoDB merges the parts of such an index by their order for at most ``CHUNK`` values of an ``$in`` (its parameter
``internalQueryMaxScansToExplode``); for more it reads everything of all of them and sorts, or goes through everybody's.
So the values go in parts, each of which gives its newest few.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from streamsite.mongo.collections import collection

CHUNK = 200
Stages = list[dict[str, Any]]
Moment = tuple[datetime, str]


def newest_pipelines(
    key: str,
    values: Sequence[str],
    condition: dict[str, Any],
    *,
    by: str,
    most: int,
    before: Moment | None = None,
    fields: Sequence[str] = (),
) -> list[Stages]:
    """Return a list of stages per part of ``values``: its newest ``most`` rows by the time ``by``, before a moment.

    ``fields`` are kept beside ``by`` and ``_id``; all of them when there are none.
    """
    bound = condition | ({} if before is None else before_filter(by, before))
    kept: Stages = [{"$project": dict.fromkeys([by, *fields], 1)}] if fields else []
    return [
        [
            {"$match": {key: {"$in": list(values[start : start + CHUNK])}} | bound},
            {"$sort": {by: -1, "_id": -1}},
            {"$limit": most},
            *kept,
        ]
        for start in range(0, len(values), CHUNK)
    ]


def find_newest(
    table: str, key: str, values: Sequence[str], condition: dict[str, Any], *, by: str, **options: Any
) -> list[dict[str, Any]]:
    """Return the newest rows of ``table`` by ``newest_pipelines``, in order, in one read; none for no ``values``."""
    parts = newest_pipelines(key, values, condition, by=by, **options)
    if not parts:
        return []
    joined = [*parts[0], *union_stages(table, parts[1:])]
    rows = list(collection(table).aggregate(joined))
    rows.sort(key=lambda row: (row[by], row["_id"]), reverse=True)
    return rows[: options["most"]]


def union_stages(table: str, parts: Sequence[Stages]) -> Stages:
    """Return the stages that add what ``parts`` find in ``table``."""
    return [{"$unionWith": {"coll": table, "pipeline": part}} for part in parts]


def before_filter(by: str, before: Moment) -> dict[str, Any]:
    """Return the rows after a moment and id in an order from the newest to the oldest."""
    at, row_id = before
    return {by: {"$lte": at}, "$or": [{by: {"$lt": at}}, {"_id": {"$lt": row_id}}]}

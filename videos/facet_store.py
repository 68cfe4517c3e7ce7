"""The field ``facets`` of videos and of search documents, kept in line with their other fields."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from streamsite.mongo.collections import collection
from streamsite.mongo.engine.client import session_for
from videos.facets import FACETS, STAGES


def refresh_facets(table: str, condition: Mapping[str, object]) -> None:
    """Compute ``facets`` of the documents of ``table`` that match ``condition``. Idempotent."""
    collection(table).update_many(dict(condition), STAGES, session=session_for())


def iter_stale_ids(table: str) -> Iterator[str]:
    """Yield the ids of the documents of ``table`` whose ``facets`` do not follow from their other fields."""
    differs = {"$match": {"$expr": {"$ne": ["$facets", FACETS]}}}
    for row in collection(table).aggregate([differs, {"$project": {"_id": 1}}]):
        yield row["_id"]

"""The collection of moderation cases, for what the ORM cannot say."""

from __future__ import annotations

from collections.abc import Mapping

from pymongo import ASCENDING, IndexModel

from streamsite.mongo.collections import collection
from videos.models import Case

CASES = Case._meta.db_table
# The queue of moderators, oldest first.
INDEXES = {
    CASES: [
        IndexModel(
            [("state", ASCENDING), ("created_at", ASCENDING), ("_id", ASCENDING)], name="case_oldest_waiting"
        )
    ]
}


def append_history(case_id: str, entry: Mapping[str, str]) -> None:
    """Append ``{at, who, what, note}`` to the history of a case."""
    collection(CASES).update_one({"_id": case_id}, {"$push": {"history": dict(entry)}})

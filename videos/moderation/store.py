"""The collection of moderation cases, for what the ORM cannot say."""

from __future__ import annotations

from collections.abc import Mapping

from streamsite.mongo.collections import collection
from videos.models import Case


def append_history(case_id: str, entry: Mapping[str, str]) -> None:
    """Append ``{at, who, what, note}`` to the history of a case."""
    collection(Case._meta.db_table).update_one({"_id": case_id}, {"$push": {"history": dict(entry)}})

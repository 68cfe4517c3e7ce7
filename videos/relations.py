"""What one viewer is to one video, in one read."""

from __future__ import annotations

from dataclasses import dataclass

from streamsite.mongo.collections import collection
from videos.models import Reaction, Watch


@dataclass(frozen=True)
class Relation:
    """The viewer's reaction, and the second to go on at: 0 when there is nothing to go on with."""

    reaction: str | None = None
    position: float = 0.0


def of(user_id: str, video_id: str) -> Relation:
    """The relation of an account to a video."""
    pair = {"$match": {"user_id": user_id, "video_id": video_id}}
    watched = [pair, {"$match": {"completed": False}}, {"$project": {"_id": 0, "position": 1}}]
    found: dict[str, object] = {}
    for row in collection(Reaction._meta.db_table).aggregate(
        [
            pair,
            {"$project": {"_id": 0, "value": 1}},
            {"$unionWith": {"coll": Watch._meta.db_table, "pipeline": watched}},
        ]
    ):
        found |= row
    value, position = found.get("value"), found.get("position")
    return Relation(
        value if isinstance(value, str) else None, position if isinstance(position, float) else 0.0
    )

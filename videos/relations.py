"""What one viewer is to one video, in one read.

Other apps add what they know: a stage of that read, which answers ``{<name of a Relation's field>: value}``.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from streamsite.mongo.collections import collection
from videos.models import Reaction, Watch


@dataclass(frozen=True)
class Relation:
    """The viewer's reaction, and the second to go on at: 0 when there is nothing to go on with.

    ``in_watch_later`` is told by whoever keeps such a list.
    """

    reaction: str | None = None
    position: float = 0.0
    in_watch_later: bool = False


# From an account's and a video's id to ``(collection, pipeline)``.
Teller = Callable[[str, str], tuple[str, list[dict[str, Any]]]]
_tellers: list[Teller] = []


def register(teller: Teller) -> Teller:
    """Add to what ``of`` reads."""
    _tellers.append(teller)
    return teller


def of(user_id: str, video_id: str) -> Relation:
    """The relation of an account to a video."""
    pair = {"$match": {"user_id": user_id, "video_id": video_id}}
    watched = [pair, {"$match": {"completed": False}}, {"$project": {"_id": 0, "position": 1}}]
    parts = [(Watch._meta.db_table, watched), *(teller(user_id, video_id) for teller in _tellers)]
    found: dict[str, object] = {}
    for row in collection(Reaction._meta.db_table).aggregate(
        [
            pair,
            {"$project": {"_id": 0, "value": 1}},
            *({"$unionWith": {"coll": name, "pipeline": pipeline}} for name, pipeline in parts),
        ]
    ):
        found |= row
    value, position = found.get("value"), found.get("position")
    return Relation(
        value if isinstance(value, str) else None,
        position if isinstance(position, float) else 0.0,
        in_watch_later=bool(found.get("in_watch_later")),
    )

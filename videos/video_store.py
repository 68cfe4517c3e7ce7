"""The collection of videos, for what the ORM cannot say: updates from other fields, and merged reads."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

from django.conf import settings

from accounts.models import User
from streamsite.mongo import keyset_merge
from streamsite.mongo.collections import WHOLE_RESULT, collection
from streamsite.mongo.engine.client import session_for
from videos.access import LISTED
from videos.models import Status, Video
from videos.playback_gate import PlaybackGate
from videos.tags import video_keys

VIDEOS = Video._meta.db_table
FIRST_PUBLISHED = {"$ifNull": ["$originally_published_on", "$published_at", None]}


@dataclass(frozen=True)
class BriefVideo:
    """As much of a video as viewers' small writes need: who may watch it, and what they copy or answer."""

    pk: str
    gate: PlaybackGate
    title: str
    duration: float
    like_count: int

    FIELDS: ClassVar = (*PlaybackGate.DOCUMENT_FIELDS, "title", "duration", "like_count")

    @property
    def channel_id(self) -> str:
        """The id of its channel's account."""
        return self.gate.channel_id

    @property
    def generation(self) -> str:
        """The folder of what is played, "" before there is something."""
        return self.gate.generation


def find_brief(video_id: str) -> BriefVideo | None:
    """Return as much of a video as ``BriefVideo`` has; ``None`` for an unknown one. One command."""
    active = [{"$match": {"is_active": True}}, {"$project": {"_id": 1}}]
    channel = {"from": User._meta.db_table, "localField": "channel_id", "foreignField": "_id"}
    rows = collection(VIDEOS).aggregate(
        [
            {"$match": {"_id": video_id}},
            {"$project": dict.fromkeys(BriefVideo.FIELDS, 1)},
            {"$lookup": {**channel, "pipeline": active, "as": "active"}},
        ]
    )
    for row in rows:
        return BriefVideo(
            row["_id"],
            PlaybackGate.from_document(row, channel_is_active=bool(row["active"])),
            str(row.get("title") or ""),
            float(row.get("duration") or 0.0),
            int(row.get("like_count") or 0),
        )
    return None


def refresh_first_published(condition: Mapping[str, object]) -> None:
    """Compute ``first_published_at`` of the videos that match ``condition``. Idempotent."""
    stages = [{"$set": {"first_published_at": FIRST_PUBLISHED}}]
    collection(VIDEOS).update_many(dict(condition), stages, session=session_for())


def iter_stale_first_published() -> Iterator[str]:
    """Yield the ids of videos whose ``first_published_at`` does not follow from their other fields."""
    differs = {"$expr": {"$ne": [{"$ifNull": ["$first_published_at", None]}, FIRST_PUBLISHED]}}
    for row in collection(VIDEOS).find(differs, {"_id": 1}):
        yield row["_id"]


def refresh_sensitive(condition: Mapping[str, object], marked_channels: Sequence[str]) -> None:
    """Compute ``shown_as_sensitive`` of the videos that match ``condition``. Idempotent."""
    stages = [{"$set": {"shown_as_sensitive": _is_sensitive(marked_channels)}}]
    collection(VIDEOS).update_many(dict(condition), stages, session=session_for())


def iter_stale_sensitive(marked_channels: Sequence[str]) -> Iterator[str]:
    """Yield the ids of videos whose ``shown_as_sensitive`` does not follow from their other fields."""
    stored = {"$ifNull": ["$shown_as_sensitive", False]}
    differs = {"$expr": {"$ne": [stored, _is_sensitive(marked_channels)]}}
    for row in collection(VIDEOS).find(differs, {"_id": 1}):
        yield row["_id"]


def _is_sensitive(marked_channels: Sequence[str]) -> dict[str, object]:
    in_marked = {"$in": ["$channel_id", {"$literal": list(marked_channels)}]}
    marks = ({"$eq": [f"${name}", True]} for name in ("is_sensitive", "is_sensitive_by_staff"))
    return {"$or": [*marks, in_marked]}


def iter_stale_tag_keys() -> Iterator[str]:
    """Yield the ids of videos whose ``tag_keys`` are not those of their tags and hashtags."""
    has_some: dict[str, object] = {
        "$or": [
            *({name: {"$nin": [[], None]}} for name in ("tags", "tag_keys")),
            *({name: {"$regex": "#"}} for name in ("title", "description")),
        ]
    }
    fields = dict.fromkeys(("tags", "tag_keys", "title", "description"), 1)
    for row in collection(VIDEOS).find(has_some, fields):
        wanted = video_keys(row.get("tags") or [], row.get("title") or "", row.get("description") or "")
        if (row.get("tag_keys") or []) != wanted:
            yield row["_id"]


def newest_ids(
    channel_ids: list[str], most: int, before: keyset_merge.Moment | None, condition: Mapping[str, object]
) -> list[str]:
    """Return the ids of the newest listed videos of some channels, published before a moment and id. One command.

    Only those that match ``condition``, which has no ``$or``.
    """
    rows = keyset_merge.find_newest(
        VIDEOS,
        "channel_id",
        channel_ids,
        {**LISTED, **condition},
        by="published_at",
        most=most,
        before=before,
        fields=["_id"],
    )
    return [row["_id"] for row in rows]


def used_facets(keys: Mapping[str, str]) -> list[str]:
    """Return the names in ``keys`` whose element of ``facets`` a listed video has. One command."""
    parts: list[list[dict[str, object]]] = [
        [
            {"$match": {**LISTED, "facets": key}},
            {"$limit": 1},
            {"$project": {"_id": 0, "name": {"$literal": name}}},
        ]
        for name, key in keys.items()
    ]
    first, *others = parts
    rows = collection(VIDEOS).aggregate([*first, *keyset_merge.union_stages(VIDEOS, others)])
    return [row["name"] for row in rows]


def ids_by_source(stages: Sequence[Mapping[str, object]]) -> Iterable[tuple[str, str]]:
    """Return ``(source, id)`` of the rows of a pipeline on videos. Stopped after ``MONGODB_TIME_LIMIT_MS``."""
    rows = collection(VIDEOS).aggregate(
        list(stages), maxTimeMS=settings.MONGODB_TIME_LIMIT_MS, batchSize=WHOLE_RESULT
    )
    return [(row["source"], row["_id"]) for row in rows]


DAY_MS = 86_400_000
READY_LADDERS: dict[str, object] = {
    "status": Status.READY.value,
    "is_complete": True,
    "source_removed_at": None,
}
HAS_MOMENT: dict[str, object] = {"source_leaves_at": {"$type": "date"}}
IS_DUE = {"$lte": ["$source_leaves_at", "$$NOW"]}


def plan_source_removals(days: int, *, notice_days: int) -> int:
    """Store when the original files of videos that are ready go; return how many moments are new or others. Idempotent.

    ``days`` after the video was ready. One whose moment was not announced, or was a later one, stays for
    ``notice_days`` from now at least, unless the video has just become ready.
    """
    noticed = {"$add": ["$$NOW", notice_days * DAY_MS]}
    wanted = {"$add": [{"$ifNull": ["$ready_at", "$created_at"]}, days * DAY_MS]}
    is_new = {"$gte": [{"$ifNull": ["$ready_at", None]}, {"$subtract": ["$$NOW", DAY_MS]}]}
    first = {"$cond": [is_new, wanted, {"$max": [wanted, noticed]}]}
    again = {"$max": [wanted, {"$min": ["$source_leaves_at", noticed]}]}
    is_announced = {"$eq": [{"$type": "$source_leaves_at"}, "date"]}
    stages = [{"$set": {"source_leaves_at": {"$cond": [is_announced, again, first]}}}]
    return collection(VIDEOS).update_many(READY_LADDERS, stages).modified_count


def cancel_source_removals() -> int:
    """Take back every moment that has not come; return their number."""
    waiting = HAS_MOMENT | {"source_removed_at": None}
    return collection(VIDEOS).update_many(waiting, {"$set": {"source_leaves_at": None}}).modified_count


def iter_due_source_removals() -> Iterator[str]:
    """Yield the ids of videos whose original file is to go now, the longest due first."""
    due = READY_LADDERS | HAS_MOMENT | {"$expr": IS_DUE}
    for row in collection(VIDEOS).find(due, {"_id": 1}).sort("source_leaves_at", 1):
        yield row["_id"]


def iter_begun_source_removals() -> Iterator[str]:
    """Yield the ids of videos whose original file may still be there although their rows say that it is not."""
    for row in collection(VIDEOS).find(HAS_MOMENT | {"source_removed_at": {"$ne": None}}, {"_id": 1}):
        yield row["_id"]


def begin_source_removal(video_id: str, generation: str, stored_generation: str) -> bool:
    """Note that the original file is gone. False when the moment or the files served are others by now."""
    found = {"_id": video_id, "generation": generation, "stored_generation": stored_generation}
    change = [{"$set": {"source_removed_at": "$$NOW"}}]
    result = collection(VIDEOS).update_one(READY_LADDERS | HAS_MOMENT | found | {"$expr": IS_DUE}, change)
    return result.modified_count == 1


def finish_source_removal(video_id: str) -> None:
    """Note that the removal has ended."""
    collection(VIDEOS).update_one({"_id": video_id}, {"$set": {"source_leaves_at": None}})

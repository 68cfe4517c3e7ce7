"""Likes and dislikes: an upsert or a delete whose outcome decides the counters. Safe to repeat, safe in parallel."""

from __future__ import annotations

from typing import Any

from django.db.models import F, QuerySet
from django.utils import timezone
from pymongo import ReturnDocument
from pymongo.errors import DuplicateKeyError

from accounts.models import User
from streamsite.errors import Absent, Invalid
from streamsite.ids import object_id
from streamsite.mongo.collections import collection
from videos.models import Reaction, Video
from videos.models.reaction import Value

REACTIONS = Reaction._meta.db_table
COUNTERS = {Value.LIKE: "like_count", Value.DISLIKE: "dislike_count"}
RECENT = ("-created_at", "-id")


def react(user: User, video: Video, value: object) -> int:
    """Make ``value`` the viewer's reaction; the video's likes afterwards. ``Invalid`` for an unknown one."""
    if not isinstance(value, str) or value not in Value.values:
        raise Invalid("Unknown reaction.", fields={"value": [f"One of: {', '.join(Value.values)}."]})
    former = _replace(user.pk, video.pk, value)
    if former == value:
        return video.like_count
    return _count(video, Value(value), Value(former) if former else None)


def withdraw(user: User, video: Video) -> int:
    """Make the viewer's reaction not exist; the video's likes afterwards."""
    removed = collection(REACTIONS).find_one_and_delete({"user_id": user.pk, "video_id": video.pk})
    return _count(video, None, Value(removed["value"])) if removed else video.like_count


def of(user: User, video: Video) -> str | None:
    """The viewer's reaction."""
    found: str | None = (
        Reaction.objects.filter(user=user, video=video).values_list("value", flat=True).first()
    )
    return found


def liked(user_id: str) -> QuerySet[Reaction]:
    """What an account likes, videos and channels loaded; order by ``RECENT``."""
    return Reaction.objects.filter(user_id=user_id, value=Value.LIKE).select_related("video__channel")


def forget_user(user_id: str) -> None:
    """Remove an erased account's reactions. Safe to repeat: a row's removal decides the counters."""
    for row in Reaction.objects.filter(user_id=user_id).iterator():
        if Reaction.objects.filter(pk=row.pk).delete()[0]:
            counter = COUNTERS[Value(row.value)]
            Video.objects.filter(pk=row.video_id).update(**{counter: F(counter) - 1})


def forget_video(video_id: str) -> None:
    """Remove a deleted video's reactions."""
    collection(REACTIONS).delete_many({"video_id": video_id})


def _replace(user_id: str, video_id: str, value: str) -> str | None:
    """Store the reaction; the one that was there before, ``value`` itself when nothing changed."""
    other = {"user_id": user_id, "video_id": video_id, "value": {"$ne": value}}
    change: dict[str, Any] = {"$set": {"value": value, "created_at": timezone.now()}}
    rows = collection(REACTIONS)
    try:
        before = rows.find_one_and_update(
            other,
            {**change, "$setOnInsert": {"_id": object_id()}},
            upsert=True,
            return_document=ReturnDocument.BEFORE,
        )
    except DuplicateKeyError:
        # There is one: the same, or another that was made in between.
        before = rows.find_one_and_update(other, change, return_document=ReturnDocument.BEFORE)
        return value if before is None else str(before["value"])
    return None if before is None else str(before["value"])


def _count(video: Video, now: Value | None, former: Value | None) -> int:
    change = {COUNTERS[value]: step for value, step in ((now, 1), (former, -1)) if value is not None}
    after = collection(Video._meta.db_table).find_one_and_update(
        {"_id": video.pk},
        {"$inc": change},
        projection={"like_count": 1},
        return_document=ReturnDocument.AFTER,
    )
    if after is None:  # deleted in between
        forget_video(video.pk)
        raise Absent
    return int(after["like_count"])

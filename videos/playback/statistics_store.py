"""The collections of statistics of videos and channels: totals, and one document per day.

``video_total {_id: video, views, viewings, seconds, shown: {bucket: n}, batches}``, ``channel_total {_id: channel,
views, batches}``; ``video_day {_id: "video:day", video, channel, day, ...}`` and ``channel_day {_id: "channel:day",
channel, day, ...}`` with ``views``, ``seconds``, ``offered``, ``started``, ``repeats``, ``refused_owner``,
``refused_bot``, ``sources.<source>``, ``likes``, ``dislikes``, ``comments``, ``gained``, ``lost``. Days are UTC.
``batches`` are the ids of the last batches that were added, so that none is added twice. A *viewing* is one viewer
watching one video on one day, unless refused as the owner's or a bot's. ``offered`` is the sum of the video's length
over all viewings, ``seconds`` the time that was watched of it.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import TypedDict, cast

from pymongo import ASCENDING, IndexModel, ReturnDocument
from pymongo.errors import DuplicateKeyError

from streamsite.mongo.collections import collection
from streamsite.mongo.upserts import upsert

VIDEO_TOTALS, CHANNEL_TOTALS, VIDEO_DAYS, CHANNEL_DAYS = (
    "video_total",
    "channel_total",
    "video_day",
    "channel_day",
)
INDEXES = {
    VIDEO_DAYS: [
        IndexModel([("video", ASCENDING), ("day", ASCENDING)], name="video_day_of_video"),
        # Holds all that a channel's most watched videos are found by, so that no document is read for them.
        IndexModel(
            [(name, ASCENDING) for name in ("channel", "day", "video", "views", "seconds")],
            name="video_day_by_channel",
        ),
    ],
    CHANNEL_DAYS: [IndexModel([("channel", ASCENDING), ("day", ASCENDING)], name="channel_day_of_channel")],
}
MAX_BUCKETS = 600
WITHOUT_BATCHES = {"_id": 0, "batches": 0}


class Day(TypedDict, total=False):
    """The statistics of a video or a channel on one UTC day; see the module for the fields."""

    video: str
    channel: str
    day: str
    views: int
    seconds: float
    offered: float
    started: int
    repeats: int
    refused_owner: int
    refused_bot: int
    sources: dict[str, int]
    likes: int
    dislikes: int
    comments: int
    gained: int
    lost: int


class VideoTotal(TypedDict, total=False):
    """The totals of a video; ``shown`` counts by bucket of retention."""

    views: int
    viewings: int
    seconds: float
    shown: dict[str, int]


class WatchedVideo(TypedDict):
    """The views and watch time in seconds of one video in a period."""

    video: str
    views: int
    seconds: float


MAX_BATCHES = 300


def today() -> str:
    """Return the current UTC day, as ``2026-01-31``."""
    return datetime.now(UTC).date().isoformat()


def bucket_seconds(duration: float) -> int:
    """Return how many seconds a bucket of retention spans: one, or more for videos of over ten minutes."""
    return max(1, math.ceil(duration / MAX_BUCKETS))


def add_today(video: str, channel: str, **changes: int) -> None:
    """Add to today's statistics of a video and its channel."""
    add_video_today(video, channel, **changes)
    add_channel_today(channel, **changes)


def add_video_today(video: str, channel: str, **changes: int) -> None:
    """Add to today's statistics of a video alone."""
    day = today()
    _add(VIDEO_DAYS, f"{video}:{day}", {"video": video, "channel": channel, "day": day}, changes)


def add_channel_today(channel: str, **changes: int) -> None:
    """Add to today's statistics of a channel."""
    day = today()
    _add(CHANNEL_DAYS, f"{channel}:{day}", {"channel": channel, "day": day}, changes)


def add_day(video: str, channel: str, day: str, changes: Mapping[str, float], batch: str) -> None:
    """Add a batch to a day's statistics of a video. Idempotent."""
    _increment(VIDEO_DAYS, f"{video}:{day}", {"video": video, "channel": channel, "day": day}, changes, batch)


def add_channel_day(channel: str, day: str, changes: Mapping[str, float], batch: str) -> None:
    """Add a batch to a day's statistics of a channel. Idempotent."""
    _increment(CHANNEL_DAYS, f"{channel}:{day}", {"channel": channel, "day": day}, changes, batch)


def add_total(video: str, changes: Mapping[str, float], batch: str) -> int:
    """Add a batch to a video's totals; return its views afterwards. Idempotent."""
    return _increment(VIDEO_TOTALS, video, {}, changes, batch)


def add_channel_total(channel: str, changes: Mapping[str, float], batch: str) -> int:
    """Add a batch to a channel's totals; return its views afterwards. Idempotent."""
    return _increment(CHANNEL_TOTALS, channel, {}, changes, batch)


def delete_for_video(video: str) -> None:
    """Delete a deleted video's statistics; its channel's days stay."""
    collection(VIDEO_TOTALS).delete_one({"_id": video})
    collection(VIDEO_DAYS).delete_many({"video": video})


def delete_for_channel(channel: str) -> None:
    """Delete a deleted account's statistics."""
    collection(CHANNEL_TOTALS).delete_one({"_id": channel})
    collection(CHANNEL_DAYS).delete_many({"channel": channel})


def find_days(name: str, owner: Mapping[str, str], first: str, last: str) -> dict[str, Day]:
    """Return the documents of ``VIDEO_DAYS`` or ``CHANNEL_DAYS`` of one owner by day, without days without figures."""
    which = {**owner, "day": {"$gte": first, "$lte": last}}
    rows = cast(list[Day], list(collection(name).find(which, WITHOUT_BATCHES)))
    return {row["day"]: row for row in rows}


def find_total(video: str) -> VideoTotal:
    """Return a video's totals; empty before the first of its sessions was added."""
    found = collection(VIDEO_TOTALS).find_one({"_id": video}, WITHOUT_BATCHES)
    return cast(VideoTotal, found or {})


def most_watched(channel: str, first: str, last: str, *, most: int, time_limit_ms: int) -> list[WatchedVideo]:
    """Return ``{video: id, views, seconds}`` of a channel's videos, by views. Raises ``ExecutionTimeout``.

    Answered from the index alone.
    """
    order = {"views": -1, "seconds": -1, "_id": 1}
    kept = {"video": "$_id", "views": "$views", "seconds": "$seconds"}
    pipeline: list[Mapping[str, object]] = [
        {"$match": {"channel": channel, "day": {"$gte": first, "$lte": last}}},
        {"$group": {"_id": "$video", "views": {"$sum": "$views"}, "seconds": {"$sum": "$seconds"}}},
        {"$match": {"$or": [{"views": {"$gt": 0}}, {"seconds": {"$gt": 0}}]}},
        {"$group": {"_id": None, "top": {"$topN": {"n": most, "sortBy": order, "output": kept}}}},
    ]
    found = list(collection(VIDEO_DAYS).aggregate(pipeline, maxTimeMS=time_limit_ms))
    return cast(list[WatchedVideo], found[0]["top"]) if found else []


def views_since(videos: list[str], day: str) -> dict[str, int]:
    """Return the views of some videos since a day, by video; videos without any are left out."""
    pipeline: list[Mapping[str, object]] = [
        {"$match": {"video": {"$in": videos}, "day": {"$gte": day}}},
        {"$group": {"_id": "$video", "views": {"$sum": "$views"}}},
    ]
    return {row["_id"]: int(row["views"]) for row in collection(VIDEO_DAYS).aggregate(pipeline)}


def _add(name: str, document_id: str, fields: Mapping[str, str], changes: Mapping[str, int]) -> None:
    """Add ``changes`` to one document, which is made with ``fields``."""
    change = {"$inc": _nonzero(changes), "$setOnInsert": dict(fields)}
    upsert(lambda: collection(name).update_one({"_id": document_id}, change, upsert=True))


def _nonzero(changes: Mapping[str, float]) -> dict[str, float]:
    return {key: value for key, value in changes.items() if value} or {"views": 0}


def _increment(
    name: str, document_id: str, fields: Mapping[str, str], changes: Mapping[str, float], batch: str
) -> int:
    """Add ``changes`` unless ``batch`` is among the latest; return the views afterwards."""
    change: dict[str, object] = {
        "$inc": _nonzero(changes),
        "$push": {"batches": {"$each": [batch], "$slice": -MAX_BATCHES}},
    }
    if fields:
        change["$setOnInsert"] = dict(fields)
    which: dict[str, object] = {"_id": document_id, "batches": {"$ne": batch}}
    rows = collection(name)
    for _ in range(2):
        try:
            found = rows.find_one_and_update(
                which, change, upsert=True, projection={"views": 1}, return_document=ReturnDocument.AFTER
            )
        except DuplicateKeyError:
            # There is one: with this batch, or made by another in between.
            if found := rows.find_one({"_id": document_id, "batches": batch}, {"views": 1}):
                return int(found.get("views", 0))
        else:
            return int((found or {}).get("views", 0))
    return int((rows.find_one({"_id": document_id}, {"views": 1}) or {}).get("views", 0))

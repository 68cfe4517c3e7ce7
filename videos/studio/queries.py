"""Reads of figures: days of a channel or a video, the channel's most watched videos, what of a video was shown.

Each is one command, by one index, whatever the number of videos.
"""

from __future__ import annotations

from typing import Any

from pymongo.errors import ExecutionTimeout

from streamsite.mongo.collections import collection
from videos.playback import statistics
from videos.studio.date_ranges import Period

Day = dict[str, Any]
TIME_LIMIT_MS = 3_000
EXCLUDED_FIELDS = {"_id": 0, "batches": 0}


def load_channel_days(channel_id: str, period: Period) -> dict[str, Day]:
    """The channel's figures of the period and the one before, by day; days on which nothing was are left out."""
    return _days(statistics.CHANNEL_DAYS, {"channel": channel_id}, period)


def load_video_days(video_id: str, period: Period) -> dict[str, Day]:
    """The same of one video."""
    return _days(statistics.VIDEO_DAYS, {"video": video_id}, period)


def load_most_watched(channel_id: str, period: Period, most: int) -> list[dict[str, Any]] | None:
    """``{video: id, views, seconds}`` of the period, by views, at most ``most``; answered from the index alone.

    ``None`` when that takes longer than somebody waits for it: a year of a channel with very many videos that are all
    watched every day.
    """
    days = {"$gte": period.first.isoformat(), "$lte": period.last.isoformat()}
    order = {"views": -1, "seconds": -1, "_id": 1}
    kept = {"video": "$_id", "views": "$views", "seconds": "$seconds"}
    pipeline: list[dict[str, Any]] = [
        {"$match": {"channel": channel_id, "day": days}},
        {"$group": {"_id": "$video", "views": {"$sum": "$views"}, "seconds": {"$sum": "$seconds"}}},
        {"$match": {"$or": [{"views": {"$gt": 0}}, {"seconds": {"$gt": 0}}]}},
        {"$group": {"_id": None, "top": {"$topN": {"n": most, "sortBy": order, "output": kept}}}},
    ]
    try:
        found = list(collection(statistics.VIDEO_DAYS).aggregate(pipeline, maxTimeMS=TIME_LIMIT_MS))
    except ExecutionTimeout:
        return None
    return list(found[0]["top"]) if found else []


def load_retention_counts(video_id: str) -> dict[str, Any]:
    """``{viewings, views, shown: {bucket: times}}`` of all time; empty before the first heartbeat was added up."""
    found = collection(statistics.VIDEO_TOTALS).find_one({"_id": video_id}, EXCLUDED_FIELDS)
    return found or {}


def _days(name: str, which: dict[str, str], period: Period) -> dict[str, Day]:
    days = {"$gte": period.previous.first.isoformat(), "$lte": period.last.isoformat()}
    return {row["day"]: row for row in collection(name).find(which | {"day": days}, EXCLUDED_FIELDS)}

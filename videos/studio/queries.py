"""Read analytics: days of a channel or a video, a channel's most watched videos, a video's retention.

Each read is one command on one index, whatever the number of videos.
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
    """Return the channel's days of this period and the previous one; days without activity are omitted."""
    return _days(statistics.CHANNEL_DAYS, {"channel": channel_id}, period)


def load_video_days(video_id: str, period: Period) -> dict[str, Day]:
    """Return the video's days of this period and the previous one; days without activity are omitted."""
    return _days(statistics.VIDEO_DAYS, {"video": video_id}, period)


def load_most_watched(channel_id: str, period: Period, most: int) -> list[dict[str, Any]] | None:
    """Return up to ``most`` rows ``{video: id, views, seconds}`` of the period by views; a covered query.

    Return ``None`` when it exceeds the time limit: a year of a channel with very many videos that are all watched
    every day.
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
    """Return all-time ``{viewings, views, shown: {bucket: times}}``; empty before the first aggregation."""
    found = collection(statistics.VIDEO_TOTALS).find_one({"_id": video_id}, EXCLUDED_FIELDS)
    return found or {}


def _days(name: str, which: dict[str, str], period: Period) -> dict[str, Day]:
    days = {"$gte": period.previous.first.isoformat(), "$lte": period.last.isoformat()}
    return {row["day"]: row for row in collection(name).find(which | {"day": days}, EXCLUDED_FIELDS)}

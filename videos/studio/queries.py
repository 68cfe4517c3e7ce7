"""Read analytics: days of a channel or a video, a channel's most watched videos, a video's retention.

Each read is one command on one index, whatever the number of videos.
"""

from __future__ import annotations

from pymongo.errors import ExecutionTimeout

from videos.playback import statistics_store
from videos.playback.statistics_store import Day, VideoTotal, WatchedVideo
from videos.studio.date_ranges import Period

TIME_LIMIT_MS = 3_000


def load_channel_days(channel_id: str, period: Period) -> dict[str, Day]:
    """Return the channel's days of this period and the previous one; days without activity are omitted."""
    return _days(statistics_store.CHANNEL_DAYS, {"channel": channel_id}, period)


def load_video_days(video_id: str, period: Period) -> dict[str, Day]:
    """Return the video's days of this period and the previous one; days without activity are omitted."""
    return _days(statistics_store.VIDEO_DAYS, {"video": video_id}, period)


def load_most_watched(channel_id: str, period: Period, most: int) -> list[WatchedVideo] | None:
    """Return up to ``most`` rows ``{video: id, views, seconds}`` of the period by views; a covered query.

    Return ``None`` when it exceeds the time limit: a year of a channel with very many videos that are all watched
    every day.
    """
    first, last = period.first.isoformat(), period.last.isoformat()
    try:
        return statistics_store.most_watched(channel_id, first, last, most=most, time_limit_ms=TIME_LIMIT_MS)
    except ExecutionTimeout:
        return None


def load_retention_counts(video_id: str) -> VideoTotal:
    """Return all-time ``{viewings, views, shown: {bucket: times}}``; empty before the first aggregation."""
    return statistics_store.find_total(video_id)


def _days(name: str, owner: dict[str, str], period: Period) -> dict[str, Day]:
    return statistics_store.find_days(name, owner, period.previous.first.isoformat(), period.last.isoformat())

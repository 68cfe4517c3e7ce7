"""Lists that say why a video is in them: trending and related. Nothing here looks at who asks."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from django.http import HttpRequest
from rest_framework.request import Request

from streamsite.api.pagination import paginate
from streamsite.mongo.collections import collection
from videos import mappers, queries
from videos.access import listed_videos
from videos.library import search, words
from videos.models import CATEGORIES, Video
from videos.playback import figures

DAYS = 7
MOST, MOST_OF_CHANNEL = 20, 6


def trending(request: HttpRequest | Request, *, absolute: bool = True) -> dict[str, Any]:
    """A page of what is watched of late, in the contract's list form; each with ``reason``."""
    page = paginate(
        request,
        listed_videos().select_related("channel"),
        queries.SORTS["trending"],
        absolute=absolute,
    )
    views = _recent_views([video.pk for video in page.rows])
    return page.body(lambda video: mappers.card(video) | {"reason": _watched(views.get(video.pk, 0))})


def related(video: Video, *, most: int = MOST) -> list[dict[str, Any]]:
    """What to offer beside a video: of its channel, on its subject, of its category; each with ``reason``."""
    name = video.channel.get_full_name()
    chosen: dict[str, tuple[Video, str]] = {}
    for other in queries.of_channel(video.channel_id).order_by(*queries.NEWEST)[: MOST_OF_CHANNEL + 1]:
        chosen.setdefault(other.pk, (other, f"More from {name}"))
    for other in queries.by_ids(_alike(video, most)):
        chosen.setdefault(other.pk, (other, _subject(video, other)))
    chosen.pop(video.pk, None)
    if len(chosen) < most:
        label = dict(CATEGORIES).get(video.category, "")
        popular = listed_videos().select_related("channel").filter(category=video.category)
        for other in popular.order_by(*queries.NEWEST)[: most + 1]:
            if other.pk != video.pk:
                chosen.setdefault(other.pk, (other, f"New in {label}"))
    return [mappers.card(other) | {"reason": reason} for other, reason in list(chosen.values())[:most]]


def _alike(video: Video, most: int) -> list[str]:
    """Videos with words of the title or tags, those with more and rarer ones first."""
    subject = dict.fromkeys([*(tag for tag in video.tags), *words.split(video.title)])
    return [
        found
        for found in search.find_any(list(subject)[: words.MOST_WORDS], most=most + 1)
        if found != video.pk
    ]


def _subject(video: Video, other: Video) -> str:
    shared = [tag for tag in video.tags if tag in other.tags]
    return f"Also about #{shared[0]}" if shared else "On a similar subject"


def _watched(views: int) -> str:
    return f"{views:,} view{'' if views == 1 else 's'} in {DAYS} days" if views else "New"


def _recent_views(video_ids: list[str]) -> dict[str, int]:
    since = (datetime.now(UTC) - timedelta(days=DAYS - 1)).date().isoformat()
    rows = collection(figures.VIDEO_DAYS).aggregate(
        [
            {"$match": {"video": {"$in": video_ids}, "day": {"$gte": since}}},
            {"$group": {"_id": "$video", "views": {"$sum": "$views"}}},
        ]
    )
    return {row["_id"]: int(row["views"]) for row in rows}

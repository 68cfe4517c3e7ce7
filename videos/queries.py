"""Reads of videos: which rows, in which order, for which list. Each order has an index of its own."""

from __future__ import annotations

from django.db.models import QuerySet
from django.http import QueryDict

from accounts.models import User
from accounts.usernames import normalise
from streamsite.errors import Invalid
from videos import mongo
from videos.access import listed_videos, own_videos
from videos.models import CATEGORIES, Video

NEWEST = ("-published_at", "-id")
NEWEST_CREATED = ("-created_at", "-id")
MOST_MATCHES = 500
SORTS = {
    "newest": NEWEST,
    "oldest": ("published_at", "id"),
    "views": ("-view_count", "-id"),
}


def library(params: QueryDict) -> tuple[QuerySet[Video], tuple[str, ...]]:
    """The public library under the filters of ``GET /videos``, and its order."""
    rows = listed_videos().select_related("channel")
    if words := params.get("q", "").strip():
        rows = rows.filter(pk__in=mongo.search(words, most=MOST_MATCHES))
    sort = params.get("sort", "newest")
    if sort not in SORTS:
        raise Invalid("Unknown sort.", fields={"sort": [f"One of: {', '.join(SORTS)}."]})
    if channel := params.get("channel"):
        owner = User.objects.filter(username=normalise(channel)).values_list("pk", flat=True).first()
        rows = rows.filter(channel_id=owner) if owner else rows.none()
    if category := params.get("category"):
        if category not in {key for key, _ in CATEGORIES}:
            raise Invalid("Unknown category.", fields={"category": ["Not a category of this site."]})
        rows = rows.filter(category=category)
    return rows, SORTS[sort]


def of_channel(channel_id: str) -> QuerySet[Video]:
    """Listed videos of one channel; order by ``NEWEST``."""
    return listed_videos().filter(channel_id=channel_id).select_related("channel")


def of_channels(channel_ids: list[str]) -> QuerySet[Video]:
    """Listed videos of several channels; order by ``NEWEST``."""
    return listed_videos().filter(channel_id__in=channel_ids).select_related("channel")


def uploads(owner_id: str) -> QuerySet[Video]:
    """All videos of an owner, whatever their state; order by ``NEWEST_CREATED``."""
    return own_videos(owner_id).select_related("channel")


def next_to(video: Video, *, most: int = 12) -> list[Video]:
    """What to offer beside a video: the newest of its channel, then the newest of the site."""
    same = list(of_channel(video.channel_id).exclude(pk=video.pk).order_by(*NEWEST)[:most])
    if len(same) < most:
        seen = {video.pk, *(other.pk for other in same)}
        newest = listed_videos().select_related("channel").order_by(*NEWEST)[: most + len(seen)]
        same += [other for other in newest if other.pk not in seen]
    return same[:most]


def search(words: str, *, most: int = 60) -> list[Video]:
    """Listed videos that match ``words``, best first."""
    ids = mongo.search(words, most=most)
    found = listed_videos().select_related("channel").in_bulk(ids)
    return [found[video_id] for video_id in ids if video_id in found]

"""Podcasting 2.0: names of feeds, people, chapters. Source: the namespace at podcastindex.org and its JSON chapters."""

from __future__ import annotations

import re
import uuid
from dataclasses import dataclass

from accounts.mappers import avatar_urls
from accounts.models import User
from videos.chapters import services as chapters
from videos.models import Video
from videos.syndication import urls

NAMESPACE = "https://podcastindex.org/namespace/1.0"
CHAPTERS_TYPE = "application/json+chapters"
# The namespace of UUIDs that the specification names for ``podcast:guid``.
GUIDS = uuid.UUID("ead4c236-bf58-58c6-a2c6-a6b28d128cb6")


@dataclass(frozen=True)
class Person:
    """Someone who is in what the feed tells of."""

    name: str
    url: str
    image: str | None


def guid(address: str) -> str:
    """Return the name of the feed at ``address``, the same for every format and page of it."""
    return str(uuid.uuid5(GUIDS, re.sub(r"\A\w+://", "", address).rstrip("/")))


def person(channel: User) -> Person:
    """Return a channel as a person."""
    avatar = avatar_urls(channel)["avatar_url"]
    image = urls.absolute_url(avatar) if avatar else None
    return Person(channel.get_full_name(), urls.channel_url(channel), image)


def has_chapters(video: Video) -> bool:
    """Return whether the video has chapters."""
    return bool(_chapters(video))


def chapters_document(video: Video) -> dict[str, object]:
    """Return the video's chapters as podcast programs read them."""
    return {
        "version": "1.2.0",
        "title": video.title,
        "chapters": [{"startTime": one["start"], "title": one["title"]} for one in _chapters(video)],
    }


def _chapters(video: Video) -> list[chapters.Chapter]:
    return list(chapters.chapters_within(chapters.get_chapters(video), video.duration))

"""Rows of any collection that hold the address of a video's page in ``url`` and a copy of its title."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import NotRequired, TypedDict, cast

from streamsite.mongo.batches import batches
from streamsite.mongo.collections import collection
from videos.models import Video


class UrlRow(TypedDict):
    """The fields of a row that ``iter_outdated_by_url`` reads; ``about`` only where rows have it."""

    url: str
    title: str
    about: NotRequired[str]


VIDEO_URL = re.compile(r"\A/(?:watch|studio/videos)/([A-Za-z0-9_-]{11})(?![A-Za-z0-9_-])")


def iter_outdated_by_url(
    table: str,
    is_outdated: Callable[[UrlRow, Video], bool],
    condition: Mapping[str, object] | None = None,
) -> Iterator[str]:
    """Yield the videos of which a row that has their address in ``url`` is outdated."""
    which = {"url": {"$regex": "^/(watch|studio/videos)/"}, **(condition or {})}
    for piece in batches(collection(table), which, fields=("url", "title", "about")):
        rows = cast(list[UrlRow], piece)
        about = [(match[1], row) for row in rows if (match := VIDEO_URL.match(row["url"]))]
        videos = Video.objects.select_related("channel").in_bulk({video_id for video_id, _ in about})
        for video_id, row in about:
            if video_id in videos and is_outdated(row, videos[video_id]):
                yield video_id

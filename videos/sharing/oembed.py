"""oEmbed 1.0 (https://oembed.com): how another site shows a video whose address somebody pasted there."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.http import QueryDict
from django.urls import Resolver404, resolve
from django.utils.html import format_html

from streamsite.errors import NOT_OFFERED, Absent, Invalid, SiteError
from videos import posters
from videos.models import Video
from videos.sharing import addresses
from videos.transcoding.pictures import SIZES, fit

USUAL, LARGEST = 640, 1920
SCHEMES = {"http", "https"}
CACHE_SECONDS = 300


class FormatNotOffered(SiteError):
    """Another format than JSON was asked for; the specification names the status."""

    status, code = NOT_OFFERED, "not_implemented"
    detail = "Only format=json is offered."


@dataclass(frozen=True)
class Asked:
    """A request: which video, and in how many pixels at most."""

    video_id: str
    width: int | None
    height: int | None


def asked(params: QueryDict) -> Asked:
    """The parameters of a request. ``Invalid``, ``FormatNotOffered``, or ``Absent`` for what is no video's address."""
    if params.get("format", "json") != "json":
        raise FormatNotOffered
    url = params.get("url", "")
    if not url:
        sentence = "Name the address of a video."
        raise Invalid(sentence, fields={"url": [sentence]})
    return Asked(_video_id(url), _most(params, "maxwidth"), _most(params, "maxheight"))


def answer(video: Video, most: Asked) -> dict[str, Any]:
    """The response of type ``video``. ``video.channel`` must be loaded."""
    width, height = player_size(video, most)
    return {
        "type": "video",
        "version": "1.0",
        "title": video.title,
        "author_name": video.channel.get_full_name(),
        "author_url": addresses.channel(video.channel),
        "provider_name": settings.SITE_NAME,
        "provider_url": addresses.absolute("/"),
        "cache_age": CACHE_SECONDS,
        "width": width,
        "height": height,
        "html": _frame(video, width, height),
        **_picture(video, most),
    }


def player_size(video: Video, most: Asked) -> tuple[int, int]:
    """The player in the shape of the video, as large as is asked for; neither side is ever above what is allowed."""
    shape = video.width / video.height if video.width and video.height else 16 / 9
    nothing_asked = most.width is None and most.height is None
    default = USUAL if nothing_asked else LARGEST
    width, height = min(most.width or default, LARGEST), min(most.height or default, LARGEST)
    if width / shape <= height:
        return width, max(1, int(width / shape))
    return max(1, int(height * shape)), height


def _video_id(url: str) -> str:
    """The video whose watch page ``url`` is."""
    try:
        parts = urlsplit(url)
        match = resolve(parts.path)
    except (ValueError, Resolver404):
        raise Absent from None
    if parts.scheme not in SCHEMES:
        raise Absent
    if parts.netloc.lower() != urlsplit(settings.SITE_URL).netloc.lower():
        raise Absent
    if match.url_name != "watch":
        raise Absent
    return str(match.kwargs["video_id"])


def _most(params: QueryDict, name: str) -> int | None:
    raw = params.get(name, "")
    if not raw:
        return None
    if not (raw.isascii() and raw.isdecimal() and int(raw[:9]) > 0):
        sentence = "A whole number of pixels."
        raise Invalid(sentence, fields={name: [sentence]})
    return int(raw[:9])


def _frame(video: Video, width: int, height: int) -> str:
    return format_html(
        '<iframe src="{}" width="{}" height="{}" title="{}" style="border:0" '
        'allow="autoplay; fullscreen; picture-in-picture" allowfullscreen loading="lazy"></iframe>',
        addresses.embed(video),
        width,
        height,
        video.title,
    )


def _picture(video: Video, most: Asked) -> dict[str, Any]:
    """The largest picture that is not above what is allowed, if any."""
    for size in SIZES:
        url = addresses.picture(video, size.name)
        if url is None:
            return {}
        width, height = _picture_size(video, size.side)
        if width <= (most.width or width) and height <= (most.height or height):
            return {"thumbnail_url": url, "thumbnail_width": width, "thumbnail_height": height}
    return {}


def _picture_size(video: Video, side: int) -> tuple[int, int]:
    own_picture = len(video.poster) > 1
    if own_picture or not (video.width and video.height):
        return fit(*posters.SHAPE.sizes[0], side)
    return fit(video.width, video.height, side)

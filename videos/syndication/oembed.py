"""oEmbed 1.0 (https://oembed.com): how another site shows what is at an address somebody pasted there.

Other apps add what they can describe: a function from the parts of an address to the response, by the name of its URL.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urljoin, urlsplit

from django.conf import settings
from django.http import QueryDict
from django.urls import Resolver404, resolve
from django.utils.html import format_html

from accounts.access import channel_for_viewing
from accounts.image_processing import AVATAR
from accounts.mappers import picture_urls
from accounts.models import User
from streamsite import origin
from streamsite.errors import NOT_OFFERED, Absent, Invalid, SiteError
from videos import access
from videos.files import thumbnails
from videos.models import Video
from videos.syndication import urls
from videos.syndication.embed_options import EmbedOptions
from videos.transcoding.image_sizes import SIZES, fit

USUAL, LARGEST = 640, 1920
WIDE = 16 / 9
SCHEMES = {"http", "https"}
CACHE_SECONDS = 300


class FormatNotOffered(SiteError):
    """Another format than JSON was asked for; the specification names the status."""

    status, code = NOT_OFFERED, "not_implemented"
    detail = "Only format=json is offered."


@dataclass(frozen=True)
class Asked:
    """A request: the address, taken apart, and the largest size in pixels.

    ``name`` and ``parts`` are the URL's name and arguments, ``query`` what comes after its question mark.
    """

    name: str
    parts: dict[str, str]
    query: QueryDict
    width: int | None
    height: int | None


# Returns the fields that ``describe`` doesn't know. Raises ``Absent`` or ``Forbidden``.
Describer = Callable[[Asked], dict[str, Any]]
_describers: dict[str, Describer] = {}


def register(*names: str) -> Callable[[Describer], Describer]:
    """Let a function describe the addresses of these URL names."""

    def add(describer: Describer) -> Describer:
        _describers.update(dict.fromkeys(names, describer))
        return describer

    return add


def asked(params: QueryDict) -> Asked:
    """Read a request. Raises ``Invalid``, ``FormatNotOffered``, or ``Absent`` for an address of another kind."""
    if params.get("format", "json") != "json":
        raise FormatNotOffered
    url = params.get("url", "")
    if not url:
        sentence = "Enter the address of a video, playlist, or channel."
        raise Invalid(sentence, fields={"url": [sentence]})
    try:
        parts = urlsplit(url)
        match = resolve(parts.path.rstrip("/"))
        # A moment in the fragment is what the page would begin at, too.
        query = QueryDict(f"{parts.query}&{parts.fragment}" if "=" in parts.fragment else parts.query)
    except (ValueError, Resolver404):
        raise Absent from None
    if parts.scheme not in SCHEMES:
        raise Absent
    if parts.netloc.lower() != urlsplit(origin.current()).netloc.lower():
        raise Absent
    if match.url_name not in _describers:
        raise Absent
    return Asked(match.url_name, match.kwargs, query, _most(params, "maxwidth"), _most(params, "maxheight"))


def describe(request: Asked) -> dict[str, Any]:
    """Return the response. Raises ``Absent`` for what is hidden, ``Forbidden`` for what can't be embedded."""
    return {
        "version": "1.0",
        "provider_name": settings.SITE_NAME,
        "provider_url": urls.absolute("/"),
        "cache_age": CACHE_SECONDS,
        **_describers[request.name](request),
    }


@register("watch", "embed")
def of_video(request: Asked) -> dict[str, Any]:
    """Return the fields of a video. A watch page's ``t`` is kept, and all options of an embed's address."""
    video = access.video_for_embedding(request.parts["video_id"])
    options = EmbedOptions.read(request.query)
    if request.name == "watch":
        options = EmbedOptions(start=options.start)
    width, height = player_size(shape_of(video), request)
    return {
        "type": "video",
        "title": video.title,
        **author(video.channel),
        "width": width,
        "height": height,
        "html": frame(urls.embed(video) + options.query(), video.title, width, height),
        **picture(video, request),
    }


@register("channel", "channel-videos", "channel-playlists", "channel-posts", "channel-about")
def of_channel(request: Asked) -> dict[str, Any]:
    """Return the fields of a channel: a link with its avatar."""
    owner = channel_for_viewing(request.parts["username"])
    sizes = zip(picture_urls(owner, AVATAR).values(), AVATAR.sizes, strict=True)
    found: dict[str, Any] = {"type": "link", "title": owner.get_full_name(), **author(owner)}
    for path, (width, height) in sizes:
        if path and width <= (request.width or width) and height <= (request.height or height):
            shown = {"thumbnail_width": width, "thumbnail_height": height}
            return found | {"thumbnail_url": urljoin(origin.current(), path)} | shown
    return found


def author(owner: User) -> dict[str, str]:
    """Return ``{author_name, author_url}`` of a channel."""
    return {"author_name": owner.get_full_name(), "author_url": urls.channel(owner)}


def shape_of(video: Video) -> float:
    """Return the width of the picture divided by its height."""
    return video.width / video.height if video.width and video.height else WIDE


def player_size(shape: float, most: Asked, bar: int = 0) -> tuple[int, int]:
    """Return width and height of a player of this shape, as large as is asked for and allowed.

    ``bar`` pixels stand below the picture, where there is room for them.
    """
    nothing_asked = most.width is None and most.height is None
    default = USUAL if nothing_asked else LARGEST
    width, height = min(most.width or default, LARGEST), min(most.height or default, LARGEST)
    bar = bar if height > bar else 0
    if width / shape <= height - bar:
        return width, max(1, int(width / shape)) + bar
    return max(1, int((height - bar) * shape)), height


def frame(url: str, title: str, width: int, height: int) -> str:
    """Return the HTML of a frame."""
    return format_html(
        '<iframe src="{}" width="{}" height="{}" title="{}" style="border:0" '
        'allow="autoplay; fullscreen; picture-in-picture" allowfullscreen loading="lazy"></iframe>',
        url,
        width,
        height,
        title,
    )


def picture(video: Video, most: Asked) -> dict[str, Any]:
    """Return address and size of the largest thumbnail that fits, or nothing."""
    for size in SIZES:
        url = urls.picture(video, size.name)
        if url is None:
            return {}
        width, height = _picture_size(video, size.side)
        if width <= (most.width or width) and height <= (most.height or height):
            return {"thumbnail_url": url, "thumbnail_width": width, "thumbnail_height": height}
    return {}


def _most(params: QueryDict, name: str) -> int | None:
    raw = params.get(name, "")
    if not raw:
        return None
    if not (raw.isascii() and raw.isdecimal() and int(raw[:9]) > 0):
        sentence = "Enter a whole number of pixels."
        raise Invalid(sentence, fields={name: [sentence]})
    return int(raw[:9])


def _picture_size(video: Video, side: int) -> tuple[int, int]:
    own_picture = len(video.poster) > 1
    if own_picture or not (video.width and video.height):
        return fit(*thumbnails.SHAPE.sizes[0], side)
    return fit(video.width, video.height, side)

"""oEmbed 1.0 (https://oembed.com): how another site shows the page behind a pasted URL.

Other apps register describers: functions from the parts of a URL to the response, by the name of the URL pattern.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import urljoin, urlsplit

from django.http import QueryDict
from django.urls import Resolver404, resolve
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.access import channel_for_viewing
from accounts.image_processing import AVATAR
from accounts.mappers import image_url_pair
from accounts.models import User
from streamsite import origin
from streamsite.errors import NOT_IMPLEMENTED, Absent, Invalid, SiteError
from streamsite.site_settings.identity import site_name
from videos import access, thumbnails
from videos.models import Video
from videos.syndication import urls
from videos.syndication.embed_options import EmbedOptions
from videos.transcoding.image_sizes import IMAGE_SIZES, fit_within

DEFAULT_WIDTH, MAX_WIDTH = 640, 1920
DEFAULT_ASPECT_RATIO = 16 / 9
SCHEMES = {"http", "https"}
CACHE_SECONDS = 300


class FormatNotOffered(SiteError):
    """A format other than JSON was requested; the specification defines the status."""

    status, code = NOT_IMPLEMENTED, "not_implemented"
    detail = gettext_lazy("Only format=json is supported.")


@dataclass(frozen=True)
class OEmbedRequest:
    """A request: the parsed URL and the maximum size in pixels.

    ``name`` and ``parts`` are the URL pattern's name and arguments, ``query`` is the query string.
    """

    name: str
    parts: dict[str, str]
    query: QueryDict
    width: int | None
    height: int | None


# Returns the fields that ``describe`` doesn't know. Raises ``Absent`` or ``Forbidden``.
Describer = Callable[[OEmbedRequest], dict[str, object]]
_describers: dict[str, Describer] = {}


def register_describer(*names: str) -> Callable[[Describer], Describer]:
    """Register a function that describes URLs with these names."""

    def add(describer: Describer) -> Describer:
        _describers.update(dict.fromkeys(names, describer))
        return describer

    return add


def parse_request(params: QueryDict) -> OEmbedRequest:
    """Parse a request. Raises ``Invalid``, ``FormatNotOffered``, or ``Absent`` for a URL of another kind."""
    if params.get("format", "json") != "json":
        raise FormatNotOffered
    url = params.get("url", "")
    if not url:
        sentence = _("Enter the URL of a video, playlist, or channel.")
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
    return OEmbedRequest(
        match.url_name, match.kwargs, query, _max_size(params, "maxwidth"), _max_size(params, "maxheight")
    )


def describe(request: OEmbedRequest) -> dict[str, object]:
    """Return the response. Raises ``Absent`` for hidden objects, ``Forbidden`` for those that cannot be embedded."""
    return {
        "version": "1.0",
        "provider_name": site_name(),
        "provider_url": urls.absolute_url("/"),
        "cache_age": CACHE_SECONDS,
        **_describers[request.name](request),
    }


@register_describer("watch", "embed")
def describe_video(request: OEmbedRequest) -> dict[str, object]:
    """Return the fields of a video. A watch page's ``t`` and all options of an embed URL are kept."""
    video = access.video_for_embedding(request.parts["video_id"])
    options = EmbedOptions.read(request.query)
    if request.name == "watch":
        options = EmbedOptions(start=options.start)
    width, height = player_size(aspect_ratio(video), request)
    return {
        "type": "video",
        "title": video.title,
        **author_fields(video.channel),
        "width": width,
        "height": height,
        "html": iframe_html(urls.embed_url(video) + options.query(), video.title, width, height),
        **thumbnail_fields(video, request),
    }


@register_describer("channel", "channel-videos", "channel-playlists", "channel-posts", "channel-about")
def describe_channel(request: OEmbedRequest) -> dict[str, object]:
    """Return the fields of a channel: a link with its avatar."""
    owner = channel_for_viewing(request.parts["username"])
    sizes = zip(image_url_pair(owner.avatar, AVATAR), AVATAR.sizes, strict=True)
    found: dict[str, object] = {"type": "link", "title": owner.get_full_name(), **author_fields(owner)}
    for path, (width, height) in sizes:
        if path and width <= (request.width or width) and height <= (request.height or height):
            shown = {"thumbnail_width": width, "thumbnail_height": height}
            return found | {"thumbnail_url": urljoin(origin.current(), path)} | shown
    return found


def author_fields(owner: User) -> dict[str, str]:
    """Return ``{author_name, author_url}`` of a channel."""
    return {"author_name": owner.get_full_name(), "author_url": urls.channel_url(owner)}


def aspect_ratio(video: Video) -> float:
    """Return the video's width divided by its height."""
    return video.width / video.height if video.width and video.height else DEFAULT_ASPECT_RATIO


def player_size(shape: float, most: OEmbedRequest, bar: int = 0) -> tuple[int, int]:
    """Return width and height of a player with this aspect ratio, as large as requested and allowed.

    ``bar`` pixels are reserved below the video where there is room for them.
    """
    nothing_asked = most.width is None and most.height is None
    default = DEFAULT_WIDTH if nothing_asked else MAX_WIDTH
    width, height = min(most.width or default, MAX_WIDTH), min(most.height or default, MAX_WIDTH)
    bar = bar if height > bar else 0
    if width / shape <= height - bar:
        return width, max(1, int(width / shape)) + bar
    return max(1, int((height - bar) * shape)), height


def iframe_html(url: str, title: str, width: int, height: int) -> str:
    """Return the HTML of an iframe."""
    return format_html(
        '<iframe src="{}" width="{}" height="{}" title="{}" style="border:0" '
        'allow="autoplay; fullscreen; picture-in-picture" allowfullscreen loading="lazy"></iframe>',
        url,
        width,
        height,
        title,
    )


def thumbnail_fields(video: Video, most: OEmbedRequest) -> dict[str, object]:
    """Return URL and size of the largest thumbnail that fits, or nothing."""
    for size in IMAGE_SIZES:
        url = urls.preview_url(video, size.name)
        if url is None:
            return {}
        width, height = _thumbnail_size(video, size.side)
        if width <= (most.width or width) and height <= (most.height or height):
            return {"thumbnail_url": url, "thumbnail_width": width, "thumbnail_height": height}
    return {}


def _max_size(params: QueryDict, name: str) -> int | None:
    raw = params.get(name, "")
    if not raw:
        return None
    if not (raw.isascii() and raw.isdecimal() and int(raw[:9]) > 0):
        sentence = _("Enter a whole number of pixels.")
        raise Invalid(sentence, fields={name: [sentence]})
    return int(raw[:9])


def _thumbnail_size(video: Video, side: int) -> tuple[int, int]:
    own_picture = len(video.poster) > 1
    if own_picture or not (video.width and video.height):
        return fit_within(*thumbnails.IMAGE_KIND.sizes[0], side)
    return fit_within(video.width, video.height, side)

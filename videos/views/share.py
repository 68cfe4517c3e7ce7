"""Sharing a video: the page with its link, embed code and QR code, which scripts show as a dialog."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from streamsite.cache_headers import PRIVATE_NEVER_STORED
from streamsite.qr_codes import qr_svg
from streamsite.site_settings.features import features
from streamsite.visibility import is_linkable
from videos import access
from videos.models import Video
from videos.start_times import requested_start_time
from videos.syndication import urls
from videos.syndication.embed_options import ON, EmbedOptions
from videos.syndication.oembed import iframe_html

SIZES = ((480, 270), (640, 360), (854, 480), (1280, 720))
USUAL_WIDTH = 640


@dataclass(frozen=True)
class _Size:
    width: int
    height: int
    is_chosen: bool


@require_safe
def share(request: HttpRequest, video_id: str) -> HttpResponse:
    """Show the link of a video that the caller may watch, with a start time, its embed code, and its QR code."""
    video = access.get_watchable(request, video_id).video
    start = _start_second(request, video)
    sizes = _sizes(request.GET.get("width", ""))
    chosen = next(size for size in sizes if size.is_chosen)
    options = EmbedOptions(
        start=start or None,
        autoplay=request.GET.get("autoplay") == ON,
        loop=request.GET.get("loop") == ON,
        controls=request.GET.get("controls") != "0",
    )
    player = urls.embed_url(video) + options.query()
    context = {
        "video": {"id": video.pk, "title": video.title, "url": video.get_absolute_url()},
        "start": start,
        "link": _link(video, start),
        "sizes": sizes,
        "options": options,
        "embed_url": player,
        "embed_code": iframe_html(player, video.title, chosen.width, chosen.height)
        if features().embeds and video.allow_embed and is_linkable(video.visibility)
        else "",
    }
    return render(request, "videos/share.html", context)


@require_safe
def share_qr(request: HttpRequest, video_id: str) -> HttpResponse:
    """Return the QR code of the link of a video that the caller may watch, with its start time, as an SVG image."""
    video = access.get_watchable(request, video_id).video
    code = qr_svg(_link(video, _start_second(request, video)))
    return PRIVATE_NEVER_STORED.set_on(HttpResponse(code, content_type="image/svg+xml"))


def _start_second(request: HttpRequest, video: Video) -> int:
    """Return the whole second that the address names, 0 for none or one after the end."""
    start = requested_start_time(request.GET) or 0.0
    return int(start) if start < max(video.duration, 1.0) else 0


def _link(video: Video, start: int) -> str:
    return urls.watch_url(video) + (f"?t={start}" if start else "")


def _sizes(width: str) -> list[_Size]:
    chosen = next((size for size in SIZES if str(size[0]) == width), None)
    wanted = chosen[0] if chosen else USUAL_WIDTH
    return [_Size(*size, is_chosen=size[0] == wanted) for size in SIZES]

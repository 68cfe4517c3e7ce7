"""What other programs ask for: files at lasting addresses, oEmbed, feeds, sitemaps, robots.txt.

Who asks makes no difference: everybody gets what a visitor without an account may see.
"""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from accounts.access import channel_for_viewing
from streamsite import cors, xml
from streamsite.errors import Absent
from videos import access
from videos.models import Video
from videos.syndication import enclosures, feeds, sitemaps, urls
from videos.syndication import oembed as embedding


@cors.allow_preflight
@require_safe
def thumbnail(request: HttpRequest, video_id: str, size: str) -> HttpResponse:
    """On to the picture that stands for the video."""
    video = access.video_for_sharing(video_id)
    return _on_to(video, enclosures.thumbnail_media_url(video, size))


@cors.allow_preflight
@require_safe
def download_file(request: HttpRequest, video_id: str) -> HttpResponse:
    """On to the file for download; where the owner offers none, to the stream."""
    video = access.video_for_sharing(video_id)
    return _on_to(video, enclosures.file_media_url(video))


@cors.allow_preflight
@require_safe
def stream(request: HttpRequest, video_id: str) -> HttpResponse:
    """On to the stream."""
    video = access.video_for_sharing(video_id)
    return _on_to(video, enclosures.stream_media_url(video))


@cors.allow_preflight
@require_safe
def oembed(request: HttpRequest) -> HttpResponse:
    """Describe what is at ``?url=`` for another site that wants to show it."""
    body = embedding.describe(embedding.parse_request(request.GET))
    response = JsonResponse(body, headers={"Cache-Control": "no-cache"})
    cors.allow_any_origin(response)
    return response


@cors.allow_preflight
@require_safe
def channel_feed(request: HttpRequest, username: str) -> HttpResponse:
    """The newest videos of a channel as RSS."""
    feed = feeds.build_channel_feed(channel_for_viewing(username))
    response = xml.respond(request, feed.content, feeds.CONTENT_TYPE, feed.modified)
    cors.allow_any_origin(response)
    return response


@require_safe
def sitemap_index(request: HttpRequest) -> HttpResponse:
    """The months that have videos."""
    return xml.respond(request, sitemaps.build_index(), sitemaps.CONTENT_TYPE)


@require_safe
def sitemap_month(request: HttpRequest, month: str) -> HttpResponse:
    """The videos of a month."""
    return xml.respond(request, sitemaps.build_month_sitemap(month), sitemaps.CONTENT_TYPE)


@require_safe
def robots(request: HttpRequest) -> HttpResponse:
    """What search engines leave alone, and where the sitemap is."""
    context = {"sitemap": urls.absolute_url(reverse("sitemap"))}
    answer = render(request, "videos/robots.txt", context, content_type="text/plain; charset=utf-8")
    answer["Cache-Control"] = "max-age=3600"
    return answer


def _on_to(video: Video, url: str | None) -> HttpResponse:
    """A redirect that nobody keeps: its target expires, and the next answer may be another."""
    if url is None:
        raise Absent
    response = HttpResponse(status=302, headers={"Location": url, "Cache-Control": "no-store"})
    if access.is_embeddable_anywhere(video):
        cors.allow_any_origin(response)
    return response

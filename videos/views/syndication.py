"""Resources for other programs: files at lasting addresses, oEmbed, feeds, sitemaps, robots.txt.

The caller makes no difference: everyone gets what a visitor without an account may see.
"""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from accounts.access import channel_for_viewing
from accounts.registration import login_only
from streamsite import cors, xml
from streamsite.cache_headers import NEVER_STORED, REVALIDATED, cached_for
from streamsite.errors import Absent
from videos import access
from videos.models import Video
from videos.syndication import artwork as artworks
from videos.syndication import comment_feeds, enclosures, feeds, podcast, sitemaps, urls
from videos.syndication import oembed as embedding
from videos.syndication.feed_entries import FeedRequest


@cors.allow_preflight
@require_safe
def thumbnail(request: HttpRequest, video_id: str, size: str) -> HttpResponse:
    """Redirect to the video's thumbnail."""
    video = access.video_for_sharing(video_id)
    return _redirect_to_media(video, enclosures.thumbnail_media_url(video, size))


@cors.allow_preflight
@require_safe
def download_file(request: HttpRequest, video_id: str) -> HttpResponse:
    """Redirect to the file for download, or to the stream where the owner offers no file."""
    video = access.video_for_sharing(video_id)
    return _redirect_to_media(video, enclosures.file_media_url(video))


@cors.allow_preflight
@require_safe
def stream(request: HttpRequest, video_id: str) -> HttpResponse:
    """Redirect to the stream."""
    video = access.video_for_sharing(video_id)
    return _redirect_to_media(video, enclosures.stream_media_url(video))


@cors.allow_preflight
@require_safe
def oembed(request: HttpRequest) -> HttpResponse:
    """Describe the page at ``?url=`` for another site that wants to embed it."""
    body = embedding.describe(embedding.parse_request(request.GET))
    response = REVALIDATED.set_on(JsonResponse(body))
    cors.allow_any_origin(response)
    return response


@cors.allow_preflight
@require_safe
def caption(request: HttpRequest, video_id: str, caption_id: str) -> HttpResponse:
    """Redirect to a caption track."""
    video = access.video_for_sharing(video_id)
    return _redirect_to_media(video, enclosures.caption_media_url(video, caption_id))


@cors.allow_preflight
@require_safe
def chapters(request: HttpRequest, video_id: str) -> HttpResponse:
    """Serve the video's chapters as podcast programs read them."""
    video = access.video_for_sharing(video_id)
    body = podcast.chapters_document(video)
    response = REVALIDATED.set_on(JsonResponse(body, content_type=podcast.CHAPTERS_TYPE))
    if access.is_embeddable_anywhere(video):
        cors.allow_any_origin(response)
    return response


@cors.allow_preflight
@require_safe
def artwork(request: HttpRequest, username: str, folder: str) -> HttpResponse:
    """Serve a channel's avatar as square artwork. The address changes with the avatar."""
    owner = channel_for_viewing(username)
    if not owner.avatar or owner.avatar != folder:
        raise Absent
    content = artworks.square_jpeg(owner.avatar)
    response = cached_for(86_400).set_on(HttpResponse(content, content_type="image/jpeg"))
    cors.allow_any_origin(response)
    return response


@cors.allow_preflight
@require_safe
def channel_feed(request: HttpRequest, username: str, ending: str) -> HttpResponse:
    """Serve the newest videos of a channel."""
    asked = FeedRequest.of(request, ending)
    return feeds.respond(request, feeds.build_channel_feed(channel_for_viewing(username), asked))


@cors.allow_preflight
@require_safe
def site_feed(request: HttpRequest, ending: str) -> HttpResponse:
    """Serve the newest videos of the site."""
    return feeds.respond(request, feeds.build_site_feed(FeedRequest.of(request, ending)))


@cors.allow_preflight
@require_safe
def category_feed(request: HttpRequest, slug: str, ending: str) -> HttpResponse:
    """Serve the newest videos of a category."""
    return feeds.respond(request, feeds.build_category_feed(slug, FeedRequest.of(request, ending)))


@cors.allow_preflight
@require_safe
def tag_feed(request: HttpRequest, tag: str, ending: str) -> HttpResponse:
    """Serve the newest videos with a tag."""
    return feeds.respond(request, feeds.build_tag_feed(tag, FeedRequest.of(request, ending)))


@cors.allow_preflight
@require_safe
def comments_feed(request: HttpRequest, video_id: str, ending: str) -> HttpResponse:
    """Serve the newest comments on a video that everyone may open."""
    video = access.video_for_sharing(video_id)
    return feeds.respond(request, comment_feeds.build_comments_feed(video, FeedRequest.of(request, ending)))


@require_safe
def sitemap_index(request: HttpRequest) -> HttpResponse:
    """Serve the index of sitemaps: one per kind of pages and month with any."""
    return xml.respond(request, sitemaps.build_index(), sitemaps.CONTENT_TYPE)


@require_safe
def sitemap_month(request: HttpRequest, month: str) -> HttpResponse:
    """Serve the sitemap of a month."""
    return xml.respond(request, sitemaps.build_month_sitemap(month), sitemaps.CONTENT_TYPE)


@login_only.checks_login
@require_safe
@cached_for(3600)
def robots(request: HttpRequest) -> HttpResponse:
    """Tell search engines which pages to leave out and where the sitemap is."""
    if login_only.is_on():
        return HttpResponse("User-agent: *\nDisallow: /\n", content_type="text/plain; charset=utf-8")
    context = {"sitemap": urls.absolute_url(reverse("sitemap"))}
    return render(request, "videos/robots.txt", context, content_type="text/plain; charset=utf-8")


def _redirect_to_media(video: Video, url: str | None) -> HttpResponse:
    """Return a redirect that no cache keeps: its target expires, and the next answer may be another."""
    if url is None:
        raise Absent
    response = NEVER_STORED.set_on(HttpResponse(status=302, headers={"Location": url}))
    if access.is_embeddable_anywhere(video):
        cors.allow_any_origin(response)
    return response

"""Metadata of a watch page for programs: OpenGraph, Twitter card, a schema.org ``VideoObject``.

Sources: https://ogp.me/, https://schema.org/VideoObject and Google's "Video structured data". A video that not
everybody may watch reveals only its title here.
"""

from __future__ import annotations

from datetime import datetime

from django.conf import settings

from streamsite import page_metadata
from streamsite.api.renderers import iso
from streamsite.licenses import license_url
from streamsite.page_metadata import Tags, counter
from streamsite.site_settings.identity import site_name
from videos import access
from videos.chapters import services
from videos.files.content_types import content_type_of
from videos.files.urls import MASTER
from videos.models import Video
from videos.syndication import enclosures, urls


def build_metadata(video: Video) -> dict[str, object]:
    """Return the context of ``videos/_meta.html``. The video's channel must be loaded.

    The keys are those of ``page_metadata.build``, and ``oembed``.
    """
    if not access.may_anyone_watch(video):
        return page_metadata.build_hidden(video.title)
    return {
        "open_graph": open_graph_tags(video),
        "twitter": twitter_tags(video),
        "description": short_text(video),
        "json_ld": [video_object(video)],
        "canonical": urls.watch_url(video),
        "oembed": urls.oembed_url(urls.watch_url(video)) if access.may_embed(video) else None,
        "indexed": video.listed,
    }


def open_graph_tags(video: Video) -> Tags:
    """Return property and content of each ``<meta>``; repeated properties have one entry each."""
    found: Tags = [
        ("og:type", "video.other"),
        ("og:site_name", site_name()),
        ("og:title", video.title),
        ("og:url", urls.watch_url(video)),
        ("og:description", short_text(video)),
        ("video:duration", str(round(video.duration))),
        ("video:release_date", first_published(video) or ""),
    ]
    if picture := urls.preview_url(video):
        found += [("og:image", picture), ("og:image:alt", video.title)]
    found += [tag for player in _players(video) for tag in _player_tags(video, *player)]
    return [*found, *(("video:tag", str(tag)) for tag in video.tags)]


def _players(video: Video) -> list[tuple[str, str]]:
    """Return URL and content type of each external player, the most widely supported first."""
    media = enclosures.get_shared_media(video)
    own = [(media.url, media.content_type)]
    framed = [(urls.embed_url(video), "text/html")] if access.is_embeddable_anywhere(video) else []
    return own + framed if media.is_file else framed + own


def _player_tags(video: Video, url: str, content_type: str) -> Tags:
    found = [("og:video", url), ("og:video:type", content_type)]
    if settings.IS_HTTPS:
        found.insert(1, ("og:video:secure_url", url))
    if video.width and video.height:
        found += [("og:video:width", str(video.width)), ("og:video:height", str(video.height))]
    return found


def twitter_tags(video: Video) -> Tags:
    """Return name and content of each ``<meta>``. A player card needs a thumbnail and https."""
    picture = urls.preview_url(video)
    found = [("twitter:title", video.title), ("twitter:description", short_text(video))]
    if picture:
        found += [("twitter:image", picture), ("twitter:image:alt", video.title)]
    if not (picture and access.is_embeddable_anywhere(video) and settings.IS_HTTPS):
        return [("twitter:card", "summary_large_image" if picture else "summary"), *found]
    found = [("twitter:card", "player"), *found, ("twitter:player", urls.embed_url(video))]
    found += [
        ("twitter:player:width", str(video.width or 1280)),
        ("twitter:player:height", str(video.height or 720)),
    ]
    media = enclosures.get_shared_media(video)
    if media.is_file:
        found += [
            ("twitter:player:stream", media.url),
            ("twitter:player:stream:content_type", media.content_type),
        ]
    return found


def video_object(video: Video) -> dict[str, object]:
    """Return the video as a schema.org object; unknown properties are omitted.

    The content is the stream, which has every quality and the subtitles; the file, where one is offered, is
    another ``encoding`` of it.
    """
    channel = video.channel
    found: dict[str, object] = {
        "@context": "https://schema.org",
        "@type": "VideoObject",
        "@id": urls.watch_url(video),
        "url": urls.watch_url(video),
        "name": video.title,
        "description": video.description or video.title,
        "uploadDate": iso(upload_time(video)),
        "duration": iso_duration(video.duration),
        "contentUrl": urls.stream_url(video),
        "encodingFormat": content_type_of(MASTER),
        "author": {
            "@type": "Person",
            "name": channel.get_full_name(),
            "url": urls.channel_url(channel),
        },
        "interactionStatistic": [
            counter("WatchAction", video.view_count),
            counter("LikeAction", video.like_count),
        ],
    }
    if video.originally_published_on:
        found["datePublished"] = video.originally_published_on.isoformat()
    if picture := urls.preview_url(video):
        found["thumbnailUrl"] = [picture]
    if enclosures.has_public_file(video):
        found["encoding"] = [_media_object(video)]
    if access.is_embeddable_anywhere(video):
        found["embedUrl"] = urls.embed_url(video)
    if video.width and video.height:
        found |= {"width": video.width, "height": video.height}
    if video.shown_as_sensitive:
        found["isFamilyFriendly"] = False
    if url := license_url(video.license):
        found["license"] = url
    if video.tags:
        found["keywords"] = video.tags
    if video.language:
        found["inLanguage"] = video.language
    if clips := _chapter_clips(video):
        found["hasPart"] = clips
    return found


def short_text(video: Video) -> str:
    """Return the start of the description, or the title when there is none."""
    return page_metadata.shorten(video.description.strip() or video.title)


def upload_time(video: Video) -> datetime:
    """Return the publication time; the creation time of videos that were never published."""
    return video.published_at or video.created_at


def first_published(video: Video) -> str | None:
    """Return the original publication date, else the publication time on this site."""
    original = video.originally_published_on
    return original.isoformat() if original else iso(upload_time(video))


def iso_duration(seconds: float) -> str:
    """Return ``3723.4`` as ``PT1H2M3S``."""
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return "PT" + (f"{hours}H" if hours else "") + (f"{minutes}M" if minutes else "") + f"{rest}S"


def _media_object(video: Video) -> dict[str, object]:
    """Return the video as one file."""
    media = enclosures.get_shared_media(video)
    found: dict[str, object] = {
        "@type": "MediaObject",
        "contentUrl": media.url,
        "encodingFormat": media.content_type,
    }
    return found | ({"contentSize": str(video.download_bytes)} if video.download_bytes else {})


def _chapter_clips(video: Video) -> list[dict[str, object]]:
    """Return the chapters, each with the URL at which it starts."""
    found = services.chapters_within(services.get_chapters(video), video.duration)
    ends = [chapter["start"] for chapter in found[1:]] + [video.duration]
    return [
        {
            "@type": "Clip",
            "name": chapter["title"],
            "startOffset": chapter["start"],
            "endOffset": end,
            "url": f"{urls.watch_url(video)}?t={int(chapter['start'])}",
        }
        for chapter, end in zip(found, ends, strict=False)
    ]

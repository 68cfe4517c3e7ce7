"""What a watch page tells programs that read it: OpenGraph, Twitter's card, a schema.org ``VideoObject``.

Sources: https://ogp.me/, https://schema.org/VideoObject and Google's "Video structured data". A video that needs more
than its link says nothing here but its title.
"""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.utils.text import Truncator

from streamsite.api.renderers import iso
from videos import access
from videos.chapters import services
from videos.files.content_types import content_type_of
from videos.files.urls import MASTER
from videos.models import Video
from videos.syndication import enclosures, urls

SHORT_TEXT_LENGTH = 200
Tags = list[tuple[str, str]]


def build_metadata(video: Video) -> dict[str, Any]:
    """``{open_graph, twitter, json_ld, canonical, oembed, indexed}`` for ``videos/_meta.html``; channel loaded."""
    if not access.may_anyone_watch(video):
        return {"open_graph": [("og:title", video.title)], "indexed": False}
    return {
        "open_graph": open_graph_tags(video),
        "twitter": twitter_tags(video),
        "json_ld": video_object(video),
        "canonical": urls.watch_url(video),
        "oembed": urls.oembed_url(urls.watch_url(video)) if video.allow_embed else None,
        "indexed": video.listed,
    }


def open_graph_tags(video: Video) -> Tags:
    """Property and content of each ``<meta>``; what a video says twice has two."""
    found: Tags = [
        ("og:type", "video.other"),
        ("og:site_name", settings.SITE_NAME),
        ("og:title", video.title),
        ("og:url", urls.watch_url(video)),
        ("og:description", short_text(video)),
        ("video:duration", str(round(video.duration))),
        ("video:release_date", first_published(video) or ""),
    ]
    if picture := urls.thumbnail_url(video):
        found += [("og:image", picture), ("og:image:alt", video.title)]
    found += [tag for player in _players(video) for tag in _player_tags(video, *player)]
    return [*found, *(("video:tag", str(tag)) for tag in video.tags)]


def _players(video: Video) -> list[tuple[str, str]]:
    """Address and type of what plays the video elsewhere, what most programs know first."""
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
    """Name and content of each ``<meta>``. A player needs a picture and https."""
    picture = urls.thumbnail_url(video)
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


def video_object(video: Video) -> dict[str, Any]:
    """The video in the words of schema.org; what is not known is left out.

    The content is the stream, which has every quality and the subtitles; the file, where one is offered, is another
    ``encoding`` of it.
    """
    channel = video.channel
    found: dict[str, Any] = {
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
            _statistic("WatchAction", video.view_count),
            _statistic("LikeAction", video.like_count),
        ],
    }
    if video.originally_published_on:
        found["datePublished"] = video.originally_published_on.isoformat()
    if picture := urls.thumbnail_url(video):
        found["thumbnailUrl"] = [picture]
    if enclosures.has_public_file(video):
        found["encoding"] = [_media_object(video)]
    if access.is_embeddable_anywhere(video):
        found["embedUrl"] = urls.embed_url(video)
    if video.width and video.height:
        found |= {"width": video.width, "height": video.height}
    if video.tags:
        found["keywords"] = video.tags
    if video.language:
        found["inLanguage"] = video.language
    if clips := _chapter_clips(video):
        found["hasPart"] = clips
    return found


def short_text(video: Video) -> str:
    """The beginning of the description, or the title where there is none."""
    return Truncator(" ".join(video.description.split()) or video.title).chars(SHORT_TEXT_LENGTH)


def upload_time(video: Video) -> Any:
    """When the video came out; for those that never were in a list, when they were made."""
    return video.published_at or video.created_at


def first_published(video: Video) -> str | None:
    """Return the day on which it came out elsewhere, else the moment at which it came out here."""
    original = video.originally_published_on
    return original.isoformat() if original else iso(upload_time(video))


def iso_duration(seconds: float) -> str:
    """``3723.4`` -> ``PT1H2M3S``."""
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return "PT" + (f"{hours}H" if hours else "") + (f"{minutes}M" if minutes else "") + f"{rest}S"


def _statistic(action: str, count: int) -> dict[str, Any]:
    return {
        "@type": "InteractionCounter",
        "interactionType": {"@type": action},
        "userInteractionCount": count,
    }


def _media_object(video: Video) -> dict[str, Any]:
    """The video as one file."""
    media = enclosures.get_shared_media(video)
    found: dict[str, Any] = {
        "@type": "MediaObject",
        "contentUrl": media.url,
        "encodingFormat": media.content_type,
    }
    return found | ({"contentSize": str(video.download_bytes)} if video.download_bytes else {})


def _chapter_clips(video: Video) -> list[dict[str, Any]]:
    """Chapters, each with the address at which it begins."""
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

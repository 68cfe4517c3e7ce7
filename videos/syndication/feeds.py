"""RSS 2.0 with the podcast and media extensions.

Sources: the RSS Advisory Board's specification and best practices, Apple's "A Podcaster's Guide to RSS", Yahoo's
Media RSS. A title is plain text; a description is HTML by convention, so user text is escaped in it.

A video without a file for download is an item without an enclosure: podcast programs store what an enclosure
names, and an HLS playlist cannot be stored. Its stream is in ``media:content``.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from email.utils import format_datetime
from typing import Any
from xml.etree.ElementTree import Element

from django.conf import settings
from django.utils.html import escape, linebreaks

from accounts.models import User
from streamsite import xml
from videos import access, queries
from videos.models import Video
from videos.syndication import enclosures, urls
from videos.syndication.metadata import upload_time

CONTENT_TYPE = "application/rss+xml"
MAX_ITEMS = 50
TTL_MINUTES = 60
NAMESPACES = {
    "atom": "http://www.w3.org/2005/Atom",
    "dc": "http://purl.org/dc/elements/1.1/",
    "dcterms": "http://purl.org/dc/terms/",
    "itunes": "http://www.itunes.com/dtds/podcast-1.0.dtd",
    "media": "http://search.yahoo.com/mrss/",
}
# Apple asks for a category of its own list. "Other" is none of them.
PODCAST_CATEGORIES = {
    "film": "TV & Film",
    "music": "Music",
    "gaming": "Leisure",
    "education": "Education",
    "science": "Science",
    "howto": "Education",
    "news": "News",
    "sports": "Sports",
    "travel": "Society & Culture",
    "comedy": "Comedy",
    "people": "Society & Culture",
}


@dataclass(frozen=True)
class FeedHeader:
    """The channel-level fields of a feed. ``page`` is the page that it belongs to, ``address`` its own URL."""

    title: str
    description: str
    author: str
    page: str
    address: str


@dataclass(frozen=True)
class Feed:
    """A serialized feed and the time of its last change."""

    content: bytes
    modified: datetime | None


def build_channel_feed(owner: User) -> Feed:
    """Return the feed of a channel's newest listed videos."""
    head = FeedHeader(
        title=owner.get_full_name(),
        description=owner.bio or f"Videos of {owner.get_full_name()}",
        author=owner.get_full_name(),
        page=urls.channel_url(owner),
        address=urls.channel_feed_url(owner),
    )
    return build_feed(head, queries.videos_of_channel(owner.pk).order_by(*queries.NEWEST)[:MAX_ITEMS])


def build_feed(head: FeedHeader, videos: Iterable[Video]) -> Feed:
    """Return a feed of those of ``videos``, channels loaded, that are listed and can be opened by anyone."""
    shown = [video for video in videos if video.listed and access.may_anyone_watch(video)]
    modified = max((video.updated_at for video in shown), default=None)
    rss = xml.root("rss", NAMESPACES, version="2.0")
    channel = xml.add(rss, "channel")
    _describe(channel, head, shown)
    if modified:
        xml.add(channel, "lastBuildDate", _date(modified))
    for video in shown:
        _add_item(channel, video)
    return Feed(xml.document(rss), modified)


def _describe(channel: Element, head: FeedHeader, videos: list[Video]) -> None:
    xml.add(channel, "title", head.title)
    xml.add(channel, "link", head.page)
    xml.add(channel, "description", escape(head.description))
    xml.add(channel, "atom:link", href=head.address, rel="self", type=CONTENT_TYPE)
    xml.add(channel, "generator", settings.SITE_NAME)
    xml.add(channel, "ttl", TTL_MINUTES)
    xml.add(channel, "itunes:author", head.author)
    xml.add(channel, "itunes:summary", head.description)
    # Apple takes no feed without it. Nothing here is marked as explicit, and that is all it says.
    xml.add(channel, "itunes:explicit", "false")
    languages = {video.language for video in videos}
    if len(languages) == 1 and "" not in languages:
        xml.add(channel, "language", *languages)
    categories = Counter(video.category for video in videos if video.category in PODCAST_CATEGORIES)
    if categories:
        xml.add(channel, "itunes:category", text=PODCAST_CATEGORIES[categories.most_common(1)[0][0]])
    if picture := next(filter(None, map(urls.thumbnail_url, videos)), None):
        xml.add(channel, "itunes:image", href=picture)


def _add_item(channel: Element, video: Video) -> None:
    page, picture, author = urls.watch_url(video), urls.thumbnail_url(video), video.channel.get_full_name()
    item = xml.add(channel, "item")
    xml.add(item, "title", video.title)
    xml.add(item, "link", page)
    xml.add(item, "guid", page, isPermaLink="true")
    xml.add(item, "pubDate", _date(upload_time(video)))
    if video.originally_published_on:
        # Not as "issued", which readers take for the item's own date, by which they sort.
        xml.add(item, "dcterms:available", video.originally_published_on.isoformat())
    xml.add(item, "description", linebreaks(video.description or video.title, autoescape=True))
    xml.add(item, "category", video.get_category_display())
    xml.add(item, "dc:creator", author)
    size = _add_enclosure(item, video)
    xml.add(item, "itunes:author", author)
    xml.add(item, "itunes:duration", round(video.duration))
    xml.add(item, "itunes:summary", video.description or video.title)
    if picture:
        xml.add(item, "itunes:image", href=picture)
    _add_media(item, video, size, picture)


def _add_enclosure(item: Element, video: Video) -> int | None:
    """Add the file for download and return its exact size; ``None`` when there is no such file."""
    media = enclosures.get_shared_media(video)
    size = enclosures.get_file_size(video) if media.is_file else 0
    if not size:
        return None
    xml.add(item, "enclosure", url=media.url, length=size, type=media.content_type)
    return size


def _add_media(item: Element, video: Video, size: int | None, picture: str | None) -> None:
    media = enclosures.get_shared_media(video)
    facts: dict[str, Any] = {"url": media.url, "type": media.content_type, "medium": "video"}
    facts |= {"duration": round(video.duration), "fileSize": size}
    facts |= {"width": video.width or None, "height": video.height or None, "lang": video.language or None}
    content = xml.add(item, "media:content", **facts)
    xml.add(content, "media:title", video.title, type="plain")
    xml.add(content, "media:description", video.description or video.title, type="plain")
    if picture:
        xml.add(content, "media:thumbnail", url=picture)
    if video.tags:
        xml.add(content, "media:keywords", ", ".join(map(str, video.tags)))
    if access.is_embeddable_anywhere(video):
        xml.add(content, "media:player", url=urls.embed_url(video))


def _date(moment: datetime) -> str:
    return format_datetime(moment)

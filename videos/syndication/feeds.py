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
from io import TextIOBase
from typing import Any, cast
from xml.sax.xmlreader import AttributesImpl

from django.urls import reverse
from django.utils.feedgenerator import Enclosure, Rss201rev2Feed, rfc2822_date
from django.utils.html import escape, linebreaks
from django.utils.xmlutils import SimplerXMLGenerator

from accounts.models import User
from streamsite import xml
from videos import access, queries
from videos.library_filters import NEWEST
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
    """The channel-level fields of a feed. ``page`` is the page that it belongs to, ``address`` its own URL.

    ``hub`` is the address of the WebSub hub that distributes it, "" for none.
    """

    title: str
    description: str
    author: str
    page: str
    address: str
    hub: str = ""


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
        hub=urls.absolute_url(reverse("websub")),
    )
    return build_feed(
        head, queries.videos_of_channel(access.ANONYMOUS, owner.pk).order_by(*NEWEST)[:MAX_ITEMS]
    )


# What an entry says of a video besides what a card shows.
ENTRY_FIELDS = (
    *("description", "tags", "category", "language", "width", "height", "updated_at"),
    *("allow_download", "allow_embed", "embed_domains", "has_captions"),
)


def build_feed(head: FeedHeader, videos: Iterable[Video]) -> Feed:
    """Return a feed of those of ``videos``, channels loaded, that are listed and can be opened by anyone."""
    shown = [video for video in videos if video.listed and access.may_anyone_watch(video)]
    modified = max((video.updated_at for video in shown), default=None)
    feed = PodcastFeed(
        title=head.title,
        link=head.page,
        description=escape(head.description),
        author_name=head.author,
        feed_url=head.address,
        hub=head.hub,
        language=_common_language(shown),
        ttl=TTL_MINUTES,
        summary=head.description,
        podcast_category=_podcast_category(shown),
        image=next(filter(None, map(urls.thumbnail_url, shown)), None),
        modified=modified,
        is_explicit=any(video.shown_as_sensitive for video in shown),
    )
    for video in shown:
        _add_item(feed, video)
    return Feed(feed.writeString("utf-8").encode(), modified)


class InertXMLGenerator(SimplerXMLGenerator):
    """Django's generator, which leaves out what XML forbids instead of raising: people type it and paste it."""

    def characters(self, content: str) -> None:
        """Write text."""
        super().characters(xml.clean(content))

    def add(self, name: str, text: str | None = None, /, **attributes: str | None) -> None:
        """Write an element without children; an attribute of ``None`` is left out."""
        given = {key: xml.clean(value) for key, value in attributes.items() if value is not None}
        self.addQuickElement(name, text, given)


class PodcastFeed(Rss201rev2Feed):
    """RSS 2.0 with the elements that programs for podcasts and for media read.

    Takes ``summary``, ``podcast_category``, ``image``, ``modified`` and ``is_explicit`` besides Django's arguments,
    and for an item the ``video`` and its ``image`` (an address or ``None``).
    """

    def write(self, outfile: TextIOBase, encoding: str) -> None:
        """Write the document to a text file, as the base class does, by another generator."""
        handler = InertXMLGenerator(outfile, encoding, short_empty_elements=True)
        handler.startDocument()
        handler.startElement("rss", AttributesImpl(self.rss_attributes()))
        handler.startElement("channel", AttributesImpl({}))
        self.add_root_elements(handler)
        self.write_items(handler)
        self.endChannelElement(handler)
        handler.endElement("rss")

    def rss_attributes(self) -> dict[str, str]:
        """Return the attributes of the root: version and namespaces."""
        return {"version": "2.0"} | {f"xmlns:{prefix}": uri for prefix, uri in NAMESPACES.items()}

    def add_root_elements(self, handler: SimplerXMLGenerator) -> None:
        """Write the elements that describe the feed.

        Not by the base class, which writes the current time into a feed without items, so no cache could revalidate it.
        """
        feed, out = self.feed, cast(InertXMLGenerator, handler)
        out.add("title", feed["title"])
        out.add("link", feed["link"])
        out.add("description", feed["description"])
        out.add("atom:link", href=feed["feed_url"], rel="self", type=CONTENT_TYPE)
        if feed["hub"]:
            out.add("atom:link", href=feed["hub"], rel="hub")
        out.add("generator", "Streamsite")
        out.add("ttl", str(feed["ttl"]))
        out.add("itunes:author", feed["author_name"])
        out.add("itunes:summary", feed["summary"])
        # Apple takes no feed without it.
        out.add("itunes:explicit", "true" if feed["is_explicit"] else "false")
        if feed["language"]:
            out.add("language", feed["language"])
        if feed["podcast_category"]:
            out.add("itunes:category", text=feed["podcast_category"])
        if feed["image"]:
            out.add("itunes:image", href=feed["image"])
        if feed["modified"]:
            out.add("lastBuildDate", rfc2822_date(feed["modified"]))

    def add_item_elements(self, handler: SimplerXMLGenerator, item: dict[str, Any]) -> None:
        """Write an item: RSS's elements, then those of podcasts and of media."""
        super().add_item_elements(handler, item)
        video, out = cast(Video, item["video"]), cast(InertXMLGenerator, handler)
        if video.originally_published_on:
            # Not as "issued", which readers take for the item's own date, by which they sort.
            out.add("dcterms:available", video.originally_published_on.isoformat())
        out.add("itunes:author", item["author_name"])
        out.add("itunes:duration", str(round(video.duration)))
        out.add("itunes:summary", video.description or video.title)
        if video.shown_as_sensitive:
            out.add("itunes:explicit", "true")
        if item["image"]:
            out.add("itunes:image", href=item["image"])
        _write_media(out, video, item)


def _common_language(videos: list[Video]) -> str | None:
    """Return the language of all videos, ``None`` when they differ or one has none."""
    languages = {video.language for video in videos}
    return languages.pop() or None if len(languages) == 1 else None


def _podcast_category(videos: list[Video]) -> str | None:
    """Return Apple's name for the most frequent category, ``None`` when no video has one that Apple knows."""
    categories = Counter(video.category for video in videos if video.category in PODCAST_CATEGORIES)
    return PODCAST_CATEGORIES[categories.most_common(1)[0][0]] if categories else None


def _add_item(feed: PodcastFeed, video: Video) -> None:
    page = urls.watch_url(video)
    feed.add_item(
        title=video.title,
        link=page,
        description=linebreaks(video.description or video.title, autoescape=True),
        author_name=video.channel.get_full_name(),
        pubdate=upload_time(video),
        unique_id=page,
        unique_id_is_permalink=True,
        categories=[video.get_category_display()],
        enclosures=_enclosures(video),
        video=video,
        image=urls.thumbnail_url(video),
    )


def _enclosures(video: Video) -> list[Enclosure]:
    """Return the enclosure of the file for download; empty without one."""
    media = enclosures.get_shared_media(video)
    size = enclosures.get_file_size(video) if media.is_file else 0
    return [Enclosure(media.url, str(size), media.content_type)] if size else []


def _write_media(handler: InertXMLGenerator, video: Video, item: dict[str, Any]) -> None:
    media = enclosures.get_shared_media(video)
    facts = {
        "url": media.url,
        "type": media.content_type,
        "medium": "video",
        "duration": str(round(video.duration)),
    }
    if item["enclosures"]:
        facts["fileSize"] = item["enclosures"][0].length
    if video.width:
        facts["width"] = str(video.width)
    if video.height:
        facts["height"] = str(video.height)
    if video.language:
        facts["lang"] = video.language
    handler.startElement(
        "media:content", AttributesImpl({key: xml.clean(value) for key, value in facts.items()})
    )
    if video.shown_as_sensitive:
        handler.add("media:rating", "adult", scheme="urn:simple")
    handler.add("media:title", video.title, type="plain")
    handler.add("media:description", video.description or video.title, type="plain")
    if item["image"]:
        handler.add("media:thumbnail", url=item["image"])
    if video.tags:
        handler.add("media:keywords", ", ".join(map(str, video.tags)))
    if access.is_embeddable_anywhere(video):
        handler.add("media:player", url=urls.embed_url(video))
    handler.endElement("media:content")

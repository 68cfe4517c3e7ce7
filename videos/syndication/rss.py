"""RSS 2.0 with the podcast and media extensions.

Sources: the RSS Advisory Board's specification and best practices, Apple's "A Podcaster's Guide to RSS", Yahoo's
Media RSS, the Podcasting 2.0 namespace, RFC 5005 for pages. A title is plain text; a description is HTML by convention,
so user text is escaped in it.

A video without a file for download is an item without an enclosure: podcast programs store what an enclosure
names, and an HLS playlist cannot be stored. Its stream is in ``media:content``.
"""

from __future__ import annotations

from io import StringIO, TextIOBase
from typing import Any, cast
from xml.sax.xmlreader import AttributesImpl

from django.utils.feedgenerator import Enclosure, Rss201rev2Feed, rfc2822_date
from django.utils.html import escape
from django.utils.xmlutils import SimplerXMLGenerator

from streamsite import xml
from videos import access
from videos.models import Video
from videos.syndication import enclosures, podcast, urls
from videos.syndication.feed_entries import CONTENT_TYPES, RSS, Entry, FeedPage

TTL_MINUTES = 60
NAMESPACES = {
    "atom": "http://www.w3.org/2005/Atom",
    "dc": "http://purl.org/dc/elements/1.1/",
    "dcterms": "http://purl.org/dc/terms/",
    "itunes": "http://www.itunes.com/dtds/podcast-1.0.dtd",
    "media": "http://search.yahoo.com/mrss/",
    "podcast": podcast.NAMESPACE,
}


def write(page: FeedPage) -> bytes:
    """Return a page of a feed as RSS."""
    header = page.header
    feed = PodcastFeed(
        title=header.title,
        link=header.page,
        description=escape(header.description),
        author_name=header.author,
        ttl=TTL_MINUTES,
        page=page,
    )
    for entry in page.entries:
        file = entry.attachment
        feed.add_item(
            title=entry.title,
            link=entry.link,
            description=entry.content,
            author_name=entry.author.get_full_name(),
            pubdate=entry.published,
            unique_id=entry.id,
            unique_id_is_permalink=True,
            categories=list(entry.categories),
            enclosures=[Enclosure(file.url, str(file.size), file.content_type)] if file else [],
            entry=entry,
        )
    out = StringIO()
    feed.write(out, "utf-8")
    return out.getvalue().encode()


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

    Takes the ``page`` (a ``FeedPage``) besides Django's arguments, and for an item the ``entry``.
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
        page = cast(FeedPage, feed["page"])
        out.add("title", feed["title"])
        out.add("link", feed["link"])
        out.add("description", feed["description"])
        for relation, address in page.links():
            kind = {} if relation == "hub" else {"type": CONTENT_TYPES[RSS]}
            out.add("atom:link", href=address, rel=relation, **kind)
        out.add("generator", "Streamsite")
        out.add("ttl", str(feed["ttl"]))
        out.add("itunes:author", feed["author_name"])
        out.add("itunes:summary", page.header.description)
        out.add("itunes:type", "episodic")
        # Apple takes no feed without it.
        out.add("itunes:explicit", "true" if page.is_sensitive else "false")
        if page.language:
            out.add("language", page.language)
        if page.category:
            out.add("itunes:category", text=page.category)
        if page.image:
            out.add("itunes:image", href=page.image)
        if page.modified:
            out.add("lastBuildDate", rfc2822_date(page.modified))
        out.add("podcast:guid", podcast.guid(page.header.address_as(RSS)))
        out.add("podcast:medium", page.header.medium)
        if page.header.channel:
            _write_person(out, podcast.person(page.header.channel))

    def add_item_elements(self, handler: SimplerXMLGenerator, item: dict[str, Any]) -> None:
        """Write an item: RSS's elements, then those of podcasts and of media."""
        super().add_item_elements(handler, item)
        entry, out = cast(Entry, item["entry"]), cast(InertXMLGenerator, handler)
        out.add("itunes:author", item["author_name"])
        out.add("itunes:summary", entry.text)
        if entry.image:
            out.add("itunes:image", href=entry.image)
        _write_person(out, podcast.person(entry.author))
        if entry.video is not None:
            _write_video(out, entry, entry.video)


def _write_person(out: InertXMLGenerator, person: podcast.Person) -> None:
    out.add("podcast:person", person.name, role="host", href=person.url, img=person.image)


def _write_video(out: InertXMLGenerator, entry: Entry, video: Video) -> None:
    if video.originally_published_on:
        # Not as "issued", which readers take for the item's own date, by which they sort.
        out.add("dcterms:available", video.originally_published_on.isoformat())
    out.add("itunes:duration", str(round(video.duration)))
    if video.shown_as_sensitive:
        out.add("itunes:explicit", "true")
    for track in entry.tracks:
        address = urls.caption_url(video, track)
        out.add("podcast:transcript", url=address, type="text/vtt", language=track.language, rel="captions")
    if podcast.has_chapters(video):
        out.add("podcast:chapters", url=urls.chapters_url(video), type=podcast.CHAPTERS_TYPE)
    _write_media(out, entry, video)


def _write_media(handler: InertXMLGenerator, entry: Entry, video: Video) -> None:
    media = enclosures.get_shared_media(video)
    facts = {
        "url": media.url,
        "type": media.content_type,
        "medium": "video",
        "duration": str(round(video.duration)),
    }
    if entry.attachment:
        facts["fileSize"] = str(entry.attachment.size)
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
    handler.add("media:description", entry.text, type="plain")
    if entry.image:
        handler.add("media:thumbnail", url=entry.image)
    if video.tags:
        handler.add("media:keywords", ", ".join(map(str, video.tags)))
    if access.is_embeddable_anywhere(video):
        handler.add("media:player", url=urls.embed_url(video))
    handler.endElement("media:content")

"""Atom 1.0 (RFC 4287), with pages (RFC 5005) and thumbnails of Media RSS."""

from __future__ import annotations

from datetime import UTC, datetime
from xml.etree.ElementTree import Element

from streamsite import xml
from streamsite.api.renderers import iso
from videos.syndication import urls
from videos.syndication.feed_entries import ATOM, CONTENT_TYPES, Entry, FeedPage

NAMESPACES = {"": "http://www.w3.org/2005/Atom", "media": "http://search.yahoo.com/mrss/"}
# Atom demands a time of change of feeds without entries too.
NEVER = datetime(2000, 1, 1, tzinfo=UTC)


def write(page: FeedPage) -> bytes:
    """Return a page of a feed as Atom."""
    header = page.header
    language = {"xml:lang": page.language} if page.language else {}
    root = xml.root("feed", NAMESPACES, **language)
    xml.add(root, "id", header.address_as(ATOM))
    xml.add(root, "title", header.title)
    xml.add(root, "subtitle", header.description)
    xml.add(root, "updated", iso(page.modified or NEVER))
    for relation, address in page.links():
        xml.add(root, "link", rel=relation, href=address, type=CONTENT_TYPES[ATOM])
    xml.add(root, "link", rel="alternate", href=header.page, type="text/html")
    if page.image:
        xml.add(root, "logo", page.image)
    xml.add(root, "generator", "Streamsite")
    xml.add(xml.add(root, "author"), "name", header.author)
    for entry in page.entries:
        _add_entry(root, entry)
    return xml.document(root)


def _add_entry(root: Element, entry: Entry) -> None:
    element = xml.add(root, "entry")
    xml.add(element, "id", entry.id)
    xml.add(element, "title", entry.title)
    xml.add(element, "link", rel="alternate", href=entry.link, type="text/html")
    if entry.attachment:
        file = entry.attachment
        xml.add(element, "link", rel="enclosure", href=file.url, type=file.content_type, length=file.size)
    xml.add(element, "published", iso(entry.published or entry.updated))
    xml.add(element, "updated", iso(entry.updated))
    author = xml.add(element, "author")
    xml.add(author, "name", entry.author.get_full_name())
    xml.add(author, "uri", urls.channel_url(entry.author))
    for term in (*entry.categories, *entry.tags):
        xml.add(element, "category", term=term)
    xml.add(element, "content", entry.content, type="html")
    if entry.image:
        xml.add(element, "media:thumbnail", url=entry.image)

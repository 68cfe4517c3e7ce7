"""JSON Feed 1.1 (jsonfeed.org)."""

from __future__ import annotations

import orjson

from streamsite.api.renderers import iso
from videos.syndication import podcast
from videos.syndication.feed_entries import JSON, Entry, FeedPage

VERSION = "https://jsonfeed.org/version/1.1"


def write(page: FeedPage) -> bytes:
    """Return a page of a feed as JSON Feed."""
    header, links = page.header, dict(page.links())
    body: dict[str, object] = {
        "version": VERSION,
        "title": header.title,
        "home_page_url": header.page,
        "feed_url": header.address_as(JSON),
        "description": header.description,
        "icon": page.image,
        "next_url": links.get("next"),
        "language": page.language,
        "authors": [_author(podcast.person(header.channel))] if header.channel else [{"name": header.author}],
        "items": [_item(entry) for entry in page.entries],
    }
    return orjson.dumps(_without_blanks(body))


def _item(entry: Entry) -> dict[str, object]:
    video, file = entry.video, entry.attachment
    attachments: list[dict[str, object]] = []
    if file:
        seconds = round(video.duration) if video else None
        attachments.append(
            _without_blanks(
                {
                    "url": file.url,
                    "mime_type": file.content_type,
                    "size_in_bytes": file.size,
                    "duration_in_seconds": seconds,
                }
            )
        )
    return _without_blanks(
        {
            "id": entry.id,
            "url": entry.link,
            "title": entry.title,
            "content_html": entry.content,
            "content_text": entry.text,
            "image": entry.image,
            "date_published": iso(entry.published),
            "date_modified": iso(entry.updated),
            "authors": [_author(podcast.person(entry.author))],
            "tags": [*entry.categories, *entry.tags],
            "language": video.language if video else None,
            "attachments": attachments,
        }
    )


def _author(person: podcast.Person) -> dict[str, object]:
    return _without_blanks({"name": person.name, "url": person.url, "avatar": person.image})


def _without_blanks(body: dict[str, object]) -> dict[str, object]:
    """Leave out what is not there, as the specification asks."""
    return {name: value for name, value in body.items() if value not in (None, "") or name == "title"}

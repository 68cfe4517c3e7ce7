"""What a feed says, whatever its format: its header, its entries, and the page of it that is asked for."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeVar

from django.db.models import Model, QuerySet
from django.http import HttpRequest

from accounts.models import User
from streamsite.errors import Absent
from videos.models import Caption, Video

RSS, ATOM, JSON = "rss", "atom", "json"
CONTENT_TYPES = {RSS: "application/rss+xml", ATOM: "application/atom+xml", JSON: "application/feed+json"}
MAX_ITEMS = 50
# Entries further back are not read: pages are steps from the beginning.
MAX_PAGES = 20
PAGE_NUMBER = re.compile(r"\A[1-9][0-9]?\Z")

Row = TypeVar("Row", bound=Model)


@dataclass(frozen=True)
class FeedRequest:
    """A format, a key of ``CONTENT_TYPES``, and a page of the feed, counted from 1."""

    format: str = RSS
    page: int = 1

    @classmethod
    def of(cls, request: HttpRequest, ending: str) -> FeedRequest:
        """Return what ``request`` asks for by its ending and ``?page=``. Raise ``Absent`` for a page that never is."""
        raw = request.GET.get("page", "1")
        if not PAGE_NUMBER.match(raw) or int(raw) > MAX_PAGES:
            raise Absent
        return cls(ending, int(raw))

    @property
    def start(self) -> int:
        """The number of entries before the page."""
        return (self.page - 1) * MAX_ITEMS

    def slice_of(self, rows: Sequence[Row] | QuerySet[Row]) -> tuple[list[Row], bool]:
        """Return the page's rows, and whether there are more. Raise ``Absent`` for a later page without any.

        ``rows`` may be a query; one row more than the page has is read.
        """
        found = list(rows[self.start : self.start + MAX_ITEMS + 1])
        if not found and self.page > 1:
            raise Absent
        return found[:MAX_ITEMS], len(found) > MAX_ITEMS and self.page < MAX_PAGES


@dataclass(frozen=True)
class FeedHeader:
    """The channel-level fields of a feed.

    ``page`` is the page that it belongs to, ``address`` its own URL as RSS. ``channel`` is whose feed it is,
    ``artwork`` the URL of a square image. ``medium`` says what it is made of. ``hub`` is the address of the WebSub hub
    that distributes its first page as RSS, "" for none.
    """

    title: str
    description: str
    author: str
    page: str
    address: str
    channel: User | None = None
    artwork: str | None = None
    medium: str = "video"
    hub: str = ""

    def address_as(self, ending: str, page: int = 1) -> str:
        """Return the URL of a page of the feed in a format."""
        base = (
            f"{self.address.removesuffix(f'.{RSS}')}.{ending}"
            if self.address.endswith(f".{RSS}")
            else self.address
        )
        return f"{base}?page={page}" if page > 1 else base


@dataclass(frozen=True)
class Attachment:
    """A file of an entry; ``size`` in bytes."""

    url: str
    content_type: str
    size: int


@dataclass(frozen=True)
class Entry:
    """An entry of a feed; ``content`` is HTML, ``text`` the same in plain text.

    ``id`` is the entry's lasting name, the URL of its page. ``video`` and its ``tracks`` are those of a video.
    """

    id: str
    link: str
    title: str
    content: str
    text: str
    author: User
    published: datetime | None
    updated: datetime
    image: str | None = None
    categories: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    attachment: Attachment | None = None
    video: Video | None = None
    tracks: tuple[Caption, ...] = field(default=())


@dataclass(frozen=True)
class FeedPage:
    """A page of a feed, to be written in a format."""

    header: FeedHeader
    entries: tuple[Entry, ...]
    asked: FeedRequest
    has_more: bool = False
    language: str | None = None
    category: str | None = None
    is_sensitive: bool = False

    @property
    def modified(self) -> datetime | None:
        """The time of the last change; ``None`` without an entry."""
        return max((entry.updated for entry in self.entries), default=None)

    @property
    def image(self) -> str | None:
        """The feed's image: its square one, else that of its first entry with one."""
        return self.header.artwork or next((entry.image for entry in self.entries if entry.image), None)

    def links(self) -> list[tuple[str, str]]:
        """Return relation and URL of the feed itself, of its hub, and of its neighboring pages."""
        number, ending = self.asked.page, self.asked.format
        found = [("self", self.header.address_as(ending, number))]
        if self.header.hub and ending == RSS and number == 1:
            found += [("hub", self.header.hub)]
        if number > 1:
            found += [("first", self.header.address_as(ending))]
            found += [("previous", self.header.address_as(ending, number - 1))]
        if self.has_more:
            found += [("next", self.header.address_as(ending, number + 1))]
        return found

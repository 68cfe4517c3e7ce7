"""Sitemaps: an index, and one or more files for each month in which something was published.

Sources: https://www.sitemaps.org/protocol.html and Google's "Video sitemaps". Every read is a range of the index
that orders lists: months without rows are skipped, and no file has more than ``MAX_URLS`` of them. The files of videos
name the videos' channels, too; other apps register sections of their own. There are no ``hreflang`` alternates: a page
has one address, and the reader's browser or account chooses its language.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Generic, TypeVar
from xml.etree.ElementTree import Element

from django.db.models import Model, QuerySet
from django.urls import reverse

from accounts.access import listed_accounts
from streamsite import xml
from streamsite.api.renderers import iso
from streamsite.errors import Absent
from videos import sensitivity
from videos.access import ANONYMOUS, is_embeddable_anywhere, listed_videos
from videos.models import Video
from videos.syndication import enclosures, urls
from videos.syndication.metadata import first_published

CONTENT_TYPE = "application/xml"
# The protocol allows 50,000 addresses and 50 MB; this many with the longest descriptions are a third of that.
MAX_URLS = 5_000
NAME = re.compile(r"\A(?:([a-z]+)-)?([12]\d{3})-(0[1-9]|1[0-2])(?:-([1-9]\d{0,5}))?\Z", re.ASCII)
SITEMAP_NAMESPACE = "http://www.sitemaps.org/schemas/sitemap/0.9"
VIDEO_NAMESPACE = "http://www.google.com/schemas/sitemap-video/1.1"
MAX_TITLE_LENGTH, MAX_DESCRIPTION_LENGTH, MAX_TAGS, MAX_DURATION_SECONDS = 100, 2_048, 32, 28_800


@dataclass(frozen=True)
class Month:
    """A calendar month in UTC."""

    year: int
    number: int

    @property
    def start(self) -> datetime:
        """The first moment of the month."""
        return datetime(self.year, self.number, 1, tzinfo=UTC)

    @property
    def end(self) -> datetime:
        """The first moment after the month."""
        years, index = divmod(self.number, 12)
        return datetime(self.year + years, index + 1, 1, tzinfo=UTC)


Row = TypeVar("Row", bound=Model)


@dataclass(frozen=True)
class Section(Generic[Row]):
    """The sitemaps of one kind of pages: ``rows`` by the month in ``moment``, the name of a field.

    ``name`` begins the names of their files; ``add`` writes the rows of a file.
    """

    name: str
    moment: str
    rows: Callable[[], QuerySet[Row]]
    add: Callable[[Element, list[Row]], None]

    def rows_of(self, month: Month) -> QuerySet[Row]:
        """Return the rows of a month, newest first."""
        within = {f"{self.moment}__gte": month.start, f"{self.moment}__lt": month.end}
        return self.rows().filter(**within).order_by(f"-{self.moment}", "-pk")

    def month_before(self, moment: datetime | None) -> Month | None:
        """Return the last month with a row before ``moment``, or at all."""
        rows = self.rows() if moment is None else self.rows().filter(**{f"{self.moment}__lt": moment})
        ordered = rows.order_by(f"-{self.moment}", "-pk")
        newest = ordered.values_list(self.moment, flat=True).first()
        return Month(newest.year, newest.month) if newest else None

    def url(self, month: Month, page: int) -> str:
        """Return the address of a file."""
        first = f"{self.name}-" if self.name else ""
        name = f"{first}{month.year}-{month.number:02d}" + (f"-{page}" if page > 1 else "")
        return urls.absolute_url(reverse("sitemap-month", args=[name]))


_sections: dict[str, Section[Any]] = {}


def register_section(section: Section[Any]) -> None:
    """Add the pages of an app to the sitemaps."""
    _sections[section.name] = section


def build_index() -> bytes:
    """Return the index of sitemaps, each section's newest first."""
    root = xml.root("sitemapindex", {"": SITEMAP_NAMESPACE})
    for section in _sections.values():
        month = section.month_before(None)
        while month is not None:
            pages = -(-section.rows_of(month).count() // MAX_URLS)
            for page in range(1, pages + 1):
                xml.add(xml.add(root, "sitemap"), "loc", section.url(month, page))
            month = section.month_before(month.start)
    return xml.document(root)


def build_month_sitemap(name: str) -> bytes:
    """Return the file named ``2026-11``, or ``2026-11-2`` for the overflow of the first. Raises ``Absent``.

    Those of other sections begin with the section's name: ``playlists-2026-11``.
    """
    match = NAME.match(name)
    section = _sections.get(match[1] or "") if match is not None else None
    if match is None or section is None:
        raise Absent
    first = (int(match[4] or 1) - 1) * MAX_URLS
    rows = list(section.rows_of(Month(int(match[2]), int(match[3])))[first : first + MAX_URLS])
    if not rows:
        raise Absent
    root = xml.root("urlset", {"": SITEMAP_NAMESPACE, "video": VIDEO_NAMESPACE})
    section.add(root, rows)
    return xml.document(root)


def add_page(root: Element, path: str, modified: datetime | None = None) -> None:
    """Write one page of this site."""
    entry = xml.add(root, "url")
    xml.add(entry, "loc", urls.absolute_url(path))
    if modified is not None:
        xml.add(entry, "lastmod", iso(modified))


def _add_videos(root: Element, videos: list[Video]) -> None:
    """Write the videos that the site does not hide, then their channels.

    Hidden ones are left out only here: to count months without them, all videos would have to be read.
    """
    shown = [video for video in videos if not sensitivity.is_hidden(ANONYMOUS, video)]
    for video in shown:
        _add(root, video)
    channels = listed_accounts().filter(pk__in={video.channel_id for video in shown})
    for channel in channels.order_by("username"):
        add_page(root, channel.get_absolute_url())


def _add(root: Element, video: Video) -> None:
    entry = xml.add(root, "url")
    xml.add(entry, "loc", urls.watch_url(video))
    xml.add(entry, "lastmod", iso(video.updated_at))
    picture = urls.thumbnail_url(video)
    if picture is None:
        return  # the extension takes no video without one
    # In the order of its schema.
    about = xml.add(entry, "video:video")
    xml.add(about, "video:thumbnail_loc", picture)
    xml.add(about, "video:title", video.title[:MAX_TITLE_LENGTH])
    xml.add(about, "video:description", (video.description or video.title)[:MAX_DESCRIPTION_LENGTH])
    xml.add(about, "video:content_loc", enclosures.get_shared_media(video).url)
    if is_embeddable_anywhere(video):
        xml.add(about, "video:player_loc", urls.embed_url(video))
    if 1 <= round(video.duration) <= MAX_DURATION_SECONDS:
        xml.add(about, "video:duration", round(video.duration))
    xml.add(about, "video:publication_date", first_published(video))
    for tag in video.tags[:MAX_TAGS]:
        xml.add(about, "video:tag", tag)
    xml.add(about, "video:category", video.get_category_display())


register_section(Section("", "published_at", listed_videos, _add_videos))

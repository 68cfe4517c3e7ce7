"""Video sitemaps: an index, and one or more files for each month of publication.

Sources: https://www.sitemaps.org/protocol.html and Google's "Video sitemaps". Every read is a range of the index
that orders lists: months without videos are skipped, and no file has more than ``MAX_URLS`` videos.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from xml.etree.ElementTree import Element

from django.db.models import QuerySet
from django.urls import reverse

from streamsite import xml
from streamsite.api.renderers import iso
from streamsite.errors import Absent
from videos.access import ANONYMOUS, is_embeddable_anywhere, listed_videos_for
from videos.library_filters import NEWEST
from videos.models import Video
from videos.syndication import enclosures, urls
from videos.syndication.metadata import first_published

CONTENT_TYPE = "application/xml"
# The protocol allows 50,000 addresses and 50 MB; this many with the longest descriptions are a third of that.
MAX_URLS = 5_000
NAME = re.compile(r"\A([12]\d{3})-(0[1-9]|1[0-2])(?:-([1-9]\d{0,5}))?\Z", re.ASCII)
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

    def videos(self) -> QuerySet[Video]:
        """Return the listed videos that were published in the month."""
        return listed_videos_for(ANONYMOUS).filter(published_at__gte=self.start, published_at__lt=self.end)


def build_index() -> bytes:
    """Return the index of sitemaps, newest first."""
    root = xml.root("sitemapindex", {"": SITEMAP_NAMESPACE})
    month = _month_before(None)
    while month is not None:
        pages = -(-month.videos().count() // MAX_URLS)
        for page in range(1, pages + 1):
            xml.add(xml.add(root, "sitemap"), "loc", _month_url(month, page))
        month = _month_before(month.start)
    return xml.document(root)


def build_month_sitemap(name: str) -> bytes:
    """Return the file named ``2026-11``, or ``2026-11-2`` for the overflow of the first. Raises ``Absent``."""
    match = NAME.match(name)
    if match is None:
        raise Absent
    first = (int(match[3] or 1) - 1) * MAX_URLS
    videos = list(Month(int(match[1]), int(match[2])).videos().order_by(*NEWEST)[first : first + MAX_URLS])
    if not videos:
        raise Absent
    root = xml.root("urlset", {"": SITEMAP_NAMESPACE, "video": VIDEO_NAMESPACE})
    for video in videos:
        _add(root, video)
    return xml.document(root)


def _month_before(moment: datetime | None) -> Month | None:
    """Return the last month with a video published before ``moment``, or at all."""
    listed = listed_videos_for(ANONYMOUS)
    rows = listed if moment is None else listed.filter(published_at__lt=moment)
    newest = rows.order_by(*NEWEST).values_list("published_at", flat=True).first()
    return Month(newest.year, newest.month) if newest else None


def _month_url(month: Month, page: int) -> str:
    name = f"{month.year}-{month.number:02d}" + (f"-{page}" if page > 1 else "")
    return urls.absolute_url(reverse("sitemap-month", args=[name]))


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

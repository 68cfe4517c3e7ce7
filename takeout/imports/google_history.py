"""YouTube's watch history in Google Takeout, as JSON or as a page."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from html.parser import HTMLParser

from takeout import formats
from takeout.imports import codes, items, values
from takeout.imports.errors import BadArchive
from takeout.imports.report import REFUSED
from takeout.imports.sources.base import Files

VIDEO_URL = re.compile(r"\Ahttps?://(?:www\.|music\.|m\.)?youtube\.com/watch\?v=([A-Za-z0-9_-]{11})")
# "Apr 25, 2022, 6:09:04 PM UTC", with a narrow space in newer pages; other languages' dates are not known.
DATE = re.compile(r"\A([A-Z][a-z]{2} \d{1,2}, \d{4}, \d{1,2}:\d{2}:\d{2} [AP]M) ?[A-Z]{2,5}\Z")
# A tag or comment that never ends would be looked through again with every piece.
MAX_TAG = 1_000_000
SPACES = re.compile(r"[\s\u202f\u00a0]+")
WATCHED = re.compile(r"\A(?:Watched|Viewed) ")


def iter_watched(files: Files, name: str) -> Iterator[items.Watched]:
    """Yield the entries of a file, the latest first, as Google writes them."""
    if name.endswith(".json"):
        for row in files.rows(formats.HISTORY, name):
            found = VIDEO_URL.match(values.text(row.get("titleUrl"), 300))
            if found:
                title = WATCHED.sub("", values.text(row.get("title"), 200))
                yield _entry(found[1], title, values.moment(row.get("time")))
        return
    try:
        yield from _read_page(files, name)
    except BadArchive as error:
        files.report.note(formats.HISTORY, REFUSED, error.code, title=name)


def _read_page(files: Files, name: str) -> Iterator[items.Watched]:
    decoder = codecs.getincrementaldecoder("utf-8")("replace")
    page = _Page()
    for piece in files.texts.pieces(name):
        page.feed(decoder.decode(piece))
        if len(page.rawdata) > MAX_TAG:
            raise BadArchive(codes.TOO_LARGE)
        yield from page.take()
    page.end()
    yield from page.take()


def _entry(video_id: str, title: str, moment: datetime | None) -> items.Watched:
    url = f"https://www.youtube.com/watch?v={video_id}"
    return items.Watched(items.VideoRef(video_id, title, url), moment)


class _Page(HTMLParser):
    """Finds links to videos, their titles, and the dates behind them."""

    def __init__(self) -> None:
        super().__init__()
        self._found: list[items.Watched] = []
        self._id, self._title, self._is_link = "", "", False

    def take(self) -> list[items.Watched]:
        """Return what was found since the last time."""
        found, self._found = self._found, []
        return found

    def end(self) -> None:
        """Take the last entry as found."""
        self.close()
        self._add(None)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Notice a link to a video."""
        if tag != "a":
            return
        found = VIDEO_URL.match(dict(attrs).get("href") or "")
        if found:
            self._add(None)
            self._id, self._title, self._is_link = found[1], "", True

    def handle_endtag(self, tag: str) -> None:
        """Notice the end of a link."""
        if tag == "a":
            self._is_link = False

    def handle_data(self, data: str) -> None:
        """Take a title, or a date."""
        if self._is_link:
            self._title += data[:300]
        elif self._id and (found := DATE.match(SPACES.sub(" ", data).strip())):
            try:
                moment = datetime.strptime(found[1], "%b %d, %Y, %I:%M:%S %p").replace(tzinfo=UTC)
            except ValueError:
                return
            self._add(moment)

    def _add(self, moment: datetime | None) -> None:
        if self._id:
            self._found.append(_entry(self._id, values.text(self._title, 200), moment))
        self._id = ""

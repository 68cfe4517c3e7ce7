"""Google Takeout's archives of YouTube.

Folders, files and columns have names in the account's language. So files are known by what is in them: ids of channels
and videos have shapes of their own, and times are ISO 8601. Where only a column's name tells, as with titles, the
languages below are known, and else the file's own name is the title.
"""

from __future__ import annotations

import json
import re
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterator
from itertools import islice

from playlists.models import MAX_ITEMS
from streamsite.folding import fold
from streamsite.visibility import Visibility
from takeout import formats
from takeout.imports import google_history, items, tables, values
from takeout.imports.context import VIDEO
from takeout.imports.errors import BadArchive
from takeout.imports.items import Item, VideoRef
from takeout.imports.media_names import MEDIA_SUFFIXES
from takeout.imports.report import REFUSED
from takeout.imports.sources.base import Files, require

VIDEO_ID = re.compile(r"\A[A-Za-z0-9_-]{11}\Z")
CHANNEL_ID = re.compile(r"\AUC[A-Za-z0-9_-]{22}\Z")
TIME = re.compile(r"\A\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}")
WATCH = "https://www.youtube.com/watch?v="
# Where it stands in the file's name: English, German, French, Spanish, Italian, Portuguese, Dutch, Polish, Russian.
WATCH_LATER = (
    *("watch later", "spater ansehen", "a regarder plus tard", "ver mas tarde", "guarda piu tardi"),
    *("assistir mais tarde", "later bekijken", "do obejrzenia", "смотреть позже"),
)
LIKED = ("liked videos", "videos, die ich mag", "videos j'aime", "videos que me gustan", "video piaciuti")
VIDEOS_SUFFIX = re.compile(r"[ -]+(videos?|videos-\d+)\Z", re.IGNORECASE)
# Columns of the tables of videos and comments, folded, in the same languages.
COLUMNS = {
    "title": (
        "video title (original)",
        "videotitel (original)",
        "titre de la video (d'origine)",
        "titulo del video (original)",
    ),
    "description": (
        *("video description (original)", "videobeschreibung (original)"),
        *("description de la video (d'origine)", "descripcion del video (original)"),
    ),
    "privacy": ("privacy", "datenschutz", "confidentialite", "privacidad"),
    "language": ("video audio language", "audiosprache des videos", "langue de l'audio de la video"),
    "created": ("video create timestamp", "zeitstempel der videoerstellung"),
    "published": ("video publish timestamp", "zeitstempel der videoveroffentlichung"),
    "tag": ("video tag", "tag", "video-tag"),
    "text": ("comment text", "kommentartext", "texte du commentaire", "texto del comentario"),
    "video": ("video id", "video-id", "id de la video", "id del video", "id de video"),
    "parent": ("parent comment id", "id des ubergeordneten kommentars"),
}
PUBLIC, UNLISTED = Visibility.PUBLIC.value, Visibility.UNLISTED.value
PRIVACY = {
    **dict.fromkeys((PUBLIC, "offentlich", "publique", "publico"), PUBLIC),
    **dict.fromkeys((UNLISTED, "nicht gelistet", "non repertoriee", "oculto"), UNLISTED),
}
PEEK_BYTES, PEEK_TABLE_BYTES, MAX_METADATA = 8_192, 64 * 1024, 20_000
# Characters kept of a cell of the table of videos: a title is cut again where it is written.
MAX_CELL, MAX_CELLS = 300, {"description": 20_000, "tag": 1_000}
# Google cuts names of files that are longer.
MIN_CUT = 20
Row = dict[str, str]


class GoogleSource:
    """An archive of Google Takeout, or one part of several."""

    site_id = ""
    origin = "google"

    def __init__(self, files: Files) -> None:
        self._files = files
        self._tables: dict[str, list[str]] = defaultdict(list)
        for name in files.names:
            if name.endswith(".csv"):
                self._tables[self._kind_of_table(name)].append(name)
        self._history = [name for name in files.names if self._is_history(name)]
        self._media = [name for name in files.names if name.lower().endswith(MEDIA_SUFFIXES)]
        known = [kind for kind in self._tables if kind]
        require(bool(known or self._history or self._media))

    def read(self, kind: str) -> Iterator[Item]:
        """Yield the objects of a kind."""
        if kind == formats.VIDEOS:
            yield from self._videos()
        elif kind == formats.SUBSCRIPTIONS:
            for row in self._rows(kind, "channels"):
                if CHANNEL_ID.match(row[0]):
                    url = f"https://www.youtube.com/channel/{row[0]}"
                    yield items.Subscription("", values.text(row[2] if len(row) > 2 else row[0], 150), url)
        elif kind == formats.PLAYLISTS:
            yield from self._playlists()
        elif kind == formats.WATCH_LATER:
            for name in self._lists(WATCH_LATER):
                yield from self._list_items(kind, name)
        elif kind == formats.REACTIONS:
            for name in self._lists(LIKED):
                for item in self._list_items(kind, name):
                    yield items.Reaction(item.video, "like", item.added_at)
        elif kind == formats.HISTORY:
            for name in self._history:
                yield from google_history.iter_watched(self._files, name)
        elif kind == formats.COMMENTS:
            yield from self._comments()

    def _videos(self) -> Iterator[items.Video]:
        """Yield the videos whose files are here, described by the table, or by their names alone."""
        titles = _Titles(self._metadata())
        for name in self._media:
            stem = name.rpartition("/")[2].rpartition(".")[0]
            yield _video(name, stem, titles.take(_bare(stem)))
        for left in titles.left():
            ref = VideoRef(left["id"], values.text(left["title"], 200), WATCH + left["id"])
            yield items.Video(ref, media="", file_name="", fields={})

    def _metadata(self) -> list[Row]:
        found: dict[str, Row] = {}
        for name in self._tables["videos"]:
            header: dict[str, int] = {}
            for row in self._table(formats.VIDEOS, name):
                if not VIDEO_ID.match(row[0]):
                    header = _header(row)
                elif len(found) < MAX_METADATA:
                    found[row[0]] = {"id": row[0], **{key: _short(row, header, key) for key in COLUMNS}}
        return list(found.values())

    def _playlists(self) -> Iterator[items.Playlist]:
        for name in self._tables["list"]:
            title = _list_title(name)
            if fold(title) in (*WATCH_LATER, *LIKED):
                continue
            # One more than there may be tells that it has too many.
            found = list(islice(self._list_items(formats.PLAYLISTS, name), MAX_ITEMS + 1))
            yield items.Playlist(id=fold(title)[:40], title=title, items=found)

    def _lists(self, titles: tuple[str, ...]) -> list[str]:
        return [name for name in self._tables["list"] if fold(_list_title(name)) in titles]

    def _list_items(self, kind: str, name: str) -> Iterator[items.PlaylistItem]:
        for row in self._table(kind, name):
            if VIDEO_ID.match(row[0]):
                added = values.moment(row[1]) if len(row) > 1 else None
                yield items.PlaylistItem(VideoRef(row[0], "", WATCH + row[0]), added_at=added)

    def _comments(self) -> Iterator[items.Comment]:
        for name in self._tables["comments"]:
            header: dict[str, int] = {}
            for row in self._table(formats.COMMENTS, name):
                if not any(TIME.match(cell) for cell in row):
                    header = _header(row)
                    continue
                video = _cell(row, header, "video")
                yield items.Comment(
                    id=values.text(row[0], 100),
                    about=VIDEO,
                    target=VideoRef(video, "", WATCH + video if video else ""),
                    text=_comment_text(_cell(row, header, "text")),
                    created_at=values.moment(next(cell for cell in row if TIME.match(cell))),
                    parent=values.text(_cell(row, header, "parent"), 100),
                )

    def _rows(self, kind: str, table: str) -> Iterator[list[str]]:
        for name in self._tables[table]:
            yield from self._table(kind, name)

    def _table(self, kind: str, name: str) -> Iterator[list[str]]:
        try:
            yield from tables.iter_rows(self._files.texts.pieces(name), self._files.texts.spend)
        except BadArchive as error:
            self._files.report.note(kind, REFUSED, error.code, title=name)

    def _kind_of_table(self, name: str) -> str:
        """Return what a table is about, by its first rows: "" for what is no business of an import."""
        rows = list(islice(self._peek(name), 12))
        head = _header(rows[0]) if rows else {}
        if "text" in head:
            return "comments"
        if any(len(row) >= 2 and CHANNEL_ID.match(row[0]) and "/channel/" in row[1] for row in rows):
            return "channels"
        if "title" in head and any(VIDEO_ID.match(row[0]) for row in rows):
            return "videos"
        if any(len(row) >= 2 and VIDEO_ID.match(row[0]) and TIME.match(row[1]) for row in rows):
            return "list"
        return ""

    def _peek(self, name: str) -> Iterator[list[str]]:
        try:
            texts = self._files.texts
            yield from tables.iter_rows([texts.peek(name, PEEK_TABLE_BYTES)], texts.spend)
        except BadArchive:
            return

    def _is_history(self, name: str) -> bool:
        if not name.endswith((".json", ".html")):
            return False
        try:
            begin = self._files.texts.peek(name, PEEK_BYTES)
        except BadArchive:
            return False
        if name.endswith(".json"):
            return b'"titleUrl"' in begin and b'"time"' in begin
        return b"content-cell" in begin or b"youtube.com/watch" in begin


def _video(name: str, stem: str, row: Row | None) -> items.Video:
    if row is None:
        ref = VideoRef(f"file:{stem}"[:100], values.text(stem, 200))
        return items.Video(ref, media=name, file_name=name.rpartition("/")[2], fields={"title": stem[:120]})
    created, published = values.moment(row["created"]), values.moment(row["published"])
    fields: dict[str, object] = {
        "title": row["title"],
        "description": row["description"],
        "visibility": PRIVACY.get(fold(row["privacy"]), Visibility.PRIVATE.value),
        "tags": [tag for tag in re.split(r"[,;]", row["tag"]) if tag.strip()][:20],
    }
    if row["language"]:
        fields["language"] = row["language"]
    day = values.possible(published or created)
    if day is not None:
        fields["originally_published_on"] = day.date().isoformat()
    return items.Video(
        ref=VideoRef(row["id"], values.text(row["title"], 200), WATCH + row["id"]),
        media=name,
        file_name=name.rpartition("/")[2],
        fields=fields,
        created_at=created,
        published_at=published,
    )


class _Titles:
    """Rows of the table of videos, by the letters and digits of their titles."""

    def __init__(self, rows: list[Row]) -> None:
        self._rows: dict[str, list[Row]] = {}
        for row in rows:
            self._rows.setdefault(_bare(row["title"]), []).append(row)
        # In order, so that those that begin alike are found without looking at all.
        self._titles = sorted(self._rows)

    def take(self, stem: str) -> Row | None:
        """Return the row of a file's name, which Google may have cut, and take it out."""
        for key in (stem, re.sub(r"\d\Z", "", stem), self._longer(stem)):
            if key in self._rows:
                return self._pop(key)
        return None

    def left(self) -> Iterator[Row]:
        """Yield the rows that no file was found for."""
        for rows in self._rows.values():
            yield from rows

    def _longer(self, stem: str) -> str:
        """Return a title that begins with ``stem``, or ``stem`` itself."""
        at = bisect_left(self._titles, stem)
        if len(stem) >= MIN_CUT and at < len(self._titles) and self._titles[at].startswith(stem):
            return self._titles[at]
        return stem

    def _pop(self, title: str) -> Row:
        rows = self._rows[title]
        row = rows.pop(0)
        if not rows:
            del self._rows[title]
            self._titles.pop(bisect_left(self._titles, title))
        return row


def _bare(title: str) -> str:
    """Return the letters and digits of a title, which are what a file's name keeps of it."""
    return re.sub(r"[\W_]+", "", fold(title))


def _header(row: list[str]) -> dict[str, int]:
    """Return the columns that are known by name."""
    names = [fold(cell).replace("\u2019", "'") for cell in row]
    found: dict[str, int] = {}
    for key, known in COLUMNS.items():
        for number, name in enumerate(names):
            if name in known:
                found.setdefault(key, number)
    return found


def _cell(row: list[str], header: dict[str, int], key: str) -> str:
    number = header.get(key)
    return row[number] if number is not None and number < len(row) else ""


def _short(row: list[str], header: dict[str, int], key: str) -> str:
    return _cell(row, header, key)[: MAX_CELLS.get(key, MAX_CELL)]


def _list_title(name: str) -> str:
    stem = name.rpartition("/")[2].removesuffix(".csv")
    return values.text(VIDEOS_SUFFIX.sub("", stem), 150) or "Playlist"


def _comment_text(raw: str) -> str:
    """Return a comment's text, which newer archives have as JSON objects with pieces of it."""
    if raw.startswith("{"):
        try:
            found = json.loads(f"[{raw}]")
        except (ValueError, RecursionError):
            return raw
        return "".join(str(one.get("text", "")) for one in found if isinstance(one, dict))
    return raw

"""Folders as yt-dlp writes them.

Beside a video lie files of the same name: ``.info.json``, ``.description``, ``.<language>.vtt`` and ``.jpg``.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

from streamsite.visibility import Visibility
from takeout import formats
from takeout.imports import items, values
from takeout.imports.errors import BadArchive
from takeout.imports.items import Item, VideoRef
from takeout.imports.media_names import CAPTION_SUFFIXES, IMAGE_SUFFIXES, MEDIA_SUFFIXES
from takeout.imports.report import REFUSED
from takeout.imports.sources.base import Files, require

INFO = ".info.json"
MAX_INFO_BYTES, MAX_DESCRIPTION_BYTES = 16 * 1024**2, 100_000
# yt-dlp's words for who may see a video where it comes from are no choice of who may here.
VISIBILITY = Visibility.PRIVATE.value
ADULT = 18
# Behind the name of the video: yt-dlp writes two, the language and the format.
MAX_SUFFIXES = 3


class FolderSource:
    """A folder of videos, each of which may be described by files of the same name."""

    site_id = ""
    origin = "folder"

    def __init__(self, files: Files) -> None:
        self._files = files
        self._beside: dict[str, list[str]] = {}
        for name in sorted(files.names):
            if name.lower().endswith((*CAPTION_SUFFIXES, *IMAGE_SUFFIXES)):
                for stem in _stems(name):
                    self._beside.setdefault(stem, []).append(name)
        self._media = [name for name in files.names if name.lower().endswith(MEDIA_SUFFIXES)]
        self._infos = {name for name in files.names if name.endswith(INFO)}
        require(bool(self._media or self._infos))

    def read(self, kind: str) -> Iterator[Item]:
        """Yield the videos; there is nothing else."""
        if kind != formats.VIDEOS:
            return
        left = set(self._infos)
        for name in self._media:
            stem = name.rpartition(".")[0]
            left.discard(stem + INFO)
            yield self._video(name, stem)
        for name in sorted(left):
            info = self._info(name)
            if info.get("_type", "video") == "video":
                yield items.Video(_ref(info, name), media="", file_name="", fields={})

    def _video(self, name: str, stem: str) -> items.Video:
        info = self._info(stem + INFO) if stem + INFO in self._infos else {}
        beside = self._beside.get(stem, [])
        title = values.text(info.get("title"), 300) or values.text(stem.rpartition("/")[2], 120)
        fields: dict[str, object] = {
            "title": title,
            "description": values.long_text(info.get("description")) or self._description(stem),
            "tags": [one for one in _list(info.get("tags")) if isinstance(one, str) and len(one) <= 40][:20],
            "visibility": VISIBILITY,
            "is_sensitive": values.number(info.get("age_limit")) >= ADULT,
        }
        if language := values.text(info.get("language"), 12):
            fields["language"] = language
        if chapters := _chapters(info):
            fields["chapters"] = chapters
        published = _published(info)
        day = values.possible(published)
        if day is not None:
            fields["originally_published_on"] = day.date().isoformat()
        return items.Video(
            ref=_ref(info, name),
            media=name,
            file_name=name.rpartition("/")[2],
            fields=fields,
            created_at=published,
            captions=[
                items.CaptionFile(one, one[len(stem) + 1 :].rpartition(".")[0])
                for one in beside
                if one.lower().endswith(CAPTION_SUFFIXES)
            ],
            thumbnail=next((one for one in beside if one.lower().endswith(IMAGE_SUFFIXES)), ""),
        )

    def _info(self, name: str) -> dict[str, object]:
        return self._files.document(formats.VIDEOS, name, MAX_INFO_BYTES)

    def _description(self, stem: str) -> str:
        name = f"{stem}.description"
        if self._files.container.size(name) is None:
            return ""
        try:
            return self._files.texts.read(name, MAX_DESCRIPTION_BYTES).decode("utf-8", "replace")
        except BadArchive as error:
            self._files.report.note(formats.VIDEOS, REFUSED, error.code, title=name)
            return ""


def _ref(info: dict[str, object], name: str) -> VideoRef:
    number, site = values.text(info.get("id"), 100), values.text(info.get("extractor_key"), 60)
    title = values.text(info.get("title"), 200) or values.text(name.rpartition("/")[2], 200)
    return VideoRef(
        f"{site}:{number}" if number else f"file:{name}"[:300], title, values.url(info.get("webpage_url"))
    )


def _published(info: dict[str, object]) -> datetime | None:
    moment = values.moment(info.get("release_timestamp")) or values.moment(info.get("timestamp"))
    day = values.text(info.get("upload_date"), 8)
    if moment is None and len(day) == 8 and day.isdecimal():
        try:
            moment = datetime.strptime(day, "%Y%m%d").replace(tzinfo=UTC)
        except ValueError:
            return None
    return moment


def _chapters(info: dict[str, object]) -> list[dict[str, object]]:
    return [
        {"start": values.number(one.get("start_time")), "title": values.text(one.get("title"), 100)}
        for one in values.objects(info.get("chapters"), 1_000)
    ]


def _stems(name: str) -> list[str]:
    """Return the names without suffix that a video may have which a file is about, the shortest first."""
    folder, slash, own = name.rpartition("/")
    parts = own.rsplit(".", MAX_SUFFIXES)
    return [f"{folder}{slash}{'.'.join(parts[:count])}" for count in range(1, len(parts))]


def _list(value: object) -> list[object]:
    return value if isinstance(value, list) else []

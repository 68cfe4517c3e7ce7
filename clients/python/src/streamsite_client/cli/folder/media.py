"""Media files of a folder, and the files beside them as yt-dlp writes them.

Whoever made the folder chose the names in it: nothing outside is read, and symbolic links are left out.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

MEDIA = {
    *(
        ".mp4",
        ".m4v",
        ".mov",
        ".mkv",
        ".webm",
        ".avi",
        ".mpg",
        ".mpeg",
        ".ts",
        ".mts",
        ".m2ts",
        ".wmv",
        ".flv",
    ),
    *(".ogv", ".3gp", ".mp3", ".m4a", ".ogg", ".opus", ".flac", ".wav"),
}
CAPTIONS = {".vtt", ".srt", ".ass", ".ssa", ".ttml", ".sbv"}
IMAGES = (".jpg", ".jpeg", ".webp", ".png")
# What yt-dlp has not finished: single formats, and files before they are renamed.
UNFINISHED = re.compile(r"(\.f\d+(-\w+)?|\.temp)\.\w+\Z", re.IGNORECASE)
LANGUAGE = re.compile(r"\A[A-Za-z]{2,3}(-[A-Za-z0-9]{1,8})*\Z")


@dataclass(frozen=True)
class CaptionFile:
    """A file of captions and its language, by its name."""

    path: Path
    language: str


@dataclass
class MediaFile:
    """A media file with what lies beside it. ``name`` is its path within the folder."""

    path: Path
    name: str
    info: Path | None = None
    thumbnail: Path | None = None
    captions: list[CaptionFile] = field(default_factory=list)
    left_out: list[str] = field(default_factory=list)

    def files(self) -> Iterator[Path]:
        """Yield all of its files."""
        yield self.path
        yield from (path for path in (self.info, self.thumbnail) if path)
        yield from (caption.path for caption in self.captions)


def find_media(folder: Path) -> tuple[list[MediaFile], list[str]]:
    """Return the media files of a folder and its subfolders by name, and names that are left out with the reason."""
    found, left_out = [], []
    for parent, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        files = {name for name in names if not name.startswith(".")}
        for name in sorted(files):
            path = Path(parent, name)
            if path.suffix.lower() not in MEDIA or UNFINISHED.search(name):
                continue
            shown = path.relative_to(folder).as_posix()
            if path.is_symlink() or not path.is_file():
                left_out.append(f"{shown}: not a regular file")
                continue
            found.append(_with_neighbors(path, shown, files))
    return found, left_out


def _with_neighbors(path: Path, shown: str, names: set[str]) -> MediaFile:
    media = MediaFile(path, shown)
    stem = path.stem
    for name in sorted(names):
        if not name.startswith(f"{stem}.") or name == path.name:
            continue
        beside = path.with_name(name)
        # Reading a pipe would wait for its writer.
        if beside.is_symlink() or not beside.is_file():
            media.left_out.append(f"{name}: not a regular file")
            continue
        rest = name.removeprefix(stem)
        if rest == ".info.json":
            media.info = beside
        elif rest.lower() in IMAGES:
            media.thumbnail = media.thumbnail or beside
        elif beside.suffix.lower() in CAPTIONS:
            language = rest.removesuffix(beside.suffix).removeprefix(".")
            if language and not LANGUAGE.match(language):
                media.left_out.append(f"{name}: {language!r} is not a language")
            else:
                media.captions.append(CaptionFile(beside, language))
    return media

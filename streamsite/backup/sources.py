"""Where the site keeps files: the folder ``media`` here; apps register others, such as a bucket, by a name."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from django.conf import settings

from streamsite import site_id, trash
from streamsite.backup.entries import Entry, Key, checked_parts
from streamsite.backup.errors import BackupError
from streamsite.backup.objects import Objects

FILE_MODE, FOLDER_MODE = 0o640, 0o750
NOT_COPIED = {site_id.FILE, site_id.COUNT_FILE, trash.NAME}


@dataclass(frozen=True)
class Found:
    """A file of a source: its name, with the source's before it, size and stamp."""

    name: str
    size: int
    stamp: str

    @property
    def key(self) -> Key:
        """The order of files."""
        return tuple(self.name.split("/"))


class Source(Protocol):
    """A place with files. Paths are relative, with slashes."""

    def files(self) -> Iterator[Found]:
        """Yield all files, ordered by their keys."""

    def open(self, path: str) -> AbstractContextManager[Path]:
        """Give the file as one on the disk. Raises ``FileNotFoundError`` when it is gone."""

    def require_site(self, site: str) -> None:
        """Raise ``BackupError`` when the place belongs to another site than the one with this id."""

    def has(self, entry: Entry, path: str) -> bool:
        """Return whether a file is there with the same contents. Raises ``BackupError`` for a bad name."""

    def restore(self, entry: Entry, path: str, objects: Objects) -> bool:
        """Write a file unless it is there with the same contents; return whether it was written."""


_registered: dict[str, tuple[Callable[[], bool], Callable[[], Source]]] = {}


def register_source(name: str, *, is_used: Callable[[], bool], make: Callable[[], Source]) -> None:
    """Add a place in which an app keeps files, when ``is_used`` says so."""
    _registered[name] = (is_used, make)


def used_sources() -> dict[str, Source]:
    """Return the sources of this site, ordered by name."""
    found = {name: make() for name, (is_used, make) in sorted(_registered.items()) if is_used()}
    return dict(sorted((found | {FolderSource.name: FolderSource()}).items()))


class FolderSource:
    """The folder ``media`` of the data folder, without its trash and what is being written."""

    name = "media"

    def __init__(self) -> None:
        self._root = Path(settings.MEDIA_ROOT)

    def files(self) -> Iterator[Found]:
        """Yield all files, ordered by their keys. Links are followed at the top only: disks may be mounted there."""
        for entry in _sorted(self._root):
            if entry.name not in NOT_COPIED:
                yield from self._walk(entry, entry.name, follow=True)

    def _walk(self, entry: os.DirEntry[str], path: str, *, follow: bool) -> Iterator[Found]:
        if entry.name.startswith("."):
            return
        try:
            if entry.is_dir(follow_symlinks=follow):
                for child in _sorted(Path(entry.path)):
                    yield from self._walk(child, f"{path}/{child.name}", follow=False)
            elif entry.is_file(follow_symlinks=False):
                facts = entry.stat(follow_symlinks=False)
                yield Found(f"{self.name}/{path}", facts.st_size, str(facts.st_mtime_ns))
        except FileNotFoundError:  # deleted meanwhile
            return

    def open(self, path: str) -> AbstractContextManager[Path]:
        """Give the file. Raises ``FileNotFoundError`` when it is gone."""
        return nullcontext(self._root / path)

    def require_site(self, site: str) -> None:
        """Raise ``BackupError`` when the folder belongs to another site."""
        try:
            found = site_id.read_folder_id(self._root)
        except site_id.SiteMismatch as error:
            raise BackupError(str(error)) from None
        if found and found != site:
            raise BackupError(
                f"The data folder belongs to another site (id {found[:8]}) than the backup ({site[:8]})."
                " Check STREAMSITE_DATA_DIR; --other-site makes it the backup's."
            )

    def has(self, entry: Entry, path: str) -> bool:
        """Return whether a file is there with the same contents."""
        first = checked_parts(entry.name)[1]
        if first in NOT_COPIED:
            raise BackupError(f"The backup has a file with the name {entry.name!r}, which is not allowed.")
        return _is_same(self._root / path, entry)

    def restore(self, entry: Entry, path: str, objects: Objects) -> bool:
        """Write a file unless it is there with the same contents; return whether it was written."""
        target = self._root / path
        if not self.has(entry, path):
            target.parent.mkdir(mode=FOLDER_MODE, parents=True, exist_ok=True)
            objects.fetch(entry.digest, target, mode=FILE_MODE)
            _set_time(target, entry.stamp)
            return True
        _set_time(target, entry.stamp)
        return False


def _sorted(folder: Path) -> list[os.DirEntry[str]]:
    try:
        with os.scandir(folder) as entries:
            return sorted(entries, key=lambda entry: entry.name)
    except (FileNotFoundError, NotADirectoryError):
        return []


def _is_same(path: Path, entry: Entry) -> bool:
    try:
        if path.is_symlink() or path.stat().st_size != entry.size:
            return False
        with path.open("rb") as content:
            return hashlib.file_digest(content, "sha256").hexdigest() == entry.digest
    except (FileNotFoundError, NotADirectoryError):
        return False


def _set_time(path: Path, stamp: str) -> None:
    """Give the file its former time, so that the next backup need not read it again."""
    if stamp.isdecimal() and len(stamp) < 20:
        os.utime(path, ns=(int(stamp), int(stamp)))

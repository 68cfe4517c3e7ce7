"""Places that hold backups: a folder here, a bucket in ``bucket_target``. Names are of this package, never a user's."""

from __future__ import annotations

import os
import secrets
import shutil
import threading
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import IO, Protocol

from streamsite import atomic_files, folders

PIECE = 2**20
FILE_MODE = 0o600
PARTIAL, FOLDERS = "tmp", ("objects", "snapshots", "keys")


class Target(Protocol):
    """A place with named contents. Each is there whole or not at all. Raises ``BackupError`` or ``OSError``."""

    label: str
    # Whether asking for a size costs a request.
    is_remote: bool

    def read(self, name: str) -> bytes:
        """Return a whole content. Raises ``FileNotFoundError``."""

    def open(self, name: str) -> AbstractContextManager[IO[bytes]]:
        """Open a content for reading in pieces. Raises ``FileNotFoundError``."""

    def size(self, name: str) -> int | None:
        """Return the size of a content, ``None`` when there is none."""

    def write(self, name: str, content: bytes) -> None:
        """Store a small content; another one of that name is replaced."""

    def send(self, path: Path, name: str) -> None:
        """Store a file."""

    def names(self, folder: str) -> Iterator[str]:
        """Yield the names of all contents of a folder."""

    def delete(self, name: str) -> None:
        """Delete a content, if it is there."""

    def begin(self) -> None:
        """Prepare for writing; remove what killed processes did not finish."""

    def flush(self) -> None:
        """Make everything that was stored durable."""


class FolderTarget:
    """A folder, which nobody but its owner can enter."""

    is_remote = False

    def __init__(self, root: Path) -> None:
        self.root = root
        self.label = str(root)
        self._lock = threading.Lock()
        self._touched: set[Path] = set()

    def read(self, name: str) -> bytes:
        """Return a whole content. Raises ``FileNotFoundError``."""
        return (self.root / name).read_bytes()

    def open(self, name: str) -> IO[bytes]:
        """Open a content for reading in pieces. Raises ``FileNotFoundError``."""
        return (self.root / name).open("rb")

    def size(self, name: str) -> int | None:
        """Return the size of a content, ``None`` when there is none."""
        try:
            return (self.root / name).stat().st_size
        except (FileNotFoundError, NotADirectoryError):
            return None

    def write(self, name: str, content: bytes) -> None:
        """Store a small content; another one of that name is replaced."""
        with self._new(name) as out:
            out.write(content)

    def send(self, path: Path, name: str) -> None:
        """Store a file."""
        with path.open("rb") as content, self._new(name) as out:
            shutil.copyfileobj(content, out, PIECE)

    def names(self, folder: str) -> Iterator[str]:
        """Yield the names of all contents of a folder."""
        place = self.root / folder
        for entry in sorted(os.scandir(place), key=lambda entry: entry.name) if place.is_dir() else ():
            name = f"{folder}/{entry.name}"
            if entry.is_dir(follow_symlinks=False):
                yield from self.names(name)
            else:
                yield name

    def delete(self, name: str) -> None:
        """Delete a content, if it is there."""
        (self.root / name).unlink(missing_ok=True)

    def begin(self) -> None:
        """Make the folder; remove what killed processes did not finish."""
        folders.create(self.root, folders.PRIVATE)
        shutil.rmtree(self.root / PARTIAL, ignore_errors=True)
        for name in (PARTIAL, *FOLDERS):
            folders.create(self.root / name, folders.PRIVATE)

    def flush(self) -> None:
        """Make the names of what was stored durable."""
        with self._lock:
            touched, self._touched = self._touched, set()
        for folder in touched:
            atomic_files.sync_folder(folder)

    @contextmanager
    def _new(self, name: str) -> Iterator[IO[bytes]]:
        """Give a file that has the name ``name`` once it is written and on the disk."""
        partial = self.root / PARTIAL / f"{name.rpartition('/')[2]}.{secrets.token_hex(4)}"
        try:
            with os.fdopen(os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, FILE_MODE), "wb") as out:
                yield out
                out.flush()
                os.fsync(out.fileno())
            target = self.root / name
            if not target.parent.is_dir():
                folders.create(target.parent, folders.PRIVATE)
            partial.rename(target)
            with self._lock:
                self._touched |= {target.parent, target.parent.parent}
        finally:
            partial.unlink(missing_ok=True)

"""Sources of uploads: files on disk, or anything else with a size that can be read from an offset."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Protocol

from streamsite_client.errors import FileChanged


class Source(Protocol):
    """Bytes to upload. ``fingerprint`` is the same for the same bytes, and empty for what is not recognized again."""

    name: str
    size: int
    fingerprint: str

    def read(self, offset: int, length: int) -> bytes:
        """Return ``length`` bytes from ``offset``. Raises ``FileChanged`` when they are not there any more."""


class FileSource:
    """A file on disk."""

    def __init__(self, path: str | os.PathLike[str]) -> None:
        self.path = Path(path)
        self.name = self.path.name
        self._stat = self.path.stat()
        self.size = self._stat.st_size
        self.fingerprint = f"{self.path.resolve()}:{self.size}:{self._stat.st_mtime_ns}"

    def read(self, offset: int, length: int) -> bytes:
        with self.path.open("rb") as file:
            now = os.fstat(file.fileno())
            if (now.st_size, now.st_mtime_ns) != (self.size, self._stat.st_mtime_ns):
                raise FileChanged(f"{self.name} changed while it was uploaded.")
            file.seek(offset)
            return file.read(length)


class BytesSource:
    """Bytes in memory."""

    fingerprint = ""

    def __init__(self, content: bytes, name: str) -> None:
        self._content = content
        self.name = name
        self.size = len(content)

    def read(self, offset: int, length: int) -> bytes:
        return self._content[offset : offset + length]


Uploadable = str | os.PathLike[str] | Source


def opened(source: Uploadable) -> Source:
    """Return a source for a path; a source is returned as it is. Raises ``OSError``."""
    return FileSource(source) if isinstance(source, str | os.PathLike) else source

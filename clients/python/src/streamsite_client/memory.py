"""The record of unfinished uploads, by which another process can continue them."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Protocol, TypedDict

from streamsite_client.stores import locked, read_json, write_private

MAX_ENTRIES = 500


class Begun(TypedDict):
    """An upload that has begun: the key of its creation, and its path on the site once that is known."""

    key: str
    path: str


class UploadMemory(Protocol):
    """A place for unfinished uploads by their fingerprint."""

    def get(self, fingerprint: str) -> Begun | None:
        """Return what is known of an upload."""

    def put(self, fingerprint: str, begun: Begun) -> None:
        """Remember an upload."""

    def forget(self, fingerprint: str) -> None:
        """Forget an upload."""


class FileMemory:
    """Remembers unfinished uploads in a file; the oldest are forgotten beyond 500."""

    def __init__(self, path: str | os.PathLike[str]) -> None:
        self.path = Path(path)

    def get(self, fingerprint: str) -> Begun | None:
        entry = read_json(self.path).get(fingerprint)
        if not isinstance(entry, dict):
            return None
        return {"key": str(entry.get("key", "")), "path": str(entry.get("path", ""))}

    def put(self, fingerprint: str, begun: Begun) -> None:
        with locked(self.path):
            entries = read_json(self.path)
            entries.pop(fingerprint, None)
            entries[fingerprint] = begun
            write_private(self.path, dict(list(entries.items())[-MAX_ENTRIES:]))

    def forget(self, fingerprint: str) -> None:
        with locked(self.path):
            entries = read_json(self.path)
            if entries.pop(fingerprint, None) is not None:
                write_private(self.path, entries)

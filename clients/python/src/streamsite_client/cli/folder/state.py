"""The state file of an imported folder, which keeps a second run from importing anything twice."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from streamsite_client.memory import Begun, UploadMemory
from streamsite_client.stores import locked, read_json, write_private

NAME = ".streamsite-import.json"
BLOCK = 1024 * 1024


class Entry:
    """A media file's video and the steps that are done."""

    def __init__(self, content: dict[str, Any]) -> None:
        self.content = content

    @property
    def video_id(self) -> str:
        """The video; empty while it is not uploaded."""
        return str(self.content.get("video_id", ""))

    @property
    def done(self) -> list[str]:
        """Steps after the upload that need not be taken again."""
        steps = self.content.setdefault("done", [])
        return steps if isinstance(steps, list) else []


class State:
    """The state file for one account on one site. Entries are named by path, and found again by the file's hash."""

    def __init__(self, path: Path, account: str) -> None:
        self.path = path
        self._account = account
        self._content = read_json(path)

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Hold the folder. Raises ``BlockingIOError`` when another import of it is running."""
        with locked(self.path, is_waiting=False):
            self._content = read_json(self.path)
            yield

    @property
    def _entries(self) -> dict[str, Any]:
        entries = self._content.setdefault("accounts", {}).setdefault(self._account, {})
        return entries if isinstance(entries, dict) else {}

    def find(self, name: str, path: Path) -> Entry:
        """Return the entry of a file: that of its name while the file is the same, else that of the same bytes."""
        stat = path.stat()
        mark = {"size": stat.st_size, "mtime_ns": stat.st_mtime_ns}
        known = self._entries.get(name)
        if isinstance(known, dict) and mark.items() <= known.items():
            return Entry(known)
        digest = sha256_of(path)
        for other in self._entries.values():
            if isinstance(other, dict) and other.get("sha256") == digest:
                return Entry({**other, **mark})
        return Entry({**mark, "sha256": digest, "video_id": "", "done": []})

    def save(self, name: str, entry: Entry) -> None:
        """Write an entry to the disk."""
        self._entries[name] = entry.content
        write_private(self.path, self._content)


def sha256_of(path: Path) -> str:
    """Return the hash of a file."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(BLOCK):
            digest.update(block)
    return digest.hexdigest()


class LastingMemory:
    """A memory of uploads that forgets one only when told by ``forget_now``: once its video is in the state file."""

    def __init__(self, memory: UploadMemory) -> None:
        self._memory = memory
        self._finished: list[str] = []

    def get(self, fingerprint: str) -> Begun | None:
        return self._memory.get(fingerprint)

    def put(self, fingerprint: str, begun: Begun) -> None:
        self._memory.put(fingerprint, begun)

    def forget(self, fingerprint: str) -> None:
        self._finished.append(fingerprint)

    def forget_now(self) -> None:
        """Forget what has been finished."""
        while self._finished:
            self._memory.forget(self._finished.pop())

"""The files of a backup: every file of the site's sources, copied when its contents are not in the backup yet.

What a former snapshot knows by name, size and stamp is not read again. Files and former entries are walked together in
their order, so that memory does not grow with their number.
"""

from __future__ import annotations

import logging
import tempfile
import time
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import TypedDict

from django.conf import settings

from streamsite.backup.entries import Entry, EntryWriter, Key, read_entries
from streamsite.backup.errors import Damaged
from streamsite.backup.objects import FileChanged, Objects
from streamsite.backup.sources import Found, Source
from streamsite.backup.targets import PIECE
from streamsite.progress import Progress

logger = logging.getLogger("streamsite.backup")

THREADS, AHEAD = 4, 32
TRIES = 2
STATE_SECONDS = 20.0


class MediaState(TypedDict):
    """The state of a walk: digests of pages of entries, the last name in them, and how much was copied."""

    pages: list[str]
    last: str
    files: int
    bytes: int
    copied: int


def empty_state() -> MediaState:
    """Return the state of a walk that has not begun."""
    return {"pages": [], "last": "", "files": 0, "bytes": 0, "copied": 0}


class MediaCopy:
    """Copies the files of ``sources``. ``save`` stores the state, from which a killed walk continues."""

    def __init__(
        self,
        sources: dict[str, Source],
        objects: Objects,
        progress: Progress,
        save: Callable[[], None],
        *,
        is_thorough: bool,
    ) -> None:
        self._sources, self._objects, self._progress, self._save = sources, objects, progress, save
        self._is_thorough = is_thorough

    def walk(self, state: MediaState, former: list[str], *, keep_gone: bool = False) -> None:
        """Add every file after ``state`` to it. ``former`` are the pages of a snapshot, or of the walk before.

        With ``keep_gone`` what is only in ``former`` is added as well: rows of the database may name it.
        """
        writer = EntryWriter(self._objects, state["pages"])
        saved = time.monotonic()
        last = tuple(state["last"].split("/"))
        for entry, copied in self._entries(last, former, keep_gone=keep_gone):
            state["files"] += 1
            state["bytes"] += entry.size
            state["copied"] += copied
            is_due = time.monotonic() - saved > STATE_SECONDS
            if writer.add(entry) or is_due:
                if is_due:
                    writer.end()
                state["last"] = entry.name
                if is_due:
                    self._save()
                    saved = time.monotonic()
        writer.end()

    def _entries(self, last: Key, former: list[str], *, keep_gone: bool) -> Iterator[tuple[Entry, int]]:
        """Yield entries with the bytes that were copied for them, in order; several files are copied at a time."""
        pairs = merge(
            (found for found in self._found() if found.key > last),
            (entry for entry in self._former(former, is_needed=keep_gone) if entry.key > last),
        )
        waiting: deque[Future[tuple[Entry | None, int]]] = deque()
        with ThreadPoolExecutor(THREADS) as pool:
            try:
                for found, known in pairs:
                    if found is not None:
                        waiting.append(pool.submit(self._entry, found, known, keep_gone))
                    elif known is not None and keep_gone:
                        done: Future[tuple[Entry | None, int]] = Future()
                        done.set_result((known, 0))
                        waiting.append(done)
                    while len(waiting) > AHEAD:
                        yield from _present(waiting.popleft())
                while waiting:
                    yield from _present(waiting.popleft())
            finally:
                pool.shutdown(cancel_futures=True)

    def _former(self, pages: list[str], *, is_needed: bool) -> Iterator[Entry]:
        """Yield former entries. Without damaged ones files are only read again, unless they ``is_needed``."""
        try:
            yield from read_entries(self._objects, pages)
        except Damaged as error:
            if is_needed:
                raise
            logger.warning("backup: the former list of files is not used: %s", error)

    def _found(self) -> Iterator[Found]:
        for _, source in sorted(self._sources.items()):
            yield from source.files()

    def _entry(self, found: Found, known: Entry | None, keep_gone: bool) -> tuple[Entry | None, int]:
        """Return the entry of a file, and how many bytes were copied; ``None`` when it is gone meanwhile."""
        if known is not None and self._is_known(found, known):
            self._progress.step(1, found.size)
            return known, 0
        try:
            digest, size, was_there = self._copy(found)
        except FileNotFoundError:
            return (known if keep_gone else None), 0
        self._progress.step(1, size)
        return Entry(found.name, size, digest, found.stamp), 0 if was_there else size

    def _is_known(self, found: Found, known: Entry) -> bool:
        if self._is_thorough or (found.size, found.stamp) != (known.size, known.stamp):
            return False
        # Asking a bucket for every file would take longer than copying; verifying finds what is missing there.
        return self._objects.target.is_remote or self._objects.holds(known.digest, known.size)

    def _copy(self, found: Found) -> tuple[str, int, bool]:
        source, _, path = found.name.partition("/")
        with self._sources[source].open(path) as file:
            for _ in range(TRIES):
                try:
                    return self._objects.put_file(file)
                except FileChanged:
                    continue
            # It is being written, as are those of a video in processing: what it has at one moment.
            with tempfile.TemporaryDirectory(dir=settings.WORK_DIR, prefix=".backup-") as folder:
                copy = Path(folder) / "copy"
                with file.open("rb") as content, copy.open("wb") as out:
                    while piece := content.read(PIECE):
                        out.write(piece)
                return self._objects.put_file(copy)


def _present(done: Future[tuple[Entry | None, int]]) -> Iterator[tuple[Entry, int]]:
    entry, copied = done.result()
    if entry is not None:
        yield entry, copied


def merge(files: Iterator[Found], entries: Iterator[Entry]) -> Iterator[tuple[Found | None, Entry | None]]:
    """Yield what two ordered iterators have of each name."""
    file, entry = next(files, None), next(entries, None)
    while file is not None or entry is not None:
        if entry is None or (file is not None and file.key < entry.key):
            yield file, None
            file = next(files, None)
        elif file is None or entry.key < file.key:
            yield None, entry
            entry = next(entries, None)
        else:
            yield file, entry
            file, entry = next(files, None), next(entries, None)

"""Files in a backup: entries in pages of lines, ordered by the parts of their names.

A name is ``<source>/<path>``, such as ``media/videos/AAAAAAAAAAA/x/master.m3u8``. Names of a backup are used only as
far as ``checked_parts`` allows: a hostile one must not write elsewhere.
"""

from __future__ import annotations

import json
import re
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from streamsite.backup.errors import Damaged
from streamsite.backup.objects import DIGEST, Objects

SOURCE = re.compile(r"\A[a-z]{1,20}\Z")
PART = re.compile(r"\A[^./\\\x00-\x1f\x7f][^/\\\x00-\x1f\x7f]{0,254}\Z")
MAX_PARTS = 20
# A page ends after about so many bytes, where the checksum of a name says so: an added file changes one page only.
MIN_PAGE, MAX_PAGE, CUTS = 64 * 2**10, 2 * 2**20, 256
Key = tuple[str, ...]


@dataclass(frozen=True)
class Entry:
    """A file: its name, size and SHA-256. ``stamp`` changes whenever its source writes it."""

    name: str
    size: int
    digest: str
    stamp: str

    @property
    def key(self) -> Key:
        """The order of entries."""
        return tuple(self.name.split("/"))


def is_cut(key: bytes, size: int, *, least: int = MIN_PAGE, most: int = MAX_PAGE, cuts: int = CUTS) -> bool:
    """Return whether a page of ``size`` bytes ends after what has this key. The same contents give the same pages."""
    return size >= most or (size >= least and zlib.crc32(key) % cuts == 0)


def checked_parts(name: str) -> Key:
    """Return source and parts of the path. Raises ``Damaged`` for a name that may not be written."""
    source, *parts = name.split("/")
    if not SOURCE.match(source) or not 0 < len(parts) <= MAX_PARTS or not all(map(PART.match, parts)):
        raise Damaged(f"The backup has a file with the name {name[:200]!r}, which is not allowed.")
    return (source, *parts)


class EntryWriter:
    """Stores entries in pages; ``digests`` are those of the pages."""

    def __init__(self, objects: Objects, digests: list[str]) -> None:
        self._objects, self.digests = objects, digests
        self._lines: list[bytes] = []
        self._size = 0

    def add(self, entry: Entry) -> bool:
        """Add an entry; return whether a page was stored."""
        line = json.dumps([entry.name, entry.size, entry.digest, entry.stamp]).encode() + b"\n"
        self._lines.append(line)
        self._size += len(line)
        if not is_cut(entry.name.encode(), self._size):
            return False
        self.end()
        return True

    def end(self) -> None:
        """Store what waits."""
        if self._lines:
            self.digests.append(self._objects.put_page(b"".join(self._lines)))
            self._lines, self._size = [], 0


def read_entries(objects: Objects, digests: Iterable[str]) -> Iterator[Entry]:
    """Yield the entries of pages, with allowed names and in their order. Raises ``Damaged``."""
    last: Key = ()
    for digest in digests:
        for line in objects.read_page(digest).splitlines():
            entry = _parsed(line)
            key = checked_parts(entry.name)
            if key <= last:
                raise Damaged("The list of files is not in order.")
            last = key
            yield entry


def _parsed(line: bytes) -> Entry:
    try:
        name, size, digest, stamp = json.loads(line)
        entry = Entry(str(name), int(size), str(digest), str(stamp))
    except (ValueError, TypeError, RecursionError):
        raise Damaged("The list of files cannot be read.") from None
    if not DIGEST.match(entry.digest) or entry.size < 0:
        raise Damaged("The list of files cannot be read.")
    return entry

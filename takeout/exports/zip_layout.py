"""A ZIP archive that is not written as one file, because it would double the media that it contains.

The archive is a list of parts: pieces of one file with everything that is made for the archive (headers, texts, the
directory), and whole files that are linked beside it. Sizes and checksums are known before, so every byte has its
place, and any range of the archive can be sent. Files are stored as they are; texts are compressed. Entries and
archives above 4 GiB use the fields of ZIP64 (APPNOTE.TXT 6.3.9, sections 4.3 and 4.5).
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import struct
import zlib
from bisect import bisect_right
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO, NamedTuple

from streamsite import atomic_files
from streamsite.space.reservations import hold_space

LAYOUT, TEXTS, FILES = "layout.json", "texts", "files"
STORED, DEFLATED = 0, 8
UTF8_NAME = 0x0800
VERSION, VERSION_ZIP64 = 20, 45
# The most that the fields without ZIP64 hold.
MAX_32, MAX_16 = 0xFFFFFFFF, 0xFFFF
# From here on numbers go into the fields of ZIP64.
LARGE, MANY = MAX_32, MAX_16
# A regular file that everybody may read, as Unix notes it.
ATTRIBUTES = 0o100644 << 16
# 1980-01-01, the first moment that the format knows: times are in the texts.
DOS_DATE = 0x21
READ_BYTES = 1024**2


@dataclass(frozen=True)
class Part:
    """``length`` bytes of the archive from ``start`` on: those of ``name`` from ``offset`` on."""

    start: int
    length: int
    name: str
    offset: int


class FileFacts(NamedTuple):
    """The size in bytes and the SHA-256 in hexadecimal of a file that was added."""

    size: int
    sha256: str


@dataclass
class _Entry:
    name: bytes
    method: int
    crc: int
    packed: int
    size: int
    start: int = 0


@dataclass
class ZipLayout:
    """An archive that grows in ``folder``. Call ``finish`` once everything is added."""

    folder: Path
    on_bytes: Callable[[int], None] = lambda count: None
    size: int = 0
    _parts: list[Part] = field(default_factory=list)
    _entries: list[_Entry] = field(default_factory=list)
    _names: set[str] = field(default_factory=set)
    _written: int = 0
    _out: BinaryIO | None = None

    def add_text(self, name: str, content: bytes) -> None:
        """Add a compressed entry."""
        packer = zlib.compressobj(6, zlib.DEFLATED, -zlib.MAX_WBITS)
        packed = packer.compress(content) + packer.flush()
        self._begin(_Entry(name.encode(), DEFLATED, zlib.crc32(content), len(packed), len(content)))
        self._write(packed)

    def add_file(self, name: str, path: Path) -> FileFacts:
        """Add a file as it is: by a link, or by a copy where the disk allows no link. ``path`` may go afterwards.

        Raises ``FileNotFoundError``, and then nothing is added.
        """
        linked = self.folder / FILES / str(len(self._entries))
        linked.parent.mkdir(mode=0o700, exist_ok=True)
        _link_or_copy(path, linked)
        crc, size, digest = 0, 0, hashlib.sha256()
        with linked.open("rb") as content:
            while piece := content.read(READ_BYTES):
                crc = zlib.crc32(piece, crc)
                size += len(piece)
                digest.update(piece)
                self.on_bytes(len(piece))
        self._begin(_Entry(name.encode(), STORED, crc, size, size))
        if size:
            self._parts.append(Part(self.size, size, f"{FILES}/{linked.name}", 0))
            self.size += size
        return FileFacts(size, digest.hexdigest())

    def finish(self) -> int:
        """Write the directory and the layout; return the archive's size in bytes."""
        start = self.size
        for entry in self._entries:
            self._write(_directory_header(entry))
        self._write(_directory_end(len(self._entries), self.size - start, start))
        if self._out is not None:
            self._out.flush()
            os.fsync(self._out.fileno())
            self._out.close()
        parts = [[part.start, part.length, part.name, part.offset] for part in self._parts]
        atomic_files.write_atomically(self.folder / LAYOUT, json.dumps({"size": self.size, "parts": parts}))
        return self.size

    def _begin(self, entry: _Entry) -> None:
        name = entry.name.decode()
        if name in self._names:
            raise ValueError(f"the archive has {name} already")
        self._names.add(name)
        entry.start = self.size
        self._entries.append(entry)
        self._write(_local_header(entry))

    def _write(self, content: bytes) -> None:
        if self._out is None:
            self._out = (self.folder / TEXTS).open("wb")
        self._out.write(content)
        last = self._parts[-1] if self._parts else None
        if last is not None and last.name == TEXTS:
            self._parts[-1] = Part(last.start, last.length + len(content), TEXTS, last.offset)
        else:
            self._parts.append(Part(self.size, len(content), TEXTS, self._written))
        self._written += len(content)
        self.size += len(content)


def _link_or_copy(path: Path, target: Path) -> None:
    try:
        os.link(path, target)
    except FileNotFoundError:
        raise
    except OSError:  # another disk, or one without links
        size = path.stat().st_size
        with hold_space(size, written=lambda: target.stat().st_size if target.exists() else 0):
            shutil.copyfile(path, target)


def _extra(*values: int) -> bytes:
    """Return the ZIP64 field with those of the values that do not fit elsewhere."""
    return struct.pack(f"<HH{len(values)}Q", 1, 8 * len(values), *values) if values else b""


def _local_header(entry: _Entry) -> bytes:
    is_large = max(entry.packed, entry.size) >= LARGE
    extra = _extra(entry.size, entry.packed) if is_large else b""
    packed, size = (MAX_32, MAX_32) if is_large else (entry.packed, entry.size)
    version = VERSION_ZIP64 if is_large else VERSION
    head = (0x04034B50, version, UTF8_NAME, entry.method, 0, DOS_DATE, entry.crc, packed, size)
    return struct.pack("<IHHHHHIIIHH", *head, len(entry.name), len(extra)) + entry.name + extra


def _directory_header(entry: _Entry) -> bytes:
    is_large = max(entry.packed, entry.size) >= LARGE
    is_late = entry.start >= LARGE
    extra = _extra(*((entry.size, entry.packed) if is_large else ()), *((entry.start,) if is_late else ()))
    packed, size = (MAX_32, MAX_32) if is_large else (entry.packed, entry.size)
    version = VERSION_ZIP64 if extra else VERSION
    made_by = 3 << 8 | version
    head = (0x02014B50, made_by, version, UTF8_NAME, entry.method, 0, DOS_DATE, entry.crc, packed, size)
    tail = (len(entry.name), len(extra), 0, 0, 0, ATTRIBUTES, MAX_32 if is_late else entry.start)
    return struct.pack("<IHHHHHHIIIHHHHHII", *head, *tail) + entry.name + extra


def _directory_end(count: int, size: int, start: int) -> bytes:
    end = b""
    is_large = count >= MANY or size >= LARGE or start >= LARGE
    if is_large:
        fields = (0x06064B50, 44, 3 << 8 | VERSION_ZIP64, VERSION_ZIP64, 0, 0, count, count, size, start)
        end = struct.pack("<IQHHIIQQQQ", *fields)
        end += struct.pack("<IIQI", 0x07064B50, 0, start + size, 1)
    few, directory = (MAX_16, (MAX_32, MAX_32)) if is_large else (count, (size, start))
    fields_32 = (0x06054B50, 0, 0, few, few, *directory, 0)
    return end + struct.pack("<IHHHHIIH", *fields_32)


class StoredArchive:
    """A finished archive. Raises ``OSError`` when it is not there."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        stored = json.loads((folder / LAYOUT).read_bytes())
        self.size: int = stored["size"]
        self._parts = [Part(*row) for row in stored["parts"]]
        self._starts = [part.start for part in self._parts]

    @property
    def modified(self) -> float:
        """When it was finished, in seconds since 1970."""
        return (self._folder / LAYOUT).stat().st_mtime

    def read(self, first: int, length: int, piece: int) -> Iterator[bytes]:
        """Yield ``length`` bytes from ``first`` on, in pieces of at most ``piece`` bytes."""
        end = min(first + length, self.size)
        number = bisect_right(self._starts, first) - 1
        while first < end:
            part = self._parts[number]
            stop = min(end, part.start + part.length)
            yield from self._read_part(part, first, stop, piece)
            first, number = stop, number + 1

    def _read_part(self, part: Part, first: int, stop: int, piece: int) -> Iterator[bytes]:
        with (self._folder / part.name).open("rb") as content:
            content.seek(part.offset + first - part.start)
            while first < stop:
                found = content.read(min(piece, stop - first))
                if not found:
                    raise OSError(f"{part.name} is shorter than it was")
                yield found
                first += len(found)

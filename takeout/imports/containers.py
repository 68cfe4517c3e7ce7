"""Files of an archive, from a ZIP file or a folder, by names that are only looked up and never become paths.

A ZIP file is the work of an attacker: its directory is measured before it is read, entries that overlap, expand to
hundreds of times their size, or are no plain files are left out, and nothing is ever read beyond its declared size.
"""

from __future__ import annotations

import os
import re
import stat
import struct
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, Protocol, cast

from takeout.imports import codes
from takeout.imports.errors import BadArchive

MAX_ENTRIES, MAX_DIRECTORY_BYTES, MAX_NAME = 100_000, 48 * 1024**2, 1_000
# Of one text, and of all texts of an import.
MAX_TEXT_BYTES, MAX_ALL_TEXT_BYTES = 256 * 1024**2, 2 * 1024**3
# Texts of history compress twentyfold, media hardly at all.
MAX_RATIO, FREE_OF_RATIO = 250, 4 * 1024**2
END, END_BYTES, MAX_COMMENT = b"PK\x05\x06", 22, 65_535
END_64, LOCATOR_64 = b"PK\x06\x06", b"PK\x06\x07"
END_64_BYTES, LOCATOR_64_BYTES = 56, 20
HEADER, HEADER_BYTES = b"PK\x01\x02", 46
PIECE_BYTES = 256 * 1024
_ODD = re.compile(r"[\x00-\x1f\x7f\\:]")
READ_ERRORS = (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, RuntimeError)


class Container(Protocol):
    """The files of an archive. ``left_out`` are names that cannot be read, with codes."""

    left_out: list[tuple[str, str]]

    @property
    def names(self) -> list[str]:
        """The names of all files, with slashes, in order."""
        ...

    def size(self, name: str) -> int | None:
        """Return the size of a file in bytes; ``None`` when there is none."""
        ...

    def open(self, name: str) -> Iterator[bytes]:
        """Yield the content of a file in pieces. Raises ``BadArchive``."""
        ...


class Texts:
    """Reads texts of a container within a budget for all of them."""

    def __init__(self, container: Container) -> None:
        self._container = container
        self._left = MAX_ALL_TEXT_BYTES

    def pieces(self, name: str, most: int = MAX_TEXT_BYTES) -> Iterator[bytes]:
        """Yield the content of a text of at most ``most`` bytes. Raises ``BadArchive``."""
        size = self._container.size(name)
        if size is None:
            raise BadArchive(codes.UNREADABLE, name)
        if size > most:
            raise BadArchive(codes.TOO_LARGE, name)
        self.spend(size)
        yield from self._container.open(name)

    def peek(self, name: str, most: int) -> bytes:
        """Return the beginning of a text, at most ``most`` bytes of one piece. Raises ``BadArchive``."""
        self.spend(min(self._container.size(name) or 0, PIECE_BYTES))
        return next(self._container.open(name), b"")[:most]

    def spend(self, count: int) -> None:
        """Take so many bytes off the budget. Raises ``BadArchive`` when it has less."""
        if count > self._left:
            raise BadArchive(codes.TOO_LARGE)
        self._left -= count

    def read(self, name: str, most: int) -> bytes:
        """Return the content of a text of at most ``most`` bytes. Raises ``BadArchive``."""
        return b"".join(self.pieces(name, most))


class ZipContainer:
    """The files of a ZIP file. Raises ``BadArchive`` for what is none or is too much."""

    def __init__(self, path: Path) -> None:
        self.left_out: list[tuple[str, str]] = []
        _require_small_directory(path)
        try:
            self._zip = zipfile.ZipFile(path)
        except (*READ_ERRORS, ValueError, UnicodeError, struct.error):
            raise BadArchive(codes.NOT_ZIP) from None
        entries = self._zip.infolist()
        if len(entries) > MAX_ENTRIES:
            raise BadArchive(codes.TOO_MANY)
        if sum(entry.compress_size for entry in entries) > path.stat().st_size:
            raise BadArchive(codes.BOMB)
        self._entries: dict[str, zipfile.ZipInfo] = {}
        for entry in entries:
            if entry.is_dir():
                continue
            code = _problem(entry, self._entries)
            if code:
                self.left_out.append((entry.filename[:200], code))
            else:
                self._entries[entry.filename] = entry

    @property
    def names(self) -> list[str]:
        """The names of all files that can be read."""
        return list(self._entries)

    def size(self, name: str) -> int | None:
        """Return the declared size of a file in bytes."""
        entry = self._entries.get(name)
        return entry.file_size if entry is not None else None

    def open(self, name: str) -> Iterator[bytes]:
        """Yield the content of a file, never more than its declared size. Raises ``BadArchive``."""
        entry = self._entries.get(name)
        if entry is None:
            raise BadArchive(codes.UNREADABLE, name)
        try:
            with self._zip.open(entry) as content:
                yield from _pieces(cast(BinaryIO, content), entry.file_size)
        except READ_ERRORS:
            raise BadArchive(codes.DAMAGED, name) from None

    def close(self) -> None:
        """Close the file."""
        self._zip.close()


class FolderContainer:
    """The files of a folder on this machine. Links are never followed."""

    def __init__(self, root: Path) -> None:
        self.left_out: list[tuple[str, str]] = []
        self._root = root
        self._sizes: dict[str, int] = {}
        for folder, folders, files in os.walk(root, followlinks=False):
            folders.sort()
            for name in sorted(files):
                path = Path(folder) / name
                relative = path.relative_to(root).as_posix()
                facts = path.lstat()
                if not stat.S_ISREG(facts.st_mode):
                    self.left_out.append((relative[:200], codes.NOT_A_FILE))
                elif len(self._sizes) >= MAX_ENTRIES:
                    raise BadArchive(codes.TOO_MANY)
                else:
                    self._sizes[relative] = facts.st_size

    @property
    def names(self) -> list[str]:
        """The names of all regular files."""
        return list(self._sizes)

    def size(self, name: str) -> int | None:
        """Return the size of a file in bytes, as it was when the folder was read."""
        return self._sizes.get(name)

    def open(self, name: str) -> Iterator[bytes]:
        """Yield the content of a file. Raises ``BadArchive``."""
        if name not in self._sizes:
            raise BadArchive(codes.UNREADABLE, name)
        try:
            number = os.open(self._root / name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
            with os.fdopen(number, "rb") as content:
                yield from _pieces(content, self._sizes[name])
        except OSError:
            raise BadArchive(codes.UNREADABLE, name) from None

    def close(self) -> None:
        """Do nothing: no file is open."""


@contextmanager
def open_container(path: Path) -> Iterator[ZipContainer | FolderContainer]:
    """Give the files of a ZIP file or of a folder. Raises ``BadArchive``."""
    found = FolderContainer(path) if path.is_dir() else ZipContainer(path)
    try:
        yield found
    finally:
        found.close()


def is_safe_name(name: str) -> bool:
    """Return whether a name is a plain relative path."""
    if not name or len(name) > MAX_NAME or name.startswith("/") or _ODD.search(name):
        return False
    return all(part not in {"", ".", ".."} for part in name.split("/"))


def _pieces(content: BinaryIO, size: int) -> Iterator[bytes]:
    left = size
    while left > 0:
        piece = content.read(min(PIECE_BYTES, left))
        if not piece:
            raise EOFError
        left -= len(piece)
        yield piece


def _problem(entry: zipfile.ZipInfo, known: dict[str, zipfile.ZipInfo]) -> str:
    """Return the code of why an entry is left out, "" when it can be read."""
    mode = entry.external_attr >> 16
    if not is_safe_name(entry.filename) or entry.filename in known:
        return codes.BAD_NAME
    if mode and stat.S_IFMT(mode) not in {0, stat.S_IFREG}:
        return codes.NOT_A_FILE
    if entry.flag_bits & 0x1:
        return codes.ENCRYPTED
    if entry.compress_type not in {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}:
        return codes.NOT_SUPPORTED
    if entry.file_size > FREE_OF_RATIO and entry.file_size > MAX_RATIO * max(1, entry.compress_size):
        return codes.BOMB
    return ""


def _require_small_directory(path: Path) -> None:
    """Raise ``BadArchive`` unless the directory, which is read whole, has a size that fits into memory.

    By the last records of the file (APPNOTE.TXT 6.3.9, 4.3.14 to 4.3.16), and by its own headers, because readers do
    not heed the number of entries.
    """
    with path.open("rb") as content:
        start, size = _find_directory(content)
        content.seek(start)
        directory = content.read(size)
    at = count = 0
    while at < len(directory):
        if not directory.startswith(HEADER, at) or at + HEADER_BYTES > len(directory):
            raise BadArchive(codes.NOT_ZIP)
        count += 1
        if count > MAX_ENTRIES:
            raise BadArchive(codes.TOO_MANY)
        at += HEADER_BYTES + sum(struct.unpack_from("<28x3H", directory, at))


def _find_directory(content: BinaryIO) -> tuple[int, int]:
    """Return where the directory of a ZIP file begins, and its size. Raises ``BadArchive``."""
    length = content.seek(0, os.SEEK_END)
    tail_length = min(length, END_BYTES + MAX_COMMENT + LOCATOR_64_BYTES + END_64_BYTES)
    content.seek(length - tail_length)
    tail = content.read(tail_length)
    at = tail.rfind(END)
    if at < 0 or len(tail) - at < END_BYTES:
        raise BadArchive(codes.NOT_ZIP)
    count, size = struct.unpack("<10xHI6x", tail[at : at + END_BYTES])
    end = length - tail_length + at
    locator = tail[max(0, at - LOCATOR_64_BYTES) : at]
    if locator.startswith(LOCATOR_64):
        # Older readers of Python look before the locator, newer ones where it says: both have to find the same.
        end -= LOCATOR_64_BYTES + END_64_BYTES
        record = tail[max(0, at - LOCATOR_64_BYTES - END_64_BYTES) :]
        if not record.startswith(END_64) or struct.unpack("<8xQ4x", locator) != (end,):
            raise BadArchive(codes.NOT_ZIP)
        count, size = struct.unpack("<32xQQ", record[:48])
    if count > MAX_ENTRIES:
        raise BadArchive(codes.TOO_MANY)
    if size > MAX_DIRECTORY_BYTES:
        raise BadArchive(codes.TOO_LARGE)
    if size > end:
        raise BadArchive(codes.NOT_ZIP)
    return end - size, size

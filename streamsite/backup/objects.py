"""Contents of backups by their SHA-256, ``objects/<two digits>/<digest>``: each is kept once for all snapshots."""

from __future__ import annotations

import hashlib
import os
import re
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from streamsite import atomic_files
from streamsite.backup.errors import Damaged
from streamsite.backup.targets import PIECE, Target

FOLDER = "objects"
DIGEST = re.compile(r"\A[0-9a-f]{64}\Z")
COMPRESSION = 6
# A page has about 8 MiB and one document more; a damaged one is not to fill the memory.
MAX_PAGE_BYTES = 64 * 2**20
# Of a file that is being restored, beside its place. There is one restore at a time.
PARTIAL_SUFFIX = ".restoring"


class Objects:
    """The contents at one target."""

    def __init__(self, target: Target) -> None:
        self.target = target

    def holds(self, digest: str, size: int) -> bool:
        """Return whether the content is there with that size."""
        return self.target.size(name_of(digest)) == size

    def is_there(self, digest: str) -> bool:
        """Return whether there is a content of that digest."""
        return self.target.size(name_of(digest)) is not None

    def put_file(self, path: Path) -> tuple[str, int, bool]:
        """Store a file unless it is there; return digest, size, and whether it was. Raises ``FileChanged``."""
        before = path.stat()
        with path.open("rb") as content:
            digest = hashlib.file_digest(content, "sha256").hexdigest()
        is_new = not self.holds(digest, before.st_size)
        if is_new:
            self.target.send(path, name_of(digest))
        after = path.stat()
        if (before.st_size, before.st_mtime_ns) != (after.st_size, after.st_mtime_ns):
            if is_new:
                self.target.delete(name_of(digest))
            raise FileChanged
        return digest, before.st_size, not is_new

    def put_page(self, page: bytes) -> str:
        """Store a page, compressed, unless it is there; return its digest."""
        packed = zlib.compress(page, COMPRESSION)
        digest = hashlib.sha256(packed).hexdigest()
        if not self.holds(digest, len(packed)):
            self.target.write(name_of(digest), packed)
        return digest

    def read_page(self, digest: str) -> bytes:
        """Return a page. Raises ``Damaged``."""
        try:
            packed = self.target.read(name_of(digest))
        except FileNotFoundError:
            raise Damaged(f"The object {digest} is missing.") from None
        if hashlib.sha256(packed).hexdigest() != digest:
            raise Damaged(f"The object {digest} is damaged.")
        unpacker = zlib.decompressobj()
        try:
            page = unpacker.decompress(packed, MAX_PAGE_BYTES)
        except zlib.error:
            raise Damaged(f"The object {digest} is no page.") from None
        if unpacker.unconsumed_tail or not unpacker.eof:
            raise Damaged(f"The object {digest} is no page.")
        return page

    def fetch(self, digest: str, path: Path, *, mode: int) -> None:
        """Write a content to ``path``, whole or not at all. Raises ``Damaged``.

        What a killed call left beside it is replaced, so that the next one leaves nothing.
        """
        partial = path.with_name(f".{path.name[:100]}{PARTIAL_SUFFIX}")
        partial.unlink(missing_ok=True)
        try:
            with os.fdopen(os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "wb") as out:
                self._copy(digest, out)
                out.flush()
                os.fsync(out.fileno())
            partial.replace(path)
            atomic_files.sync_folder(path.parent)
        finally:
            partial.unlink(missing_ok=True)

    def _copy(self, digest: str, out: IO[bytes]) -> None:
        summed = hashlib.sha256()
        for piece in self._pieces(digest):
            summed.update(piece)
            out.write(piece)
        if summed.hexdigest() != digest:
            raise Damaged(f"The object {digest} is damaged.")

    def problem(self, digest: str, size: int | None, *, is_quick: bool) -> str:
        """Return what is wrong with a content, "" when nothing is. ``is_quick`` looks at its size only."""
        there = self.target.size(name_of(digest))
        if there is None:
            return f"The object {digest} is missing."
        if size is not None and there != size:
            return f"The object {digest} has {there} bytes instead of {size}."
        if is_quick:
            return ""
        summed = hashlib.sha256()
        try:
            for piece in self._pieces(digest):
                summed.update(piece)
        except Damaged as error:
            return str(error)
        return "" if summed.hexdigest() == digest else f"The object {digest} is damaged."

    def _pieces(self, digest: str) -> Iterator[bytes]:
        try:
            with self.target.open(name_of(digest)) as content:
                while piece := content.read(PIECE):
                    yield piece
        except FileNotFoundError:
            raise Damaged(f"The object {digest} is missing.") from None


class FileChanged(Exception):
    """A file was written while it was read."""


def name_of(digest: str) -> str:
    """Return the name of a content at its target."""
    return f"{FOLDER}/{digest[:2]}/{digest}"


def digest_of(name: str) -> str:
    """Return the digest in a content's name, "" when it is something else."""
    digest = name.rpartition("/")[2]
    return digest if DIGEST.match(digest) and name == name_of(digest) else ""

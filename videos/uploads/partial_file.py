"""The file of an unfinished upload: its size *is* the offset, and every write is fenced by it.

A piece is appended under a lock of the file and only when the file ends where the writer believes it ends. Of two
requests that send the same bytes one writes and the other finds the file longer than it expected; a request whose
client is long gone, still blocked in a read, can neither hold the upload up nor write into a finished file.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol

from django.conf import settings
from django.utils.translation import gettext, gettext_lazy

from streamsite import disk
from streamsite.errors import Conflict, TooLarge
from videos.files import paths
from videos.uploads.tus import Checksum, ChecksumMismatch

CHUNK_BYTES = 1024 * 1024
SPACE_CHECK_BYTES = 64 * CHUNK_BYTES


class Body(Protocol):
    """A request's body, read piece by piece."""

    def read(self, size: int, /) -> bytes:
        """Return up to ``size`` bytes, none at the end."""


class OffsetConflict(Conflict):
    """The upload is not where the request says it is; a HEAD tells."""

    detail = gettext_lazy("The upload is at a different offset. Get it with HEAD and resume from there.")


class UploadFileMissing(Exception):
    """The upload's file is not there any more."""


def upload_path(upload_id: str) -> Path:
    """Return the path of an unfinished upload's file."""
    return Path(settings.WORK_DIR) / "uploads" / upload_id


def create_file(upload_id: str) -> None:
    """Create an empty file."""
    path = upload_path(upload_id)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch(mode=0o600, exist_ok=False)


def empty_file(upload_id: str) -> None:
    """Remove all bytes of an unfinished upload, for a sender that begins again. Raises ``UploadFileMissing``."""
    with _opened(upload_id) as descriptor, _locked(descriptor):
        _require_named(descriptor, upload_id)
        os.ftruncate(descriptor, 0)


def received_bytes(upload_id: str) -> int:
    """Return the number of bytes received. Raises ``UploadFileMissing``."""
    try:
        return upload_path(upload_id).stat().st_size
    except FileNotFoundError:
        raise UploadFileMissing from None


def delete_file(upload_id: str) -> None:
    """Delete the file, even while a request writes to it."""
    upload_path(upload_id).unlink(missing_ok=True)


def _unlimited(_reach: int) -> None:
    """Accept every offset."""


def append_bytes(
    upload_id: str,
    body: Body,
    *,
    start: int,
    length: int | None,
    checksum: Checksum | None,
    require_reach: Callable[[int], None] = _unlimited,
    most: int | None = None,
) -> int:
    """Write up to ``length`` bytes of ``body``, or all of it, at ``start``; return the new offset.

    What arrived before the client was gone is kept, so that it need not be sent again; with a checksum all or nothing
    is. ``require_reach`` is asked before each piece whether the file may grow to its end, and raises when it may not.
    A body without a length that has more than ``most`` bytes is refused with the piece that exceeds it, so it never
    fills the upload. Raises ``OffsetConflict``, ``ChecksumMismatch``, ``TooLarge``, ``DiskFull`` or
    ``UploadFileMissing``.
    """
    if length is None:
        pieces = _pieces_to_the_end(body, most, start, require_reach)
    else:
        pieces = _pieces(body, length, start, require_reach)
    if checksum is not None:
        return _append_checked(upload_id, pieces, start=start, length=length, checksum=checksum)
    with _opened(upload_id) as descriptor:
        position = start
        try:
            for piece in pieces:
                position = _write_at(descriptor, upload_id, piece, position)
        finally:
            os.fsync(descriptor)
    return position


def join_files(upload_id: str, pieces: Sequence[tuple[str, int]]) -> bool:
    """Append the files of ``pieces``, ids with their lengths, in order, and delete each once its bytes are durable.

    Safe to repeat after an interruption: a piece that still has its file is copied again from where it begins. Return
    ``False`` while somebody else is at it. Raises ``UploadFileMissing`` when a file is missing, or ``DiskFull``.
    """
    with _opened(upload_id) as descriptor, _locked_unless_busy(descriptor) as is_ours:
        if not is_ours:
            return False
        _require_named(descriptor, upload_id)
        start = 0
        for piece_id, length in pieces:
            if upload_path(piece_id).exists():
                _copy_to(descriptor, piece_id, start)
                delete_file(piece_id)
            start += length
        if os.fstat(descriptor).st_size != start:
            raise UploadFileMissing
    return True


def _copy_to(descriptor: int, piece_id: str, start: int) -> None:
    if os.fstat(descriptor).st_size < start:
        raise UploadFileMissing
    paths.require_space(received_bytes(piece_id))
    # Behind the pieces before stands at most a part of this one.
    os.ftruncate(descriptor, start)
    os.lseek(descriptor, start, os.SEEK_SET)
    try:
        with upload_path(piece_id).open("rb") as piece, os.fdopen(os.dup(descriptor), "wb") as out:
            shutil.copyfileobj(piece, out, CHUNK_BYTES)
        os.fsync(descriptor)
    except FileNotFoundError:
        raise UploadFileMissing from None
    except OSError as error:
        raise disk.as_disk_full(error) from None


def _append_checked(
    upload_id: str, pieces: Iterator[bytes], *, start: int, length: int | None, checksum: Checksum
) -> int:
    """Append by way of a separate file, so that a killed process leaves no unverified bytes in the upload."""
    hasher = hashlib.new(checksum.algorithm, usedforsecurity=False)
    aside = upload_path(upload_id).with_name(f"{upload_id}.{os.urandom(6).hex()}")
    try:
        received = 0
        with aside.open("wb") as out:
            for piece in pieces:
                hasher.update(piece)
                received += out.write(piece)
        if received < (length or 0) or not checksum.matches(hasher):
            raise ChecksumMismatch
        with _opened(upload_id) as descriptor, aside.open("rb") as proven:
            with _locked(descriptor):
                _require(descriptor, upload_id, start)
                with os.fdopen(os.dup(descriptor), "ab") as out:
                    shutil.copyfileobj(proven, out, CHUNK_BYTES)
            os.fsync(descriptor)
    finally:
        aside.unlink(missing_ok=True)
    return start + received


def _pieces(body: Body, length: int, start: int, require_reach: Callable[[int], None]) -> Iterator[bytes]:
    """Yield at most ``length`` bytes; stop early when the client disconnects."""
    left, unchecked = length, SPACE_CHECK_BYTES
    while left > 0:
        if unchecked >= SPACE_CHECK_BYTES:
            paths.require_space(min(left, SPACE_CHECK_BYTES))
            unchecked = 0
        piece = _read(body, min(CHUNK_BYTES, left))
        if not piece:
            return
        left -= len(piece)
        unchecked += len(piece)
        require_reach(start + length - left)
        yield piece


def _pieces_to_the_end(
    body: Body, most: int | None, start: int, require_reach: Callable[[int], None]
) -> Iterator[bytes]:
    """Yield all of a body of unknown length; stop early when the client disconnects.

    Raise ``TooLarge`` in the place of the piece that exceeds ``most``. A piece that reaches it is yielded only once the
    body has ended: with it the upload would be complete.
    """
    taken, unchecked = 0, SPACE_CHECK_BYTES
    while piece := _read(body, CHUNK_BYTES):
        if unchecked >= SPACE_CHECK_BYTES:
            paths.require_space(SPACE_CHECK_BYTES if most is None else min(most - taken, SPACE_CHECK_BYTES))
            unchecked = 0
        taken += len(piece)
        unchecked += len(piece)
        if most is not None and (taken > most or (taken == most and _read(body, 1))):
            raise TooLarge(gettext("The data exceeds the upload's length."))
        require_reach(start + taken)
        yield piece


def _read(body: Body, size: int) -> bytes:
    try:
        return body.read(size)
    except (OSError, ValueError):
        return b""


def _write_at(descriptor: int, upload_id: str, piece: bytes, position: int) -> int:
    with _locked(descriptor):
        _require(descriptor, upload_id, position)
        view = memoryview(piece)
        while view:
            try:
                written = os.pwrite(descriptor, view, position)
            except OSError as error:
                raise disk.as_disk_full(error) from None
            position += written
            view = view[written:]
    return position


def _require(descriptor: int, upload_id: str, position: int) -> None:
    _require_named(descriptor, upload_id)
    if os.fstat(descriptor).st_size != position:
        raise OffsetConflict


def _require_named(descriptor: int, upload_id: str) -> None:
    status = os.fstat(descriptor)
    if not status.st_nlink:
        raise UploadFileMissing
    try:
        is_ours = os.path.samestat(status, upload_path(upload_id).stat())
    except FileNotFoundError:
        raise UploadFileMissing from None
    if not is_ours:
        raise UploadFileMissing


@contextmanager
def _opened(upload_id: str) -> Iterator[int]:
    try:
        descriptor = os.open(upload_path(upload_id), os.O_WRONLY | os.O_CLOEXEC)
    except FileNotFoundError:
        raise UploadFileMissing from None
    try:
        yield descriptor
    finally:
        os.close(descriptor)


@contextmanager
def _locked(descriptor: int) -> Iterator[None]:
    fcntl.flock(descriptor, fcntl.LOCK_EX)
    try:
        yield
    finally:
        fcntl.flock(descriptor, fcntl.LOCK_UN)


@contextmanager
def _locked_unless_busy(descriptor: int) -> Iterator[bool]:
    """Lock the file and yield ``True``, or yield ``False`` at once when another process has the lock."""
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        yield False
        return
    try:
        yield True
    finally:
        fcntl.flock(descriptor, fcntl.LOCK_UN)

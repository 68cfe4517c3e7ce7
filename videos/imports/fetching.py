"""Fetch the file of an import, through the guarded client alone.

A file is appended to the import's upload as it comes. Of an HLS recording, the segments are: where pictures and sound
are apart, both are fetched into the attempt's folder and put together without encoding.
"""

from __future__ import annotations

import logging
import shutil
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from http import HTTPStatus
from pathlib import Path

from django.conf import settings
from django.db.models import F
from django.utils import timezone

from accounts.registration import rules
from streamsite import outbound
from streamsite.errors import Absent, SiteError, TooLarge
from streamsite.outbound import Limits
from streamsite.tasks.errors import RetryLater
from videos import quota
from videos.files import paths
from videos.imports import failures, hls, muxing, services
from videos.imports.failures import ImportFailed, ImportGone
from videos.imports.playlist_hook import playlists
from videos.imports.upload_writer import PlaylistFound, UploadWriter
from videos.models import AddressImport, ImportStatus, Upload, Video
from videos.uploads.partial_file import UploadFileMissing

logger = logging.getLogger("streamsite.imports")

MAX_TRIES = 3
MAX_REDIRECTS = 5
MAX_PLAYLIST_BYTES = 8 * 1024 * 1024
PLAYLIST_SECONDS = 30.0
ATTEMPT = "import"
COPY_BYTES = 1024 * 1024
# A server may be silent for so long, and after the first minute sends at least so many bytes per second, else it would
# keep all other imports waiting.
IDLE_SECONDS, GRACE_SECONDS, MIN_RATE = 30.0, 60.0, 32 * 1024


def run(import_id: str, *, enqueue: Callable[[Video], object]) -> None:
    """Fetch the file of an import and queue its video for processing. Safe to repeat.

    Raises ``RetryLater`` when another try may succeed, ``LeaseLost``, and faults of the site.
    """
    row = _begin(import_id)
    if row is None:
        return
    # For all of a stream's segments together.
    row.ends_at = time.monotonic() + settings.IMPORT_SECONDS
    try:
        _fetch(row, enqueue)
    except (ImportGone, Absent):
        services.fail(row, failures.DELETED)
    except ImportFailed as failure:
        services.fail(row, failure.code)
    except outbound.OutboundRefused as refusal:
        logger.info("import %s refused: %s", row.pk, refusal)
        services.fail(row, failures.URL_REFUSED)
    except (outbound.OutboundTooLarge, TooLarge):
        services.fail(row, failures.TOO_LARGE)
    except paths.DiskFull as error:
        _try_again(row, failures.NO_SPACE, str(error.detail))
    except outbound.OutboundFailed as error:
        _try_again(row, failures.UNREACHABLE, str(error))
    except SiteError as error:
        if error.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
            raise
        services.fail(row, failures.NOT_ALLOWED)


def _begin(import_id: str) -> AddressImport | None:
    """Count a try and return the import; ``None`` when it has ended, is gone, or had too many tries."""
    waiting = AddressImport.objects.filter(pk=import_id, status__in=services.OPEN)
    waiting.update(status=ImportStatus.RUNNING, tries=F("tries") + 1, received=0, total=None)
    row = waiting.select_related("owner").first()
    if row is not None and row.tries > MAX_TRIES:
        # Its worker was killed each time.
        services.fail(row, failures.INTERNAL)
        return None
    return row


def _try_again(row: AddressImport, code: str, reason: str) -> None:
    if row.tries >= MAX_TRIES:
        services.fail(row, code)
        return
    raise RetryLater(reason)


def _fetch(row: AddressImport, enqueue: Callable[[Video], object]) -> None:
    upload = Upload.objects.select_related("video", "owner").filter(pk=row.upload_id).first()
    if upload is None or upload.video is None:
        raise ImportGone
    if upload.finished_at is None:
        writer = _opened(upload, row)
        try:
            _Download(row).into(writer)
            writer.identify()
        except PlaylistFound:
            writer = _opened(upload, row)
            _fetch_stream(row, writer)
        writer.finish(enqueue=enqueue)
    _end(row)


def _opened(upload: Upload, row: AddressImport) -> UploadWriter:
    try:
        return UploadWriter(upload, lambda received: _report(row, received))
    except UploadFileMissing:
        raise ImportGone from None


def _report(row: AddressImport, received: int) -> None:
    """Store how much has come. Raises ``ImportGone`` for an import that was canceled."""
    running = AddressImport.objects.filter(pk=row.pk, status=ImportStatus.RUNNING)
    if not running.update(received=received, total=row.total):
        raise ImportGone


def _end(row: AddressImport) -> None:
    ended = AddressImport.objects.filter(pk=row.pk, status=ImportStatus.RUNNING)
    size = Upload.objects.filter(pk=row.upload_id).values_list("length", flat=True).first() or 0
    if not ended.update(
        status=ImportStatus.READY, received=size, total=size, failure="", finished_at=timezone.now()
    ):
        return
    if row.playlist_id:
        playlists().add(row.owner, row.playlist_id, row.video_id)


class _Download:
    """One file of an import, or a part of one. Every answer but a whole one of success is an error."""

    def __init__(self, row: AddressImport, piece: hls.Piece | None = None) -> None:
        self._row = row
        self._piece = piece or hls.Piece(row.url)
        self._is_whole_file = piece is None

    def into(self, writer: outbound.Writer, *, limit: int | None = None) -> None:
        """Fetch it. Raises ``ImportFailed``, ``OutboundRefused``, ``OutboundFailed``, or what ``writer`` raises."""
        most = rules.max_upload_bytes() if limit is None else limit
        left = self._row.ends_at - time.monotonic()
        if left <= 0:
            raise outbound.OutboundTimeout("The server didn't send everything in time.")
        outbound.request(
            "GET",
            self._piece.url,
            headers=self._piece.range_header,
            limits=Limits(seconds=left, idle_seconds=IDLE_SECONDS, max_bytes=most, redirects=MAX_REDIRECTS),
            into=_Steady(writer),
            began=self._began,
        )

    def _began(self, status: int, headers: Mapping[str, str]) -> None:
        require_success(status)
        if self._piece.length is not None and status != HTTPStatus.PARTIAL_CONTENT:
            raise ImportFailed(failures.UNSUPPORTED_STREAM)
        length = headers.get("content-length", "")
        if self._is_whole_file and length.isascii() and length.isdecimal() and len(length) <= 15:
            self._row.total = int(length)


def require_success(status: int) -> None:
    """Raise ``ImportFailed`` for an answer that another try would get again, ``OutboundFailed`` for others."""
    if status in {HTTPStatus.OK, HTTPStatus.PARTIAL_CONTENT}:
        return
    if status in {HTTPStatus.NOT_FOUND, HTTPStatus.GONE}:
        raise ImportFailed(failures.NOT_FOUND)
    if status in {HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.TOO_MANY_REQUESTS} or status >= 500:
        raise outbound.OutboundFailed(f"The server answered with {status}.")
    raise ImportFailed(failures.DENIED if 400 <= status < 500 else failures.UNREACHABLE)


def _fetch_stream(row: AddressImport, writer: UploadWriter) -> None:
    """Fetch the recording that a playlist names. A segment that is a playlist itself is refused."""
    try:
        _fetch_best(row, writer)
        writer.identify()
    except PlaylistFound:
        raise ImportFailed(failures.UNSUPPORTED_STREAM) from None


def _fetch_best(row: AddressImport, writer: UploadWriter) -> None:
    text, url = _playlist(row.url)
    variant = hls.best_variant(text, url)
    if variant is None:
        _fetch_pieces(row, hls.read_pieces(text, url), writer)
        return
    pictures = hls.read_pieces(*_playlist(variant.url))
    if not variant.sound_url:
        _fetch_pieces(row, pictures, writer)
        return
    sound = hls.read_pieces(*_playlist(variant.sound_url))
    _fetch_both(row, pictures, sound, writer)


def _playlist(url: str) -> tuple[str, str]:
    """Return the text of a playlist, and where it came from. Raises ``ImportFailed`` for another file."""
    limits = Limits(seconds=PLAYLIST_SECONDS, max_bytes=MAX_PLAYLIST_BYTES, redirects=MAX_REDIRECTS)
    answer = outbound.request("GET", url, limits=limits, began=lambda status, _: require_success(status))
    if not hls.is_playlist(answer.body):
        raise ImportFailed(failures.UNSUPPORTED_STREAM)
    return answer.body.decode(errors="replace"), answer.url


def _fetch_pieces(row: AddressImport, pieces: list[hls.Piece], writer: outbound.Writer) -> None:
    """Fetch the pieces of a stream in order, together no more than a file may be."""
    left = rules.max_upload_bytes()
    for piece in pieces:
        counting = _Counting(writer)
        _Download(row, piece).into(counting, limit=left)
        if piece.length is not None and counting.taken != piece.length:
            raise outbound.OutboundFailed("A segment was incomplete.")
        left -= counting.taken


class _Steady:
    """Passes bytes on while they come fast enough. Raises ``OutboundFailed``."""

    def __init__(self, writer: outbound.Writer) -> None:
        self._writer = writer
        self._begun, self._taken = time.monotonic(), 0

    def write(self, data: bytes) -> None:
        """Take the next bytes."""
        self._taken += len(data)
        elapsed = time.monotonic() - self._begun
        if elapsed > GRACE_SECONDS and self._taken < MIN_RATE * elapsed:
            raise outbound.OutboundTimeout("The server sends too slowly.")
        self._writer.write(data)


class _Counting:
    """Passes bytes on and counts them."""

    def __init__(self, writer: outbound.Writer) -> None:
        self._writer = writer
        self.taken = 0

    def write(self, data: bytes) -> None:
        """Take the next bytes."""
        self.taken += len(data)
        self._writer.write(data)


def _fetch_both(
    row: AddressImport, pictures: list[hls.Piece], sound: list[hls.Piece], writer: UploadWriter
) -> None:
    """Fetch pictures and sound, put them together, and write the result."""
    folder = paths.attempt_dir(row.video_id, ATTEMPT)
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    try:
        files = [folder / "pictures", folder / "sound"]
        for path, pieces in zip(files, (pictures, sound), strict=True):
            with path.open("wb") as file:
                _fetch_pieces(row, pieces, _Spooled(row, file.write))
        _copy(muxing.put_together(files[0], files[1], folder / "whole.mkv"), writer)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        with suppress(OSError):
            folder.parent.rmdir()


class _Spooled:
    """Writes to a file beside the upload; looks at quota, space, and the import now and then."""

    EVERY = 8 * 1024 * 1024

    def __init__(self, row: AddressImport, write: Callable[[bytes], object]) -> None:
        self._row, self._write = row, write
        self._taken, self._checked_at = 0, -self.EVERY

    def write(self, data: bytes) -> None:
        """Take the next bytes. Raises ``DiskFull``, ``TooLarge``, ``ImportGone``."""
        self._taken += len(data)
        if self._taken - self._checked_at >= self.EVERY:
            self._checked_at = self._taken
            paths.require_space(self.EVERY)
            quota.require_quota(self._row.owner, more=self._taken)
            _report(self._row, self._taken)
        self._write(data)


def _copy(path: Path, writer: UploadWriter) -> None:
    with path.open("rb") as file:
        while part := file.read(COPY_BYTES):
            writer.write(part)

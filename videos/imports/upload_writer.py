"""The upload that an import writes to: quota, disk space, and the import's existence are checked as it grows."""

from __future__ import annotations

import io
import time
from collections.abc import Callable

from streamsite.tasks.lease import LeaseLost, current_lease
from videos.files import paths
from videos.imports.failures import NOT_MEDIA, ImportFailed, ImportGone
from videos.imports.hls import is_playlist
from videos.models import Upload, Video
from videos.transcoding.errors import UnreadableMedia, UnsupportedMedia
from videos.transcoding.sniff import HEAD_BYTES, sniff_bytes
from videos.uploads import lengths, partial_file
from videos.uploads.services import finish_upload

FLUSH_BYTES = 8 * 1024 * 1024
LOOK_SECONDS = 2.0


class PlaylistFound(Exception):
    """The file is an HLS playlist."""


class UploadWriter:
    """Takes the bytes of a file. ``report`` is called with their number now and then; raises ``ImportGone``."""

    def __init__(self, upload: Upload, report: Callable[[int], None]) -> None:
        self._upload, self._report = upload, report
        self._buffer = bytearray()
        self._is_identified = False
        self._looked_at = time.monotonic()
        self._offset = 0
        partial_file.empty_file(upload.pk)

    @property
    def received(self) -> int:
        """The number of bytes taken."""
        return self._offset + len(self._buffer)

    def write(self, data: bytes) -> None:
        """Take the next bytes.

        Raises ``PlaylistFound``, ``ImportFailed`` for what is not a video, ``ImportGone``, or what an upload raises
        that becomes too large for its owner or the disk.
        """
        self._buffer += data
        if len(self._buffer) >= HEAD_BYTES:
            self.identify()
        if len(self._buffer) >= FLUSH_BYTES:
            self._flush()
        elif time.monotonic() - self._looked_at >= LOOK_SECONDS:
            self._look()

    def finish(self, *, enqueue: Callable[[Video], object]) -> None:
        """Write the rest and queue the file for processing. Raises as ``write`` does."""
        self.identify()
        self._flush()
        lengths.set_length(self._upload, self._offset, self._offset)
        current_lease().check()
        finish_upload(self._upload, enqueue=enqueue)

    def identify(self) -> None:
        """Look at the first bytes, once. Raises ``PlaylistFound``, or ``ImportFailed`` for what is not a video."""
        if self._is_identified:
            return
        head = bytes(self._buffer[:HEAD_BYTES])
        if is_playlist(head):
            raise PlaylistFound
        try:
            sniff_bytes(head)
        except (UnsupportedMedia, UnreadableMedia) as error:
            raise ImportFailed(NOT_MEDIA) from error
        self._is_identified = True

    def _flush(self) -> None:
        self._look()
        reach = self.received
        lengths.require_room(self._upload, reach)
        paths.require_space(len(self._buffer))
        try:
            self._offset = partial_file.append_bytes(
                self._upload.pk,
                io.BytesIO(self._buffer),
                start=self._offset,
                length=len(self._buffer),
                checksum=None,
            )
        except partial_file.UploadFileMissing:
            raise ImportGone from None
        except partial_file.OffsetConflict:
            # Another worker has the import, and began again.
            raise LeaseLost from None
        self._buffer.clear()

    def _look(self) -> None:
        self._looked_at = time.monotonic()
        if current_lease().lost.is_set():
            raise LeaseLost
        self._report(self.received)

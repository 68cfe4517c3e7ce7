"""Upload handlers that put the files of a form into memory, or into a temporary file under checks."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.files.uploadedfile import TemporaryUploadedFile, UploadedFile
from django.core.files.uploadhandler import (
    FileUploadHandler,
    MemoryFileUploadHandler,
    StopUpload,
    TemporaryFileUploadHandler,
)

from streamsite import disk
from streamsite.errors import NotSignedIn

CHECK_BYTES = 16 * 1024**2


class DiscardHandler(FileUploadHandler):
    """Reads files and keeps nothing: no page takes one from somebody who is not signed in."""

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        """Discard a piece of the file."""

    def file_complete(self, file_size: int) -> None:
        """Return no file."""


class FirstFileEnds(DiscardHandler):
    """Ends the parsing of a form where its first file begins."""

    def new_file(self, *args: object, **kwargs: object) -> None:
        """Stop parsing at the first file."""
        raise StopUpload(connection_reset=True)


class MemoryHandler(MemoryFileUploadHandler):
    """Keeps files in memory. The rule of the route bounds them."""

    def handle_raw_input(self, *args: object, **kwargs: object) -> None:
        """Take every file, whatever the length of the body."""
        self.activated = True


class IncomingFile(TemporaryUploadedFile):
    """A temporary file whose name begins with its owner's id; removed when it is closed."""

    def __init__(
        self, owner_id: str, name: str, content_type: str, charset: str | None, extra: dict[str, bytes] | None
    ) -> None:
        file = tempfile.NamedTemporaryFile(  # noqa: SIM115 - closed, and so removed, with the request
            prefix=_prefix(owner_id), suffix=".upload", dir=settings.FILE_UPLOAD_TEMP_DIR
        )
        UploadedFile.__init__(self, file, name, content_type, 0, charset, extra)


def _prefix(owner_id: str) -> str:
    return f"{owner_id}."


def bytes_in_flight(owner_id: str) -> int:
    """Return how many bytes this host has of forms that the account is sending at this moment."""
    total = 0
    for path in Path(settings.FILE_UPLOAD_TEMP_DIR).glob(f"{_prefix(owner_id)}*"):
        try:
            total += path.stat().st_size
        except FileNotFoundError:
            continue
    return total


class DiskHandler(TemporaryFileUploadHandler):
    """Keeps the files of a signed-in caller in temporary files, and looks at the disk before and while they grow.

    Whatever is refused leaves no file behind.
    """

    file: Any = None
    _until_check = CHECK_BYTES

    def new_file(
        self,
        field_name: str,
        file_name: str,
        content_type: str,
        content_length: int | None,
        charset: str | None = None,
        content_type_extra: dict[str, bytes] | None = None,
    ) -> None:
        """Open a temporary file for the next file of the form."""
        user: Any = getattr(self.request, "user", None)
        if user is None or not user.is_authenticated:
            raise NotSignedIn
        FileUploadHandler.new_file(
            self, field_name, file_name, content_type, content_length, charset, content_type_extra
        )
        self.require_room(user)
        self.file = IncomingFile(user.pk, file_name, content_type, charset, content_type_extra)

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        """Write a piece of the file, looking at the free space every ``CHECK_BYTES``."""
        try:
            self.file.write(raw_data)
            self._until_check -= len(raw_data)
            if self._until_check <= 0:
                self._until_check = CHECK_BYTES
                self.file.flush()
                self.require_room(self.request.user)  # type: ignore[union-attr]
        except OSError as error:
            self.file.close()
            raise disk.as_disk_full(error) from None
        except BaseException:
            self.file.close()
            raise

    def require_room(self, user: Any) -> None:
        """Raise when the files may not grow: called as each begins, and after every ``CHECK_BYTES``."""
        disk.require_space(CHECK_BYTES)

"""A video that comes as the file of a form: standing and quota hold before the first byte and while it grows."""

from __future__ import annotations

import hashlib
from typing import Any

from accounts.models import User
from accounts.registration import upload_rights
from streamsite.bodies.handlers import DiskHandler, bytes_in_flight
from streamsite.bodies.rules import REST_OF_FORM
from streamsite.disk import require_space
from streamsite.space.reservations import reserved_bytes
from videos import quota, strikes


class VideoHandler(DiskHandler):
    """Refuses a file as soon as it is known to be too much, by the form's length or by the bytes that have come.

    Forms of the account that arrive at the same time on this host count together.
    """

    _is_announced = False
    _hasher: hashlib._Hash

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        """Start a file and its hash."""
        super().new_file(*args, **kwargs)
        self._hasher = hashlib.sha256()

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        """Write a chunk and hash it."""
        super().receive_data_chunk(raw_data, start)
        self._hasher.update(raw_data)

    def file_complete(self, file_size: int) -> Any:
        """Return the file, with its hash as ``sha256``."""
        file: Any = super().file_complete(file_size)
        if file is not None:
            file.sha256 = self._hasher.hexdigest()
        return file

    def require_room(self, user: User) -> None:
        """Raise unless the account may publish and its quota has room for this file and others in flight."""
        super().require_room(user)
        more = bytes_in_flight(user.pk)
        if not self._is_announced:
            self._is_announced = True
            upload_rights.require_may_upload(user)
            strikes.require_may_publish(user)
            announced = max(0, self._length() - REST_OF_FORM)
            # What is being encoded needs its space, and the form may take hours.
            require_space(announced + reserved_bytes())
            more += announced
        quota.require_quota(user, more=more)

    def _length(self) -> int:
        raw = str(self.request.META.get("CONTENT_LENGTH") or "") if self.request is not None else ""
        return int(raw) if raw.isdecimal() else 0

"""The site's bucket as a source of backups: the folders of stored generations, ``bucket/<folder>/<name>``."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings

from streamsite.backup.entries import Entry
from streamsite.backup.errors import BackupError
from streamsite.backup.objects import Objects
from streamsite.backup.sources import Found
from videos.files import bucket
from videos.files.content_types import content_type_of


class BucketSource:
    """The bucket of the settings. Objects in it never change, so their ETag and size tell whether one is known."""

    name = "bucket"

    def __init__(self) -> None:
        # Of the folder that was restored last.
        self._listed: tuple[str, dict[str, int]] = ("", {})

    def files(self) -> Iterator[Found]:
        """Yield all files, ordered by their keys. Raises ``BackupError``."""
        try:
            target = bucket.connect()
            for folder in sorted(filter(bucket.is_folder, target.folders())):
                listed = target.facts_of_all(folder)
                for path in sorted(listed, key=lambda path: path.split("/")):
                    yield Found(f"{self.name}/{folder}/{path}", listed[path].size, listed[path].etag)
        except bucket.BucketUnavailable:
            raise _unavailable() from None

    @contextmanager
    def open(self, path: str) -> Iterator[Path]:
        """Give a copy of the file on the disk. Raises ``FileNotFoundError`` when it is gone, or ``BackupError``."""
        folder, _, name = path.partition("/")
        with tempfile.TemporaryDirectory(dir=settings.WORK_DIR, prefix=".backup-") as place:
            copy = Path(place) / "object"
            try:
                bucket.connect().fetch(folder, name, copy)
            except bucket.BucketUnavailable:
                raise _unavailable() from None
            yield copy

    def require_site(self, site: str) -> None:
        """Raise ``BackupError`` unless the prefix of the bucket is that site's or nobody's."""
        try:
            found = bucket.connect().site()
        except bucket.BucketUnavailable:
            raise _unavailable() from None
        if found and found != site:
            raise BackupError(
                f"The bucket {settings.S3_BUCKET!r} belongs to another site (id {found[:8]}) than the backup"
                f" ({site[:8]}). Set another S3_BUCKET or S3_PREFIX; --other-site makes it the backup's."
            )

    def has(self, entry: Entry, path: str) -> bool:
        """Return whether the file is in the bucket. Raises ``BackupError``.

        One of the same name and size is the same: names contain a random part and are never used again.
        """
        folder, _, name = path.partition("/")
        if not bucket.is_folder(folder):
            raise BackupError(f"The backup has a file with the name {entry.name!r}, which is not allowed.")
        try:
            return self._sizes(folder).get(name) == entry.size
        except bucket.BucketUnavailable:
            raise _unavailable() from None

    def restore(self, entry: Entry, path: str, objects: Objects) -> bool:
        """Put the file into the bucket unless it is there; return whether it was put. Raises ``BackupError``."""
        if self.has(entry, path):
            return False
        folder, _, name = path.partition("/")
        try:
            with tempfile.TemporaryDirectory(dir=settings.WORK_DIR, prefix=".backup-") as place:
                copy = Path(place) / "object"
                objects.fetch(entry.digest, copy, mode=0o600)
                bucket.connect().put(folder, name, copy, content_type_of(name))
        except bucket.BucketUnavailable:
            raise _unavailable() from None
        return True

    def _sizes(self, folder: str) -> dict[str, int]:
        if self._listed[0] != folder:
            self._listed = (folder, bucket.connect().sizes(folder))
        return self._listed[1]


def _unavailable() -> BackupError:
    return BackupError("The site's bucket does not answer. Run the command again: it continues.")

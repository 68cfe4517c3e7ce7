"""A prefix of an S3 bucket that holds backups. Settings ``BACKUP_S3_...`` say which server and which key."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator
from contextlib import AbstractContextManager, closing, contextmanager
from pathlib import Path
from typing import IO, Any

from boto3.s3.transfer import TransferConfig
from django.conf import settings

from streamsite.backup.errors import BackupError
from streamsite.s3_client import BACKUP, client_factory
from streamsite.s3_errors import Failure, translated_errors

logger = logging.getLogger("streamsite.backup")

PLACE = re.compile(r"s3://([A-Za-z0-9][A-Za-z0-9._-]{1,254})((?:/[A-Za-z0-9._=+@-]+)*)/?")
PART_BYTES = 64 * 1024**2
# An upload has at most 10,000 parts.
MAX_PARTS = 9_000


def open_bucket(place: str) -> BucketTarget:
    """Return the target at ``s3://bucket/prefix``. Raises ``BackupError``."""
    matched = PLACE.fullmatch(place)
    if matched is None or {".", ".."} & set(matched[2].split("/")):
        raise BackupError(f"{place!r} is no place in a bucket: use s3://bucket/prefix.")
    return BucketTarget(matched[1], matched[2].strip("/"))


def _translated(action: str) -> AbstractContextManager[None]:
    """Raise ``FileNotFoundError`` or ``BackupError`` for what the server or the packages say within the block."""

    def as_error(failure: Failure) -> BackupError:
        if failure.operation:
            return BackupError(f"The bucket of the backup refuses to {action} ({failure.code}).")
        return BackupError(f"The bucket of the backup cannot be used to {action} ({failure.error_class}).")

    return translated_errors(as_error)


class BucketTarget:
    """Objects below one prefix of a bucket."""

    is_remote = True

    def __init__(self, bucket: str, prefix: str) -> None:
        self.label = f"s3://{bucket}/{prefix}".rstrip("/")
        self._bucket, self._prefix = bucket, f"{prefix}/" if prefix else ""
        with _translated("begin"):
            self._client = client_factory(
                endpoint=settings.BACKUP_S3_ENDPOINT_URL
                or f"https://s3.{settings.BACKUP_S3_REGION}.amazonaws.com",
                region=settings.BACKUP_S3_REGION,
                key_id=settings.BACKUP_S3_ACCESS_KEY_ID,
                secret=settings.BACKUP_S3_SECRET_ACCESS_KEY,
                in_host=not settings.BACKUP_S3_ENDPOINT_URL and "." not in bucket,
                timeouts=BACKUP,
            )()

    def _place(self, name: str) -> dict[str, str]:
        return {"Bucket": self._bucket, "Key": self._prefix + name}

    def read(self, name: str) -> bytes:
        """Return a whole content. Raises ``FileNotFoundError``."""
        with self.open(name) as content, _translated("read"):
            return content.read()

    @contextmanager
    def open(self, name: str) -> Iterator[IO[bytes]]:
        """Open a content for reading in pieces. Raises ``FileNotFoundError``."""
        with _translated("read"):
            body = self._client.get_object(**self._place(name))["Body"]
        with closing(body), _translated("read"):
            yield body

    def size(self, name: str) -> int | None:
        """Return the size of a content, ``None`` when there is none."""
        try:
            with _translated("read"):
                return int(self._client.head_object(**self._place(name))["ContentLength"])
        except FileNotFoundError:
            return None

    def write(self, name: str, content: bytes) -> None:
        """Store a small content; another one of that name is replaced."""
        with _translated("write"):
            self._client.put_object(**self._place(name), Body=content)

    def send(self, path: Path, name: str) -> None:
        """Store a file."""
        part = max(PART_BYTES, path.stat().st_size // MAX_PARTS)
        config = TransferConfig(use_threads=False, multipart_threshold=part, multipart_chunksize=part)
        with _translated("write"):
            self._client.upload_file(str(path), self._bucket, self._prefix + name, Config=config)

    def names(self, folder: str) -> Iterator[str]:
        """Yield the names of all contents of a folder."""
        with _translated("list"):
            pages = self._client.get_paginator("list_objects_v2").paginate(
                Bucket=self._bucket, Prefix=f"{self._prefix}{folder}/"
            )
            for page in pages:
                yield from (entry["Key"].removeprefix(self._prefix) for entry in page.get("Contents", ()))

    def delete(self, name: str) -> None:
        """Delete a content, if it is there."""
        with _translated("delete"):
            self._client.delete_object(**self._place(name))

    def begin(self) -> None:
        """Drop the parts of large files that a killed process did not finish sending, where that is allowed."""
        try:
            with _translated("drop unfinished uploads"):
                self._drop_unfinished()
        except (BackupError, FileNotFoundError) as error:
            logger.info("backup: unfinished uploads were not dropped (%s)", error)

    def _drop_unfinished(self) -> None:
        found: dict[str, Any] = self._client.list_multipart_uploads(
            Bucket=self._bucket, Prefix=f"{self._prefix}objects/"
        )
        for upload in found.get("Uploads", ()):
            self._client.abort_multipart_upload(
                Bucket=self._bucket, Key=upload["Key"], UploadId=upload["UploadId"]
            )

    def flush(self) -> None:
        """Do nothing: an object is durable once the server has accepted it."""

"""A bucket of an S3 server, by the packages of ``requirements-s3.txt``.

Errors leave as ``FileNotFoundError`` or ``BucketUnavailable``; what the server said is logged as classes and codes,
without addresses, which may be signed.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, suppress
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from pathlib import Path
from typing import Any

from boto3.s3.transfer import TransferConfig
from botocore.client import BaseClient
from botocore.exceptions import ClientError

from streamsite.s3_client import BACKGROUND, ClientTimeouts, client_factory
from streamsite.s3_errors import Failure, translated_errors
from videos.files.bucket_errors import BucketUnavailable

logger = logging.getLogger("streamsite.bucket")

PART_BYTES = 64 * 1024**2
PAGE_SIZE = 1_000
# Beside the folder ``videos`` below the prefix.
MARKER, MAX_MARKER_BYTES = "streamsite-site-id", 200
COUNT = "streamsite-site-count"
TRASH = "trash"
NO_CORS = "NoSuchCORSConfiguration"
# Caches must not keep responses to signed URLs: the next viewer needs a URL of their own.
OBJECT_CACHE = "private, no-store"


# Files are sent in parallel already.
TRANSFER = TransferConfig(use_threads=False, multipart_threshold=PART_BYTES, multipart_chunksize=PART_BYTES)


def _as_unavailable(failure: Failure, level: int = logging.WARNING) -> BucketUnavailable:
    """Log why a call failed, and return the error for it."""
    if failure.operation:
        logger.log(level, "bucket: %s refused: %s", failure.operation, failure.code)
    else:
        logger.warning("bucket: %s", failure.error_class)
    return BucketUnavailable()


def _translated() -> AbstractContextManager[None]:
    """Raise ``FileNotFoundError`` or ``BucketUnavailable`` for what fails within the block."""
    return translated_errors(_as_unavailable)


@dataclass(frozen=True)
class ObjectInfo:
    """Metadata of an object."""

    size: int
    etag: str
    modified: datetime


class Bucket:
    """The folders of stored generations below one prefix of one bucket."""

    def __init__(
        self,
        *,
        name: str,
        endpoint: str,
        region: str,
        key_id: str,
        secret: str,
        prefix: str,
        in_host: bool,
        patience: ClientTimeouts = BACKGROUND,
    ) -> None:
        self.name = name
        self._prefix = f"{prefix}/" if prefix else ""
        self.root = f"{self._prefix}videos"
        self._lock = threading.Lock()
        self._made_client: BaseClient | None = None
        self._create_client = client_factory(
            endpoint=endpoint, region=region, key_id=key_id, secret=secret, in_host=in_host, timeouts=patience
        )

    @property
    def client(self) -> BaseClient:
        """The S3 client, one for all threads; made on first use."""
        with self._lock:
            if self._made_client is None:
                self._made_client = self._create_client()
            return self._made_client

    def put(
        self,
        folder: str,
        name: str,
        path: Path,
        content_type: str,
        on_bytes: Callable[[int], None] | None = None,
    ) -> None:
        """Send a file. What ``on_bytes`` raises stops it."""
        extra = {"ContentType": content_type, "CacheControl": OBJECT_CACHE}
        with _translated():
            self.client.upload_file(
                str(path),
                self.name,
                self._key(folder, name),
                ExtraArgs=extra,
                Callback=on_bytes,
                Config=TRANSFER,
            )

    def fetch(self, folder: str, name: str, target: Path) -> None:
        """Write an object to the file ``target``. ``FileNotFoundError`` when there is none."""
        with _translated():
            self.client.download_file(self.name, self._key(folder, name), str(target), Config=TRANSFER)

    def read(self, folder: str, name: str) -> tuple[bytes, ObjectInfo]:
        """Return a whole object, for small ones. Raises ``FileNotFoundError``."""
        with _translated():
            found = self.client.get_object(Bucket=self.name, Key=self._key(folder, name))
            return found["Body"].read(), _facts(found)

    def facts(self, folder: str, name: str) -> ObjectInfo:
        """Return the metadata of an object. Raises ``FileNotFoundError``."""
        with _translated():
            return _facts(self.client.head_object(Bucket=self.name, Key=self._key(folder, name)))

    def sizes(self, folder: str) -> dict[str, int]:
        """Return sizes by name of a folder's objects."""
        root = self._key(folder, "")
        return {entry["Key"].removeprefix(root): entry["Size"] for entry in self._objects(folder)}

    def facts_of_all(self, folder: str) -> dict[str, ObjectInfo]:
        """Return the metadata of a folder's objects by name."""
        root = self._key(folder, "")
        return {
            entry["Key"].removeprefix(root): ObjectInfo(entry["Size"], entry["ETag"], entry["LastModified"])
            for entry in self._objects(folder)
        }

    def newest(self, folder: str) -> datetime | None:
        """Return when the folder was last written to, judged by its first thousand objects."""
        with _translated():
            page = self.client.list_objects_v2(
                Bucket=self.name, Prefix=self._key(folder, ""), MaxKeys=PAGE_SIZE
            )
        return max((entry["LastModified"] for entry in page.get("Contents", ())), default=None)

    def folders(self, start: str = "") -> Iterator[str]:
        """Yield the names of folders that begin with ``start``."""
        with _translated():
            for page in self._pages(f"{self.root}/{start}", Delimiter="/"):
                for entry in page.get("CommonPrefixes", ()):
                    yield entry["Prefix"].removeprefix(f"{self.root}/").rstrip("/")

    def remove(self, folder: str) -> int:
        """Delete a folder; return the number of its objects."""
        self.abandon_uploads(folder)
        names = list(self.sizes(folder))
        self.delete(folder, names)
        return len(names)

    def delete(self, folder: str, names: list[str]) -> None:
        """Delete some of a folder's objects."""
        keys = [{"Key": self._key(folder, name)} for name in names]
        with _translated():
            for first in range(0, len(keys), PAGE_SIZE):
                batch = {"Objects": keys[first : first + PAGE_SIZE], "Quiet": True}
                answer = self.client.delete_objects(Bucket=self.name, Delete=batch)
                if answer.get("Errors"):
                    logger.error("bucket: not deleted: %s", answer["Errors"][0].get("Code"))
                    raise BucketUnavailable

    def abandon_uploads(self, folder: str) -> None:
        """Drop the parts of large files in a folder that a killed process did not finish sending.

        The bucket charges for them and lists them nowhere else. Keys that may not do this, or servers that cannot, are
        no reason to stop.
        """
        as_error = partial(_as_unavailable, level=logging.INFO)
        with suppress(BucketUnavailable, FileNotFoundError), translated_errors(as_error):
            found = self.client.list_multipart_uploads(Bucket=self.name, Prefix=self._key(folder, ""))
            for upload in found.get("Uploads", ()):
                self.client.abort_multipart_upload(
                    Bucket=self.name, Key=upload["Key"], UploadId=upload["UploadId"]
                )

    def site(self) -> str:
        """Return the id of the site to which the prefix belongs, "" when nothing says so."""
        return self._note_in(MARKER)

    def claim(self, site: str) -> None:
        """Write that the prefix belongs to the site with this id."""
        with _translated():
            self.client.put_object(Bucket=self.name, Key=self._prefix + MARKER, Body=site.encode())

    def count(self) -> int:
        """Return the count of ``sweep_count`` that the prefix has, 0 when there is none."""
        found = self._note_in(COUNT)
        return int(found) if found.isdecimal() else 0

    def set_count(self, count: int) -> None:
        """Write the count of ``sweep_count``."""
        with _translated():
            self.client.put_object(Bucket=self.name, Key=self._prefix + COUNT, Body=str(count).encode())

    def _note_in(self, name: str) -> str:
        """Return the text of a small object of the prefix, "" when there is none."""
        try:
            with _translated():
                found = self.client.get_object(Bucket=self.name, Key=self._prefix + name)
                return str(found["Body"].read(MAX_MARKER_BYTES).decode(errors="replace").strip())
        except FileNotFoundError:
            return ""

    def marked_for_removal(self) -> dict[str, date]:
        """Return the folders that are to be removed, with the day since which they are."""
        found: dict[str, date] = {}
        with _translated():
            for page in self._pages(f"{self._prefix}{TRASH}/", Delimiter="/"):
                for entry in page.get("CommonPrefixes", ()):
                    found |= self._condemned_on(entry["Prefix"])
        return found

    def _condemned_on(self, prefix: str) -> dict[str, date]:
        try:
            day = date.fromisoformat(prefix.rstrip("/").rpartition("/")[2])
        except ValueError:  # not ours
            return {}
        entries = [entry for page in self._pages(prefix) for entry in page.get("Contents", ())]
        return {entry["Key"].removeprefix(prefix): day for entry in entries if not entry["Size"]}

    def mark_for_removal(self, folder: str, day: date) -> None:
        """Mark a folder for removal by an empty object. The folder stays as it is."""
        with _translated():
            self.client.put_object(Bucket=self.name, Key=self._note(folder, day), Body=b"")

    def unmark_removal(self, folder: str, day: date) -> None:
        """Delete the note that a folder is to be removed."""
        with _translated():
            self.client.delete_object(Bucket=self.name, Key=self._note(folder, day))

    def _note(self, folder: str, day: date) -> str:
        return f"{self._prefix}{TRASH}/{day.isoformat()}/{folder}"

    def allow_pages(self, wanted: dict[str, object], *, is_dry: bool = False) -> bool:
        """Add a CORS rule to the present ones, unless ``is_dry``. Return False when it exists."""
        rules = self._cors_rules()
        if wanted in rules or is_dry:
            return wanted not in rules
        with _translated():
            self.client.put_bucket_cors(Bucket=self.name, CORSConfiguration={"CORSRules": [*rules, wanted]})
        return True

    def _cors_rules(self) -> list[dict[str, object]]:
        with _translated():
            try:
                found = self.client.get_bucket_cors(Bucket=self.name)
            except ClientError as error:
                if error.response["Error"]["Code"] != NO_CORS:
                    raise
                return []
        rules: list[dict[str, object]] = found["CORSRules"]
        return rules

    def signed_url(self, folder: str, name: str, *, method: str, seconds: int, disposition: str = "") -> str:
        """Return a URL that gives its holder the object by ``method``, for ``seconds``."""
        parameters = {"ResponseContentDisposition": disposition} if disposition else {}
        with _translated():
            url: str = self.client.generate_presigned_url(
                "get_object",
                Params={"Bucket": self.name, "Key": self._key(folder, name)} | parameters,
                ExpiresIn=seconds,
                HttpMethod=method,
            )
        return url

    def _key(self, folder: str, name: str) -> str:
        return f"{self.root}/{folder}/{name}"

    def _objects(self, folder: str) -> list[dict[str, Any]]:
        with _translated():
            pages = self._pages(self._key(folder, ""))
            return [entry for page in pages for entry in page.get("Contents", ())]

    def _pages(self, prefix: str, **more: str) -> Iterator[dict[str, Any]]:
        paginator = self.client.get_paginator("list_objects_v2")
        pages: Iterator[dict[str, Any]] = iter(paginator.paginate(Bucket=self.name, Prefix=prefix, **more))
        return pages


def _facts(answer: dict[str, Any]) -> ObjectInfo:
    return ObjectInfo(answer["ContentLength"], answer["ETag"], answer["LastModified"])

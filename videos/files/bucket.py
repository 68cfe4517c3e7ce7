"""The bucket that complete videos may be kept in. Nothing of its packages is imported before it is used.

A folder of the bucket is one generation of one video: ``<prefix>/videos/<video id>.<generation>.<secret>/``. The last
part is random, so that the name of an object says nothing about a video to those who know its address, and the other
way round; a video's ``stored_generation`` is ``<generation>.<secret>`` once the folder is complete.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import lru_cache
from typing import TYPE_CHECKING, TypeVar

from django.conf import settings

from streamsite.external_services import ExternalService
from videos.files.bucket_errors import BucketUnavailable as BucketUnavailable

if TYPE_CHECKING:
    from videos.files.s3 import Bucket

SECRET_BYTES = 12
FOLDER = re.compile(r"\A[A-Za-z0-9_-]{11}\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]{16}\Z")
# At most twice as many of the 256 threads of a web process wait for the bucket.
MAX_CONCURRENT_REQUESTS, REQUEST_TIMEOUT_SECONDS = 16, 3.0

T = TypeVar("T")


_partner = ExternalService(
    "bucket",
    unavailable=BucketUnavailable,
    answers=(FileNotFoundError,),
    at_once=MAX_CONCURRENT_REQUESTS,
    seconds=REQUEST_TIMEOUT_SECONDS,
)


def is_configured() -> bool:
    """Return whether a bucket is configured, in which videos are or may still be."""
    return bool(settings.S3_BUCKET)


def is_default_storage() -> bool:
    """Return whether complete videos belong in the bucket."""
    return is_configured() and settings.MEDIA_STORAGE == "s3"


def connect(*, is_patient: bool = True) -> Bucket:
    """Return the bucket of the settings, one client for all threads. Raises ``BucketUnavailable`` without settings.

    Work in the background is patient and tries again. Requests use ``call_bucket`` and ``bucket_session`` instead.
    """
    if not is_configured():
        raise BucketUnavailable
    return _connect(
        settings.S3_BUCKET,
        settings.S3_ENDPOINT_URL,
        settings.S3_REGION,
        settings.S3_ACCESS_KEY_ID,
        settings.S3_SECRET_ACCESS_KEY,
        settings.S3_PREFIX,
        is_patient=is_patient,
    )


def call_bucket(question: Callable[[Bucket], T]) -> T:
    """Return the result of ``question`` about the bucket, for a request. Raises ``FileNotFoundError``.

    ``BucketUnavailable`` after ``REQUEST_TIMEOUT_SECONDS``; at once while the bucket is known to be silent or busy.
    """
    target = connect(is_patient=False)
    return _partner.call(lambda: question(target))


@contextmanager
def bucket_session() -> Iterator[Bucket]:
    """Give a request the bucket for several calls in a row, each tried once. Raises as ``call_bucket`` does."""
    target = connect(is_patient=False)
    with _partner.visit():
        yield target


def reset_failures() -> None:
    """Reset the circuit breaker of this process's requests."""
    _partner.reset()


@lru_cache(maxsize=2)
def _connect(
    name: str, endpoint: str, region: str, key_id: str, secret: str, prefix: str, *, is_patient: bool
) -> Bucket:
    from streamsite.s3_client import BACKGROUND, REQUEST
    from videos.files.s3 import Bucket

    return Bucket(
        name=name,
        endpoint=endpoint or f"https://s3.{region}.amazonaws.com",
        region=region,
        key_id=key_id,
        secret=secret,
        prefix=prefix,
        in_host=settings.S3_BUCKET_IN_HOST,
        patience=BACKGROUND if is_patient else REQUEST,
    )


def new_stored_generation(generation: str) -> str:
    """Return a ``stored_generation`` for a generation that is to be copied."""
    return f"{generation}.{secrets.token_urlsafe(SECRET_BYTES)}"


def cors_rule() -> dict[str, object]:
    """Return the CORS rule that the bucket needs: players follow the redirect to it by script.

    Any origin, because a page elsewhere that is redirected here from the site sends ``Origin: null``. The site has
    decided who may have the file: without an address that it signed seconds ago the bucket answers nobody.
    """
    return {
        "AllowedOrigins": ["*"],
        "AllowedMethods": ["GET", "HEAD"],
        "AllowedHeaders": ["*"],
        "ExposeHeaders": ["Accept-Ranges", "Content-Length", "Content-Range", "ETag"],
        "MaxAgeSeconds": 3600,
    }


def is_stored(stored_generation: str, generation: str) -> bool:
    """Return whether ``stored_generation`` is a copy of ``generation``."""
    return bool(generation) and stored_generation.startswith(f"{generation}.")


def is_folder(name: str) -> bool:
    """Return whether a name below the prefix is that of a stored generation."""
    return bool(FOLDER.match(name))


def folder_name(video_id: str, stored_generation: str) -> str:
    """Return the folder of a stored generation."""
    return f"{video_id}.{stored_generation}"


def video_id_of(folder: str) -> str:
    """Return the id of the video that a folder belongs to."""
    return folder.partition(".")[0]


def stored_generation_of(folder: str) -> str:
    """Return the ``stored_generation`` that a folder stands for."""
    return folder.partition(".")[2]

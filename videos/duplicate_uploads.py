"""Files that their owner has uploaded before, by their SHA-256. Nobody learns of the files of others.

A file that comes in one request is hashed as it arrives. Others are when their processing begins, from the disk: a
hash cannot be continued in another request. Nothing is refused; the owner is told, and decides.
"""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Protocol

from django.db.models import Q

from videos.files import paths
from videos.models import Video
from videos.schemas.videos import DuplicateVideoDict

CHUNK_BYTES = 1024 * 1024
# Earlier videos of the same size, from before hashes were noted, that are hashed for one upload.
MAX_EARLIER = 3


class Body(Protocol):
    """A request's body, read piece by piece."""

    def read(self, size: int, /) -> bytes:
        """Return up to ``size`` bytes, none at the end."""


class HashingBody:
    """A body that hashes what is read of it."""

    def __init__(self, body: Body) -> None:
        self._body = body
        self._hasher = hashlib.sha256()
        self._count = 0

    def read(self, size: int, /) -> bytes:
        """Read up to ``size`` bytes."""
        piece = self._body.read(size)
        self._hasher.update(piece)
        self._count += len(piece)
        return piece

    def hash_of(self, length: int) -> str:
        """Return the hash of all that was read, "" unless that is ``length`` bytes."""
        return self._hasher.hexdigest() if self._count == length else ""


def hash_file(path: Path) -> str:
    """Return the SHA-256 of a file, "" when it is not there."""
    try:
        with path.open("rb") as content:
            return hashlib.file_digest(content, "sha256").hexdigest()
    except FileNotFoundError:
        return ""


def record_hash(video_id: str) -> None:
    """Hash a video's file, if that was not done as it arrived, and earlier ones of its owner that have its size.

    Safe to repeat.
    """
    video = Video.objects.filter(pk=video_id).only("channel_id", "source_size", "source_sha256").first()
    if video is None or video.source_sha256:
        return
    same_size = Video.objects.filter(channel_id=video.channel_id, source_size=video.source_size)
    earlier = same_size.filter(source_sha256="").exclude(pk=video_id).order_by("-created_at", "-id")
    for one in (video_id, *earlier.values_list("pk", flat=True)[:MAX_EARLIER]):
        found = hash_file(paths.source_path(one))
        if found:
            Video.objects.filter(pk=one).update(source_sha256=found)


def find_original(video: Video) -> Video | None:
    """Return the first video that the owner uploaded from the same file before this one, or ``None``."""
    if not video.source_sha256:
        return None
    same = Video.objects.filter(
        channel_id=video.channel_id, source_size=video.source_size, source_sha256=video.source_sha256
    )
    before = Q(created_at__lt=video.created_at) | Q(created_at=video.created_at, pk__lt=video.pk)
    return same.filter(before).order_by("created_at", "id").first()


def original_body(video: Video) -> DuplicateVideoDict | None:
    """Return ``{id, title, url}`` of ``find_original``, as its owner sees it."""
    original = find_original(video)
    if original is None:
        return None
    return {"id": original.pk, "title": original.title, "url": original.get_absolute_url()}

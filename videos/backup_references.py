"""Files that rows of videos and captions name, for the verification of backups."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from videos.files import bucket
from videos.files.urls import MASTER
from videos.models import Status
from videos.transcoding.image_sizes import CARD, LARGE

Document = dict[str, Any]


def video_files(document: Document) -> Iterator[str]:
    """Yield the files of a video without which it cannot be played or processed."""
    video_id, generation = str(document["_id"]), str(document.get("generation") or "")
    stored = str(document.get("stored_generation") or "")
    if bucket.is_stored(stored, generation):
        yield f"bucket/{bucket.folder_name(video_id, stored)}/{MASTER}"
    elif generation and document.get("is_complete"):
        yield f"media/videos/{video_id}/{generation}/{MASTER}"
    elif document.get("status") in (Status.QUEUED, Status.PROCESSING):
        yield f"media/sources/{video_id}/source"
    poster = str(document.get("poster") or "")
    if len(poster) > 1:  # a picture of its own
        yield from (f"media/extras/{video_id}/{size.name}-{poster}.webp" for size in (CARD, LARGE))


def caption_files(document: Document) -> Iterator[str]:
    """Yield the file of a caption track."""
    yield f"media/extras/{document['video_id']}/captions/{document['revision']}.vtt"

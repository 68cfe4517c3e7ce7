"""Uploads that their owner can resume, as pages show them."""

from __future__ import annotations

from datetime import datetime
from typing import TypedDict

from django.conf import settings
from django.utils import timezone

from accounts.models import User
from videos.models import Upload, UploadKind
from videos.uploads import partial_file


class UnfinishedUploadDict(TypedDict):
    """An upload that its owner can resume; ``length`` and ``arrived`` in bytes."""

    id: str
    video_id: str | None
    title: str
    filename: str
    length: int
    arrived: int
    percent: int
    expires_at: datetime


def unfinished_uploads(owner: User) -> list[UnfinishedUploadDict]:
    """Return the account's uploads of files that it can resume, newest first, for its page."""
    rows = Upload.objects.select_related("video").filter(
        owner=owner,
        kind=UploadKind.WHOLE,
        length__isnull=False,
        finished_at=None,
        expires_at__gt=timezone.now(),
    )
    newest = rows.order_by("-created_at")[: settings.MAX_OPEN_UPLOADS_PER_USER]
    return [found for upload in newest if (found := _describe_unfinished(upload)) is not None]


def unfinished_upload_of(video_id: str) -> UnfinishedUploadDict | None:
    """Return the upload with which the file of a video can be resumed, ``None`` without one."""
    rows = Upload.objects.select_related("video").filter(
        video=video_id, kind=UploadKind.WHOLE, finished_at=None, expires_at__gt=timezone.now()
    )
    upload = rows.first()
    return None if upload is None else _describe_unfinished(upload)


def _describe_unfinished(upload: Upload) -> UnfinishedUploadDict | None:
    video, length = upload.video, upload.length
    try:
        arrived = partial_file.received_bytes(upload.pk)
    except partial_file.UploadFileMissing:
        return None
    if video is None or not length:
        return None
    return {
        "id": upload.pk,
        "video_id": upload.video_id,
        "title": video.title,
        "filename": video.source_name,
        "length": length,
        "arrived": arrived,
        "percent": 100 * arrived // length,
        "expires_at": upload.expires_at,
    }

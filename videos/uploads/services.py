"""What happens to a resumable upload: begun, continued, finished, given up, swept.

The draft of the video exists from the beginning, so that its owner sees it and can describe it meanwhile. Finishing is
moving the file, then one transaction that turns the draft into a queued video with its job; both can be repeated.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.utils import timezone

from accounts.models import User
from streamsite.errors import Absent, Conflict, TooLarge
from streamsite.mongo.retry import in_transaction
from streamsite.visibility import Visibility
from videos import quota, services, storage
from videos.models import Status, Upload, Video
from videos.moderation import standing
from videos.uploads import parts
from videos.uploads.protocol import Checksum, read_metadata

logger = logging.getLogger("streamsite.uploads")

DESCRIBING = ("title", "description", "visibility", "category", "language")


def begin(owner: User, *, length: int, metadata: str) -> Upload:
    """A new upload of ``length`` bytes and the draft of its video.

    ``metadata`` is ``Upload-Metadata`` as it was sent. Raises ``Invalid``, ``TooLarge``, ``Conflict`` or
    ``storage.DiskFull``; then nothing is left behind.
    """
    services.require_acceptable_size(length)
    described = read_metadata(metadata)
    if Upload.objects.filter(owner=owner, finished_at=None).count() >= settings.MAX_OPEN_UPLOADS_PER_USER:
        raise Conflict("You have too many unfinished uploads. Finish or cancel one first.")
    quota.require(owner, more=length)
    storage.require_space(length)
    video = services.draft(
        owner,
        filename=described.get("filename") or described.get("name") or "",
        size=length,
        data={name: described[name] for name in DESCRIBING if described.get(name)},
        status=Status.UPLOADING,
    )
    upload = Upload(owner=owner, video=video, length=length, metadata=metadata, expires_at=_expiry())
    parts.create(upload.pk)
    try:

        def store() -> None:
            video.save(force_insert=True)
            upload.save(force_insert=True)

        in_transaction(store)
        # Two that began at the same moment have both seen room for one.
        quota.require(owner, more=0)
    except BaseException:
        Video.objects.filter(pk=video.pk).delete()
        parts.remove(upload.pk)
        raise
    return upload


def of_owner(owner: User, upload_id: str) -> Upload:
    """The account's upload; ``Absent`` when it is another's, expired or none."""
    upload = Upload.objects.select_related("video").filter(pk=upload_id, owner=owner).first()
    if upload is None or upload.expires_at <= timezone.now():
        raise Absent
    return upload


def offset(upload: Upload, *, enqueue: Callable[[Video], object]) -> int:
    """How many bytes have arrived. Finishes what was interrupted between the last byte and the queue."""
    if upload.finished_at is not None:
        return upload.length
    try:
        arrived = parts.offset(upload.pk)
    except parts.Gone:
        if not _is_moved(upload):
            raise Absent from None
        arrived = upload.length
    if arrived == upload.length:
        finish(upload, enqueue=enqueue)
    return arrived


def unfinished(owner: User) -> list[dict[str, Any]]:
    """The account's uploads that can go on, newest first, for its page."""
    rows = Upload.objects.select_related("video").filter(
        owner=owner, finished_at=None, expires_at__gt=timezone.now()
    )
    found: list[dict[str, Any]] = []
    for upload in rows.order_by("-created_at")[: settings.MAX_OPEN_UPLOADS_PER_USER]:
        try:
            arrived = parts.offset(upload.pk)
        except parts.Gone:
            continue
        found.append(
            {
                "id": upload.pk,
                "video_id": upload.video_id,
                "title": upload.video.title,
                "filename": upload.video.source_name,
                "length": upload.length,
                "arrived": arrived,
                "percent": 100 * arrived // upload.length,
                "expires_at": upload.expires_at,
            }
        )
    return found


def append(
    upload: Upload,
    body: parts.Body,
    *,
    start: int,
    length: int,
    checksum: Checksum | None,
    enqueue: Callable[[Video], object],
) -> int:
    """Add ``length`` bytes of ``body`` at ``start``; the new offset. Finishes the upload with its last byte.

    Raises ``parts.OffsetConflict``, ``protocol.ChecksumMismatch``, ``TooLarge``, ``storage.DiskFull`` or ``Absent``.
    """
    present = offset(upload, enqueue=enqueue)
    if start != present:
        raise parts.OffsetConflict
    if start + length > upload.length:
        raise TooLarge("That is more than the upload was announced to have.")
    if present == upload.length:
        return present
    quota.require(upload.owner, more=0)
    storage.require_space(0)
    try:
        reached = parts.append(upload.pk, body, start=start, length=length, checksum=checksum)
    except parts.Gone:
        raise Absent from None
    upload.expires_at = _expiry()
    Upload.objects.filter(pk=upload.pk).update(expires_at=upload.expires_at)
    if reached == upload.length:
        finish(upload, enqueue=enqueue)
    return reached


def finish(upload: Upload, *, enqueue: Callable[[Video], object]) -> None:
    """Hand the complete file to processing. Of several who try, one queues the job."""
    try:
        storage.keep_source(parts.path_of(upload.pk), upload.video_id)
    except FileNotFoundError:
        if not _is_moved(upload):
            raise Absent from None

    # Begun before its owner's publishing was paused: it is kept, for them alone.
    hidden = {"visibility": Visibility.PRIVATE} if standing.is_paused(upload.owner_id) else {}

    def switch() -> None:
        queued = Video.objects.filter(pk=upload.video_id, status=Status.UPLOADING).update(
            status=Status.QUEUED, progress=0.0, updated_at=timezone.now(), **hidden
        )
        Upload.objects.filter(pk=upload.pk).update(finished_at=timezone.now())
        if queued:
            enqueue(upload.video)

    in_transaction(switch)


def cancel(upload: Upload) -> None:
    """Give the upload up: its bytes and, unless it is finished, the draft of its video."""
    if upload.finished_at is None:
        Video.objects.filter(pk=upload.video_id, status=Status.UPLOADING).delete()
        parts.remove(upload.pk)
    Upload.objects.filter(pk=upload.pk).delete()


def sweep_expired() -> int:
    """Remove uploads nobody has continued for ``UPLOAD_EXPIRES_HOURS``; how many there were."""
    expired = list(Upload.objects.select_related("video").filter(expires_at__lte=timezone.now())[:1000])
    for upload in expired:
        cancel(upload)
    if expired:
        logger.info("%d abandoned uploads removed", len(expired))
    return len(expired)


def _is_moved(upload: Upload) -> bool:
    """Whether the file has reached its place already: a process ended between that and the queue."""
    try:
        return storage.source_path(upload.video_id).stat().st_size == upload.length
    except FileNotFoundError:
        return False


def _expiry() -> datetime:
    return timezone.now() + timedelta(hours=settings.UPLOAD_EXPIRES_HOURS)

"""Resumable uploads after ``creation``: appending, finishing, canceling, expiring.

Finishing is moving the file, then one transaction that turns the draft into a queued video with its job; both can be
repeated. A final upload gets its bytes from partial ones before that.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.registration import rules, upload_rights
from streamsite import trash
from streamsite.errors import Absent, Forbidden, Invalid
from streamsite.metrics.instruments import RESUMABLE, UPLOAD_BYTES, UPLOADS
from streamsite.mongo.retry import run_in_transaction
from streamsite.site_mode.state import require_may_write, site_mode
from streamsite.visibility import Visibility
from videos import duplicate_uploads, schedules, strikes
from videos.files import paths
from videos.metadata import VideoChanges
from videos.models import Status, Upload, UploadKind, Video
from videos.uploads import lengths, partial_file
from videos.uploads.tus import Checksum, parse_metadata

logger = logging.getLogger("streamsite.uploads")

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class _PausableBody:
    """A body that ends with ``ModeRefusal`` once the site's mode lets its sender write no more.

    A request may send for hours. What arrived before stays, and the upload can be continued.
    """

    def __init__(self, body: partial_file.Body, owner: User) -> None:
        self._body, self._owner = body, owner

    def read(self, size: int, /) -> bytes:
        """Return at most ``size`` bytes. Raises ``ModeRefusal``."""
        piece = self._body.read(size)
        require_may_write(self._owner)
        return piece


def get_upload(owner: User, upload_id: str) -> Upload:
    """Return the account's upload. ``Absent`` when it is another's, expired, joined into a final one, or none."""
    mine = Upload.objects.select_related("video").filter(owner=owner, joined_into=None)
    upload = mine.filter(pk=upload_id).first()
    if upload is None or upload.expires_at <= timezone.now():
        raise Absent
    return upload


def current_offset(upload: Upload, *, enqueue: Callable[[Video], object]) -> int | None:
    """Return the number of bytes received. Finishes an upload that was interrupted after its last byte.

    ``None`` for a final upload while another request joins its parts. Raises ``Absent`` when its file is gone.
    """
    if upload.finished_at is not None:
        return upload.length
    if site_mode().is_read_only:
        return _offset_as_it_is(upload)
    try:
        if upload.kind == UploadKind.FINAL and not partial_file.join_files(upload.pk, _parts_of(upload)):
            return None
        arrived = partial_file.received_bytes(upload.pk)
    except partial_file.UploadFileMissing:
        if not _is_moved(upload):
            raise Absent from None
        arrived = upload.length or 0
    if arrived == upload.length:
        finish_upload(upload, enqueue=enqueue)
    return arrived


def _offset_as_it_is(upload: Upload) -> int | None:
    """Return the number of bytes received, and finish nothing. ``None`` for a final upload, whose parts wait."""
    if upload.kind == UploadKind.FINAL:
        return None
    try:
        return partial_file.received_bytes(upload.pk)
    except partial_file.UploadFileMissing:
        if _is_moved(upload):
            return upload.length
        raise Absent from None


def _parts_of(upload: Upload) -> list[tuple[str, int]]:
    """Return ids and lengths of the parts of a final upload, in order. Raises ``UploadFileMissing`` without them."""
    lengths: dict[str, int] = dict(
        Upload.objects.filter(joined_into=upload.pk).values_list("pk", "length")  # type: ignore[arg-type]
    )
    ids = upload.part_ids.split()
    if lengths.keys() != set(ids):
        raise partial_file.UploadFileMissing
    return [(part_id, lengths[part_id]) for part_id in ids]


def append_to_upload(
    upload: Upload,
    body: partial_file.Body,
    *,
    start: int,
    length: int | None,
    checksum: Checksum | None,
    enqueue: Callable[[Video], object],
    total: int | None = None,
) -> int:
    """Append ``length`` bytes of ``body`` at ``start``; return the new offset. The last byte finishes the upload.

    Without a ``length`` all of the body is added, piece by piece: what exceeds the upload is refused, and what was
    added before that piece stays.
    ``total`` is how long all of it is, for uploads that began without saying so. Raises ``OffsetConflict``,
    ``ChecksumMismatch``, ``Invalid``, ``TooLarge``, ``DiskFull``, ``Absent``, ``ModeRefusal``, or ``Forbidden`` for
    a final upload.
    """
    if upload.kind == UploadKind.FINAL:
        raise Forbidden(_("A final upload is made of its partial uploads. Don't send bytes."))
    upload_rights.require_may_upload(upload.owner)
    present = current_offset(upload, enqueue=enqueue)
    if start != present:
        raise partial_file.OffsetConflict
    reach = start + (length or 0)
    if total is not None:
        lengths.set_length(upload, total, reach)
    if present == upload.length and length == 0:
        finish_upload(upload, enqueue=enqueue)
        return present
    lengths.require_room(upload, reach)
    paths.require_space(0)
    fence = {}
    if upload.length is None:
        require = lengths.require_reservation if length is not None else lengths.require_room
        fence = {"require_reach": partial(require, upload)}
    most = (upload.length if upload.length is not None else rules.max_upload_bytes()) - start
    # Of a file that comes in several requests, the hash is left to its processing.
    is_all = start == 0 and (length is None or length == upload.length)
    body = _PausableBody(body, upload.owner)
    hashed = duplicate_uploads.HashingBody(body) if is_all else None
    try:
        reached = partial_file.append_bytes(
            upload.pk, hashed or body, start=start, length=length, most=most, checksum=checksum, **fence
        )
    except partial_file.UploadFileMissing:
        raise Absent from None
    UPLOAD_BYTES.labels(RESUMABLE).inc(reached - start)
    upload.expires_at = new_expiry()
    Upload.objects.filter(pk=upload.pk).update(expires_at=upload.expires_at)
    if reached == upload.length:
        finish_upload(upload, enqueue=enqueue, sha256=hashed.hash_of(reached) if hashed else "")
    return reached


def finish_upload(upload: Upload, *, enqueue: Callable[[Video], object], sha256: str = "") -> None:
    """Queue the complete file for processing, once even in parallel. A partial upload waits to be joined.

    ``sha256`` is the file's hash where it is known. Raises ``Absent`` when the file is gone.
    """
    video = upload.video
    if video is None or upload.finished_at is not None:
        return
    try:
        paths.keep_source(partial_file.upload_path(upload.pk), video.pk)
    except FileNotFoundError:
        if not _is_moved(upload):
            raise Absent from None

    # The upload began before its owner's publishing was paused: the video is kept, but private.
    hidden: VideoChanges = {}
    if strikes.is_publishing_paused(upload.owner_id):
        hidden = {"visibility": Visibility.PRIVATE, **schedules.NO_SCHEDULE}

    def switch() -> bool:
        queued = Video.objects.filter(pk=video.pk, status=Status.UPLOADING).update(
            status=Status.QUEUED, progress=0.0, updated_at=timezone.now(), source_sha256=sha256, **hidden
        )
        Upload.objects.filter(pk=upload.pk).update(finished_at=timezone.now())
        Upload.objects.filter(joined_into=upload.pk).delete()
        if queued:
            enqueue(video)
        return bool(queued)

    if run_in_transaction(switch):
        UPLOADS.labels(RESUMABLE).inc()
    upload.finished_at = timezone.now()


def finish_interrupted(*, enqueue: Callable[[Video], object]) -> int:
    """Join and hand over final uploads whose request ended in the middle; return how many are finished now.

    One that a request is joining at this moment is left to it.
    """
    waiting = Upload.objects.select_related("video").filter(kind=UploadKind.FINAL, finished_at=None)
    count = 0
    for upload in waiting[:1000]:
        try:
            count += current_offset(upload, enqueue=enqueue) is not None
        except (Absent, paths.DiskFull):
            logger.warning("an upload waits for its parts: %s", upload.pk)
    return count


def cancel_upload(upload: Upload) -> None:
    """Delete the upload: its bytes and, unless it is finished, its parts and the draft of its video.

    Raises ``Absent`` for a part that was joined meanwhile.
    """
    if upload.kind == UploadKind.PARTIAL:
        if not Upload.objects.filter(pk=upload.pk, joined_into=None).delete()[0]:
            raise Absent
        partial_file.delete_file(upload.pk)
        return
    if upload.finished_at is None:
        joined = list(Upload.objects.filter(joined_into=upload.pk).values_list("pk", flat=True))
        if upload.video_id is not None:
            Video.objects.filter(pk=upload.video_id, status=Status.UPLOADING).delete()
        for upload_id in (upload.pk, *joined):
            partial_file.delete_file(upload_id)
    Upload.objects.filter(pk=upload.pk).delete()


def hand_over_partial(owner: User, upload_id: str, target: Path) -> tuple[int, str]:
    """Move the file of a finished partial upload to ``target`` and forget the upload; return its size and file name.

    For what is uploaded and is no video. Raises ``Absent``, or ``Invalid`` for one that is not finished.
    """
    upload = get_upload(owner, upload_id)
    if upload.kind != UploadKind.PARTIAL:
        raise Absent
    try:
        size = partial_file.received_bytes(upload.pk)
    except partial_file.UploadFileMissing:
        raise Absent from None
    if size != upload.length:
        raise Invalid(_("One of the partial uploads isn't finished."))
    described = parse_metadata(upload.metadata)
    if not Upload.objects.filter(pk=upload.pk, joined_into=None).delete()[0]:
        raise Absent
    partial_file.upload_path(upload.pk).replace(target)
    return size, described.get("filename") or described.get("name") or ""


def sweep_expired(*, enqueue: Callable[[Video], object] | None = None) -> int:
    """Delete uploads that were not continued for ``UPLOAD_EXPIRES_HOURS``; return their number.

    One that a request is still adding to, however long that takes, goes on. In a database that is older than the
    files, an upload may have gone on since: one whose file has reached its place is handed to processing by
    ``enqueue``, and bytes that are younger than the row move to the trash.
    """
    old = Upload.objects.filter(expires_at__lte=timezone.now(), joined_into=None)
    count = 0
    for upload in list(old.select_related("video")[:1000]):
        if enqueue is not None and upload.finished_at is None and _is_moved(upload):
            finish_upload(upload, enqueue=enqueue)
        if not _claim_expired(upload):
            continue
        count += 1
        if _is_younger_than_row(upload):
            trash.move(partial_file.upload_path(upload.pk))
        with suppress(Absent):
            cancel_upload(upload)
    if count:
        logger.info("%d abandoned uploads removed", count)
    return count


def _claim_expired(upload: Upload) -> bool:
    """Close an expired upload unless a request continues it. Return whether it was closed."""
    row = Upload.objects.filter(pk=upload.pk, expires_at=upload.expires_at, joined_into=None)
    until = _last_written(upload) + timedelta(hours=settings.UPLOAD_EXPIRES_HOURS)
    if upload.finished_at is None and until > timezone.now():
        row.update(expires_at=until)
        return False
    return bool(row.update(expires_at=EPOCH))


def _last_written(upload: Upload) -> datetime:
    try:
        return datetime.fromtimestamp(partial_file.upload_path(upload.pk).stat().st_mtime, UTC)
    except FileNotFoundError:
        return EPOCH


def _is_younger_than_row(upload: Upload) -> bool:
    """Return whether bytes arrived that the row knows nothing of; they are written before the row."""
    written = upload.expires_at - timedelta(hours=settings.UPLOAD_EXPIRES_HOURS)
    return _last_written(upload) > written + timedelta(seconds=settings.SWEEP_GRACE_SECONDS)


def _is_moved(upload: Upload) -> bool:
    """Return whether the file is in its final place already, because a process ended before it queued the job."""
    if upload.video_id is None:
        return False
    try:
        return paths.source_path(upload.video_id).stat().st_size == upload.length
    except FileNotFoundError:
        return False


def new_expiry() -> datetime:
    """Return until when an upload that was continued now is kept."""
    return timezone.now() + timedelta(hours=settings.UPLOAD_EXPIRES_HOURS)

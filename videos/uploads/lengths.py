"""Lengths of uploads, and the bytes that count against the owner's quota until they are complete.

An upload whose length is not known yet counts what it has and what its present request announces.
"""

from __future__ import annotations

from django.utils.translation import gettext as _

from accounts.registration import rules
from streamsite.errors import Invalid, TooLarge
from streamsite.sanitize import format_bytes
from videos import quota, services
from videos.models import Status, Upload, Video
from videos.uploads.partial_file import OffsetConflict


def set_length(upload: Upload, total: int, reach: int) -> None:
    """Set the length of an upload that began without one; ``reach`` is the offset after the present request.

    Raises ``Invalid`` when it is another than before, or ``TooLarge``.
    """
    if upload.length is not None:
        if total != upload.length:
            raise Invalid(_("Upload-Length can't be changed."))
        return
    services.require_valid_size(total)
    if reach > total:
        raise TooLarge(_("The data exceeds the upload's length."))
    _reserve(upload, total)
    upload.length = total
    Upload.objects.filter(pk=upload.pk, length=None).update(length=total)


def require_room(upload: Upload, reach: int) -> None:
    """Raise ``TooLarge`` unless the upload may continue to the offset ``reach``."""
    if upload.length is None:
        if reach > (most := rules.max_upload_bytes()):
            raise TooLarge(_("Each file can be up to %(size)s.") % {"size": format_bytes(most)})
        _reserve(upload, reach)
    elif reach > upload.length:
        raise TooLarge(_("The data exceeds the upload's length."))
    else:
        quota.require_quota(upload.owner, more=0)


def require_reservation(upload: Upload, reach: int) -> None:
    """Raise ``OffsetConflict`` unless the upload, whose length is not known, still counts ``reach`` bytes.

    A later request of the same upload may have announced less than one that is still sending.
    """
    if upload.video_id is not None:
        counted = Video.objects.filter(pk=upload.video_id).values_list("source_size", flat=True).first()
    else:
        counted = Upload.objects.filter(pk=upload.pk).values_list("reserved", flat=True).first()
    if counted is None or reach > counted:
        raise OffsetConflict


def _reserve(upload: Upload, size: int) -> None:
    """Let the upload count ``size`` bytes."""
    before = upload.video.source_size if upload.video is not None else upload.reserved
    quota.store_within(upload.owner, max(0, size - before), lambda: _count(upload, size))
    if upload.video is None:
        upload.reserved = size
    else:
        upload.video.source_size = size


def _count(upload: Upload, size: int) -> None:
    if upload.video is None:
        Upload.objects.filter(pk=upload.pk, joined_into=None).update(reserved=size)
    else:
        Video.objects.filter(pk=upload.video.pk, status=Status.UPLOADING).update(source_size=size)

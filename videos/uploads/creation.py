"""Creation of resumable uploads: of a file, of a part, or of a file that is joined from parts.

A file's video exists as a draft from the beginning, so that its owner sees it and can describe it meanwhile. A partial
upload has none: the final one that joins it does.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from accounts.registration import upload_rights
from streamsite.errors import Absent, Conflict, Invalid
from streamsite.space.reservations import reserved_bytes
from videos import facet_store, quota, services, strikes
from videos.files import paths
from videos.models import Status, Upload, UploadKind, Video
from videos.uploads import partial_file
from videos.uploads.services import new_expiry
from videos.uploads.tus import parse_metadata

METADATA_FIELDS = (
    "title",
    "description",
    "visibility",
    "category",
    "language",
    "license",
    "is_sensitive",
    "originally_published_on",
)


class AlreadyJoined(Conflict):
    """A partial upload belongs to another final one."""

    detail = gettext_lazy("One of the partial uploads was already used for another upload.")


def create_upload(owner: User, *, length: int | None, metadata: str, upload_id: str = "") -> Upload:
    """Return a new upload of ``length`` bytes, ``None`` while that is unknown, and save the draft of its video.

    ``upload_id`` is an unused id to give it; by default it is random.
    ``metadata`` is ``Upload-Metadata`` as it was sent. Raises ``Invalid``, ``TooLarge``, ``Conflict`` or
    ``DiskFull``; then nothing is left behind.
    """
    upload_rights.require_may_upload(owner)
    _require_room(owner, length)
    _require_few_drafts(owner)
    video = _draft(owner, metadata, length or 0)
    upload = Upload(owner=owner, video=video, length=length, metadata=metadata, expires_at=new_expiry())
    upload.pk = upload_id or upload.pk
    _store(upload)
    return upload


def create_partial_upload(owner: User, *, length: int | None, metadata: str, upload_id: str = "") -> Upload:
    """Return a new partial upload, which a final one is to join. Raises as ``create_upload`` does."""
    upload_rights.require_may_upload(owner)
    strikes.require_may_publish(owner)
    _require_room(owner, length)
    parse_metadata(metadata)
    waiting = Upload.objects.filter(owner=owner, kind=UploadKind.PARTIAL, joined_into=None)
    if waiting.count() >= settings.MAX_PARTIAL_UPLOADS_PER_USER:
        raise Conflict(_("You have too many partial uploads. Join or cancel some first."))
    upload = Upload(
        owner=owner,
        kind=UploadKind.PARTIAL,
        length=length,
        reserved=length or 0,
        metadata=metadata,
        expires_at=new_expiry(),
    )
    upload.pk = upload_id or upload.pk
    _store(upload)
    return upload


def create_final_upload(owner: User, *, ids: Sequence[str], concat: str, metadata: str) -> Upload:
    """Return the upload that joins the finished partial uploads ``ids`` in this order; their bytes are not joined yet.

    ``concat`` is ``Upload-Concat`` as it was sent. The same list again is the same upload, so that a client whose
    answer was lost may repeat itself. Raises ``Absent`` for a partial upload that is not the owner's or has expired,
    ``AlreadyJoined``, ``Invalid`` for one that is not finished, or as ``create_upload`` does.
    """
    earlier = _final_of(owner, ids)
    if earlier is not None:
        return earlier
    length = sum(_finished_length(upload) for upload in _partial(owner, ids))
    services.require_valid_size(length)
    quota.require_quota(owner, more=0)
    _require_few_drafts(owner)
    upload = Upload(
        owner=owner,
        video=_draft(owner, metadata, length),
        kind=UploadKind.FINAL,
        length=length,
        metadata=metadata,
        concat=concat,
        part_ids=" ".join(ids),
        expires_at=new_expiry(),
    )
    try:
        _store(upload, joins=ids)
    except AlreadyJoined:
        # Of two requests with the same list one has just been faster.
        earlier = _final_of(owner, ids)
        if earlier is None:
            raise
        return earlier
    return upload


def _final_of(owner: User, ids: Sequence[str]) -> Upload | None:
    return (
        Upload.objects.select_related("video")
        .filter(owner=owner, kind=UploadKind.FINAL, part_ids=" ".join(ids), expires_at__gt=timezone.now())
        .first()
    )


def _partial(owner: User, ids: Sequence[str]) -> list[Upload]:
    found = Upload.objects.filter(
        owner=owner, kind=UploadKind.PARTIAL, pk__in=list(ids), expires_at__gt=timezone.now()
    )
    partial = list(found)
    if len(partial) < len(ids):
        raise Absent
    if any(upload.joined_into_id for upload in partial):
        raise AlreadyJoined
    return partial


def _finished_length(upload: Upload) -> int:
    with suppress(partial_file.UploadFileMissing):
        if upload.length is not None and partial_file.received_bytes(upload.pk) == upload.length:
            return upload.length
    raise Invalid(_("One of the partial uploads isn't finished."))


def _require_room(owner: User, length: int | None) -> None:
    if length is not None:
        services.require_valid_size(length)
    quota.require_quota(owner, more=length or 0)
    # What is being encoded needs its space, and an upload may take hours.
    paths.require_space((length or 0) + reserved_bytes())


def _require_few_drafts(owner: User) -> None:
    drafts = Upload.objects.filter(owner=owner, finished_at=None).exclude(kind=UploadKind.PARTIAL)
    if drafts.count() >= settings.MAX_OPEN_UPLOADS_PER_USER:
        raise Conflict(_("You have too many incomplete uploads. Finish or discard one first."))


def _draft(owner: User, metadata: str, size: int) -> Video:
    described = parse_metadata(metadata)
    return services.build_draft(
        owner,
        filename=described.get("filename") or described.get("name") or "",
        size=size,
        data={name: described[name] for name in METADATA_FIELDS if described.get(name)},
        status=Status.UPLOADING,
    )


def _store(upload: Upload, joins: Sequence[str] = ()) -> None:
    """Save the upload and its draft, and assign it the partial uploads ``joins``, all or nothing.

    What is joined counts already.
    """
    video = upload.video
    more = 0 if joins else upload.length or 0
    partial_file.create_file(upload.pk)
    try:

        def store() -> None:
            if video is not None:
                video.save(force_insert=True)
                facet_store.refresh_facets(Video._meta.db_table, {"_id": video.pk})
            upload.save(force_insert=True)
            if joins:
                _take_parts(upload, joins)

        quota.store_within(upload.owner, more, store)
    except BaseException:
        Upload.objects.filter(pk=upload.pk).delete()
        if video is not None:
            Video.objects.filter(pk=video.pk).delete()
        partial_file.delete_file(upload.pk)
        raise


def _take_parts(upload: Upload, ids: Sequence[str]) -> None:
    free = Upload.objects.filter(owner=upload.owner, pk__in=list(ids), joined_into=None)
    if free.update(joined_into=upload, expires_at=upload.expires_at) < len(ids):
        raise AlreadyJoined

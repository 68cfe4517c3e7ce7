"""Imports by address: begin, list, cancel. ``fetching`` is what a worker does."""

from __future__ import annotations

import base64
from collections.abc import Callable
from contextlib import suppress
from urllib.parse import unquote, urlsplit

from django.conf import settings
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from streamsite import outbound
from streamsite.errors import Absent, Forbidden, Invalid
from streamsite.mongo.retry import run_in_transaction
from streamsite.row_limits import RowLimit
from streamsite.visibility import Visibility
from videos.imports import failures
from videos.imports.playlist_hook import playlists
from videos.models import AddressImport, ImportStatus, Upload
from videos.uploads import creation
from videos.uploads import services as uploads

NEWEST = ("-created_at", "-id")
OPEN = (ImportStatus.QUEUED, ImportStatus.RUNNING)
LOOK_UP_SECONDS = 3.0


class UrlRefused(Invalid):
    """The site does not fetch from this address."""

    code = "url_refused"
    detail = gettext_lazy("This site doesn't fetch anything from this address.")


def require_enabled() -> None:
    """Raise ``Absent`` where imports are turned off."""
    if not settings.IMPORTS_ENABLED:
        raise Absent


def start_import(
    owner: User,
    url: str,
    *,
    enqueue: Callable[[str], object],
    visibility: str = "",
    title: str = "",
    playlist_id: str = "",
    ids: tuple[str, str] = ("", ""),
) -> AddressImport:
    """Save the draft of a video and queue the fetching of its file. Return the import.

    ``ids`` are unused ids for the import and its upload, random by default. Raises ``UrlRefused``, ``Invalid`` for a
    playlist that the owner may not add to, ``LimitReached``, or what a new upload raises.
    """
    require_enabled()
    try:
        outbound.require_allowed(url, seconds=LOOK_UP_SECONDS)
    except outbound.OutboundRefused as error:
        raise UrlRefused from error
    if playlist_id:
        _require_playlist(owner, playlist_id)
    limit = _limit(owner)
    limit.require_room()
    upload = creation.create_upload(
        owner, length=None, metadata=_metadata(url, visibility=visibility, title=title), upload_id=ids[1]
    )
    row = AddressImport(
        owner=owner, url=url, upload_id=upload.pk, video_id=upload.video_id or "", playlist_id=playlist_id
    )
    row.pk = ids[0] or row.pk

    def store() -> None:
        row.save(force_insert=True)
        enqueue(row.pk)

    try:
        run_in_transaction(store)
    except BaseException:
        uploads.cancel_upload(upload)
        raise
    limit.confirm(lambda: delete_import(owner, row.pk))
    return row


def imports_of(owner: User) -> QuerySet[AddressImport]:
    """Return the account's imports; order by ``NEWEST``."""
    return AddressImport.objects.filter(owner=owner)


def get_import(owner: User, import_id: str) -> AddressImport:
    """Return one import of the account. Raises ``Absent``."""
    row = AddressImport.objects.filter(owner=owner, pk=import_id).first()
    if row is None:
        raise Absent
    return row


def delete_import(owner: User, import_id: str) -> None:
    """Cancel an import, or remove one that has ended from the list; its video stays. Raises ``Absent``."""
    row = get_import(owner, import_id)
    AddressImport.objects.filter(pk=row.pk).delete()
    if row.status != ImportStatus.READY:
        discard_upload(row)


def fail(row: AddressImport, code: str) -> None:
    """End an import without a video, and delete its draft."""
    ended = AddressImport.objects.filter(pk=row.pk, status__in=OPEN)
    if ended.update(status=ImportStatus.FAILED, failure=code, finished_at=timezone.now()):
        discard_upload(row)


def discard_upload(row: AddressImport) -> None:
    """Delete the bytes and the draft of an import, unless they are a whole video already."""
    upload = Upload.objects.select_related("video").filter(pk=row.upload_id, owner=row.owner_id).first()
    if upload is not None and upload.finished_at is None:
        with suppress(Absent):
            uploads.cancel_upload(upload)


def failure_detail(row: AddressImport) -> str:
    """Return the reason of a failed import, as a sentence in the caller's language."""
    return str(failures.DETAILS.get(row.failure, failures.DETAILS[failures.INTERNAL]))


def _require_playlist(owner: User, playlist_id: str) -> None:
    try:
        playlists().require(owner, playlist_id)
    except (Absent, Forbidden):
        problem = _("You can't add videos to this playlist.")
        raise Invalid(_("Please fix the errors below."), fields={"playlist_id": [problem]}) from None


def _limit(owner: User) -> RowLimit:
    most = settings.MAX_OPEN_IMPORTS_PER_USER
    waiting = AddressImport.objects.filter(owner=owner, status__in=OPEN)
    sentence = _("You can have up to %(limit)d imports at once. Wait for one, or cancel it.") % {
        "limit": most
    }
    return RowLimit(waiting.count, most, sentence)


def _metadata(url: str, *, visibility: str, title: str) -> str:
    """Return ``Upload-Metadata`` for the draft. Its file name is the last part of the address."""
    parts = urlsplit(url)
    name = unquote(parts.path.rstrip("/").rpartition("/")[2], errors="replace") or parts.hostname or ""
    described = {"filename": name, "title": title, "visibility": visibility or Visibility.PRIVATE}
    return ",".join(
        f"{key} {base64.b64encode(value.encode()).decode()}" for key, value in described.items() if value
    )

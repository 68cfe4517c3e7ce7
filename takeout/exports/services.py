"""Request, list, cancel and expire archives of an account's data."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import NamedTuple

from accounts import reauthentication
from accounts.models import User
from streamsite import disk
from streamsite.errors import Absent
from streamsite.ids import object_id
from streamsite.mongo.keyset_merge import Moment
from streamsite.rate_limits import TAKEOUT_EXPORT, enforce
from takeout import store
from takeout.exports import building, folders
from takeout.exports.zip_layout import StoredArchive


@dataclass(frozen=True)
class Entry:
    """An export in the list of an account's, or an import."""

    id: str
    created_at: datetime
    document: store.ExportDoc


class Requested(NamedTuple):
    """An export, and whether this request began it."""

    export: store.ExportDoc
    is_new: bool


def request_export(
    user: User,
    *,
    session_id: str | None,
    enqueue: Callable[[str], object],
    with_media: bool = True,
    export_id: str = "",
) -> Requested:
    """Queue the building of an archive and return its export; the present one while one is being made.

    ``export_id`` is an unused id to give it; by default it is random. Raises ``ProofRequired`` unless the session has a
    recent proof of identity, because an archive has all that the account has; ``Throttled``, or ``DiskFull``.
    """
    reauthentication.require_recent_proof(user, session_id)
    present = store.find_active_export(user.pk)
    if present is not None:
        return Requested(present, is_new=False)
    enforce(TAKEOUT_EXPORT, user.pk)
    disk.require_space(0)
    moment = store.now()
    export: store.ExportDoc = {
        "_id": export_id or object_id(),
        "user_id": user.pk,
        "status": store.QUEUED,
        "is_active": True,
        "progress": 0.0,
        "error": "",
        "with_media": with_media,
        "size": 0,
        "counts": {},
        "created_at": moment,
        "finished_at": None,
        "expires_at": None,
        "purge_at": moment + building.RETENTION,
    }
    if not store.add_export(export):
        # Of two requests at once one has just been faster.
        present = store.find_active_export(user.pk) or store.find_export(export["_id"])
        if present is None or present["user_id"] != user.pk:
            raise Absent
        return Requested(present, is_new=False)
    enqueue(export["_id"])
    return Requested(export, is_new=True)


def get_export(user: User, export_id: str) -> store.ExportDoc:
    """Return an export of the account. Raises ``Absent``."""
    export = store.find_export(export_id)
    if export is None or export["user_id"] != user.pk:
        raise Absent
    if _is_over(export):
        building.expire(export)
        return export | {"status": store.EXPIRED}
    return export


def list_exports(user: User, before: Moment | None, limit: int) -> list[Entry]:
    """Return the account's exports, latest first."""
    rows = store.list_exports(user.pk, before, limit)
    return [Entry(row["_id"], row["created_at"].replace(tzinfo=UTC), row) for row in rows]


def cancel_export(user: User, export_id: str) -> None:
    """Cancel an export, or delete its archive. Raises ``Absent``."""
    get_export(user, export_id)
    store.remove_export(export_id)
    folders.remove(export_id)


def open_archive(user: User, export_id: str) -> tuple[store.ExportDoc, StoredArchive]:
    """Return an export that is ready and its archive. Raises ``Absent``."""
    export = get_export(user, export_id)
    if export["status"] != store.READY:
        raise Absent
    try:
        return export, StoredArchive(folders.export_dir(export_id))
    except OSError:
        raise Absent from None


def sweep() -> int:
    """Remove archives whose time is over and files that no export knows; return how many. Idempotent."""
    expired = store.list_expired_exports(store.now())
    for export in expired:
        building.expire(export)
    settled = folders.settled_ids()
    lost = settled - store.known_export_ids(settled)
    for export_id in lost:
        folders.remove(export_id)
    return len(expired) + len(lost)


def delete_for_user(user_id: str) -> None:
    """Delete everything of a deleted account. Idempotent."""
    for name, export_id in list(store.ids_of_user(user_id)):
        if name == store.EXPORTS:
            store.remove_export(export_id)
            folders.remove(export_id)


def _is_over(export: store.ExportDoc) -> bool:
    ends = export["expires_at"]
    return export["status"] == store.READY and ends is not None and ends.replace(tzinfo=UTC) <= store.now()

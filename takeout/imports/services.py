"""Begin, list, cancel and sweep imports."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from pymongo.errors import DuplicateKeyError

from accounts.models import User
from streamsite import disk
from streamsite.errors import Absent, Conflict, Invalid
from streamsite.ids import object_id
from streamsite.mongo.keyset_merge import Moment
from streamsite.rate_limits import TAKEOUT_IMPORT, enforce
from streamsite.sanitize import clean_line
from takeout import store
from takeout.imports import files, sources
from videos.uploads.services import hand_over_partial

# How long the report stays, and how long the archive of a rehearsal waits for the import itself.
RETENTION, FILE_LIFETIME = timedelta(days=30), timedelta(days=2)


class ImportRunning(Conflict):
    """An account imports one archive at a time."""

    code = "import_running"
    detail = gettext_lazy("Another import is still running. Wait for it, or cancel it.")


@dataclass(frozen=True)
class Entry:
    """An import in the list of an account's."""

    id: str
    created_at: datetime
    document: store.ImportDoc


@dataclass(frozen=True)
class Sent:
    """An archive as it was sent: a file of a form with its name, or the id of a finished partial upload."""

    path: Path | None = None
    name: str = ""
    upload: str = ""


def begin(
    user: User,
    sent: Sent,
    *,
    source: str,
    is_dry: bool,
    enqueue: Callable[[str], object],
    import_id: str = "",
) -> store.ImportDoc:
    """Queue an import and return it. ``import_id`` is an unused id to give it; by default it is random.

    Archives of the account that wait for an import are deleted: one of them may take up space, whatever its quota.
    Raises ``Invalid`` without an archive, ``ImportRunning``, ``Throttled``, ``DiskFull``, or ``Absent`` for an upload
    that is none of the account's.
    """
    if (sent.path is None) == (not sent.upload):
        problem = _("Send the archive as “file”, or the id of a finished partial upload as “upload”.")
        raise Invalid(_("Choose an archive."), fields={"file": [problem]})
    enforce(TAKEOUT_IMPORT, user.pk)
    disk.require_space(0)
    document = _new(user, source=source, is_dry=is_dry, import_id=import_id)
    document["file_name"] = clean_line(sent.name)[:255]
    if not store.add_import(document):
        raise ImportRunning
    try:
        target = files.archive_path(document["_id"])
        if sent.path is not None:
            sent.path.replace(target)
        else:
            _size, name = hand_over_partial(user, sent.upload, target)
            store.update_import(document["_id"], {"file_name": clean_line(name)[:255]})
        for earlier in store.release_archives(user.pk):
            files.remove(earlier)
        enqueue(document["_id"])
    except BaseException:
        store.remove_import(document["_id"])
        files.remove(document["_id"])
        raise
    return document


def _new(user: User, *, source: str, is_dry: bool, import_id: str = "") -> store.ImportDoc:
    if source not in sources.NAMES:
        raise Invalid(_("Choose a source."), fields={"source": [_("Choose a source.")]})
    moment = store.now()
    return {
        "_id": import_id or object_id(),
        "user_id": user.pk,
        "status": store.QUEUED,
        "is_active": True,
        "progress": 0.0,
        "error": "",
        "source": source,
        "is_dry": is_dry,
        "file_name": "",
        "has_file": True,
        "report": {},
        "row_count": 0,
        "done_kinds": [],
        "created_at": moment,
        "finished_at": None,
        "expires_at": moment + FILE_LIFETIME,
        "purge_at": moment + RETENTION,
    }


def start_rehearsed(user: User, import_id: str, *, enqueue: Callable[[str], object]) -> store.ImportDoc:
    """Import the archive of a rehearsal, whose report is replaced. When it cannot be queued, the archive waits on.

    Raises ``Absent``, ``ImportRunning``, or ``Conflict`` when the archive is gone.
    """
    document = get_import(user, import_id)
    if document["status"] in (store.QUEUED, store.RUNNING):
        raise ImportRunning
    if not document["has_file"]:
        raise Conflict(_("The archive is no longer here. Send it again."))
    changes = {
        "status": store.QUEUED,
        "is_dry": False,
        "progress": 0.0,
        "report": {},
        "row_count": 0,
        "done_kinds": [],
        "finished_at": None,
    }
    try:
        started = store.restart_import(import_id, changes)
    except DuplicateKeyError:
        raise ImportRunning from None
    if started is None:
        raise ImportRunning
    try:
        store.delete_rows(import_id)
        enqueue(import_id)
    except BaseException:
        before = {key: value for key, value in document.items() if key in changes}
        store.update_import(import_id, {**before, "row_count": 0}, ends=True)
        raise
    return started


def get_import(user: User, import_id: str) -> store.ImportDoc:
    """Return an import of the account. Raises ``Absent``."""
    document = store.find_import(import_id)
    if document is None or document["user_id"] != user.pk:
        raise Absent
    return document


def list_imports(user: User, before: Moment | None, limit: int) -> list[Entry]:
    """Return the account's imports, latest first."""
    rows = store.list_imports(user.pk, before, limit)
    return [Entry(row["_id"], row["created_at"].replace(tzinfo=UTC), row) for row in rows]


def cancel_import(user: User, import_id: str) -> None:
    """Cancel an import, or delete its archive and report. What came over stays. Raises ``Absent``."""
    get_import(user, import_id)
    store.remove_import(import_id)
    files.remove(import_id)


def sweep() -> int:
    """Remove archives whose time is over, and files that no import knows; return how many. Idempotent."""
    expired = store.list_expired_imports(store.now())
    for document in expired:
        store.update_import(document["_id"], {"has_file": False})
        files.remove(document["_id"])
    settled = files.settled_ids()
    lost = settled - store.known_import_ids(settled)
    for import_id in lost:
        files.remove(import_id)
    return len(expired) + len(lost)


def delete_for_user(user_id: str) -> None:
    """Delete everything of a deleted account. Idempotent."""
    for name, import_id in list(store.ids_of_user(user_id)):
        if name == store.IMPORTS:
            store.remove_import(import_id)
            files.remove(import_id)

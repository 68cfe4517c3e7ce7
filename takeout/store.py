"""The collections of exports, of imports, and of the rows of imports' reports."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import NotRequired, TypedDict, cast

from pymongo import ASCENDING, DESCENDING, IndexModel, ReturnDocument
from pymongo.collection import Collection
from pymongo.errors import DuplicateKeyError

from streamsite.mongo.collections import collection
from streamsite.mongo.keyset_merge import Moment, before_filter

EXPORTS, IMPORTS, ROWS = "takeout_export", "takeout_import", "takeout_import_row"
QUEUED, RUNNING, READY, FAILED, EXPIRED, DONE = "queued", "running", "ready", "failed", "expired", "done"
_OF_USER = [("user_id", ASCENDING), ("created_at", DESCENDING), ("_id", DESCENDING)]
_PURGE = [("purge_at", ASCENDING)]
_IS_ACTIVE = {"is_active": True}
INDEXES = {
    EXPORTS: [
        IndexModel(_OF_USER, name="export_of_user"),
        # Of one account at most one is being made.
        IndexModel(
            [("user_id", ASCENDING)],
            name="export_running_once",
            unique=True,
            partialFilterExpression=_IS_ACTIVE,
        ),
        IndexModel(_PURGE, name="export_purge", expireAfterSeconds=0),
    ],
    IMPORTS: [
        IndexModel(_OF_USER, name="import_of_user"),
        IndexModel(
            [("user_id", ASCENDING)],
            name="import_running_once",
            unique=True,
            partialFilterExpression=_IS_ACTIVE,
        ),
        IndexModel(_PURGE, name="import_purge", expireAfterSeconds=0),
    ],
    ROWS: [
        IndexModel([("import_id", ASCENDING), ("number", ASCENDING)], name="import_rows"),
        IndexModel(_PURGE, name="import_row_purge", expireAfterSeconds=0),
    ],
}


class JobDoc(TypedDict):
    """Common fields of exports and imports. ``is_active`` is there while one is queued or running."""

    _id: str
    user_id: str
    status: str
    is_active: NotRequired[bool]
    progress: float
    error: str
    created_at: datetime
    finished_at: datetime | None
    expires_at: datetime | None
    purge_at: datetime


class ExportDoc(JobDoc):
    """An export: ``size`` in bytes of the archive, ``counts`` of its objects by kind."""

    with_media: bool
    size: int
    counts: dict[str, int]


class ImportDoc(JobDoc):
    """An import: ``report`` has counts by kind and state; ``done_kinds`` are the kinds that need not be read again.

    ``has_file`` says that its archive is still there, so that a rehearsal can be followed by the import itself.
    """

    source: str
    is_dry: bool
    file_name: str
    has_file: bool
    report: dict[str, dict[str, int]]
    row_count: int
    done_kinds: list[str]


class RowDoc(TypedDict):
    """An entry of an import's report: an object that did not come over, or not as it was."""

    _id: str
    import_id: str
    number: int
    kind: str
    state: str
    code: str
    detail: str
    ref: str
    title: str
    url: str
    purge_at: datetime


def _exports() -> Collection[ExportDoc]:
    return cast("Collection[ExportDoc]", collection(EXPORTS))


def _imports() -> Collection[ImportDoc]:
    return cast("Collection[ImportDoc]", collection(IMPORTS))


def _rows() -> Collection[RowDoc]:
    return cast("Collection[RowDoc]", collection(ROWS))


def add_export(document: ExportDoc) -> bool:
    """Store an export. Return False when the account has one that is being made, or the id is taken."""
    try:
        _exports().insert_one(document)
    except DuplicateKeyError:
        return False
    return True


def find_export(export_id: str) -> ExportDoc | None:
    """Return an export."""
    return _exports().find_one({"_id": export_id})


def find_active_export(user_id: str) -> ExportDoc | None:
    """Return the export that is being made for an account."""
    return _exports().find_one({"user_id": user_id, "is_active": True})


def list_exports(user_id: str, before: Moment | None, limit: int) -> list[ExportDoc]:
    """Return an account's exports, latest first."""
    which = {"user_id": user_id, **_older(before)}
    return list(_exports().find(which).sort([("created_at", DESCENDING), ("_id", DESCENDING)]).limit(limit))


def update_export(export_id: str, changes: Mapping[str, object], *, ends: bool = False) -> bool:
    """Set fields of an export, which is not active any more if it ``ends``. Return False when it is gone."""
    return _update(EXPORTS, export_id, changes, ends)


def remove_export(export_id: str) -> ExportDoc | None:
    """Delete an export; return its document."""
    return _exports().find_one_and_delete({"_id": export_id})


def list_expired_exports(now: datetime) -> list[ExportDoc]:
    """Return ready exports whose time is over."""
    return list(_exports().find({"status": READY, "expires_at": {"$lte": now}}))


def list_ready_exports(user_id: str, *, but: str) -> list[ExportDoc]:
    """Return an account's ready exports but one."""
    return list(_exports().find({"user_id": user_id, "status": READY, "_id": {"$ne": but}}))


def known_export_ids(ids: Iterable[str]) -> set[str]:
    """Return those of the ids whose export may have files."""
    which = {"_id": {"$in": list(ids)}, "status": {"$in": [QUEUED, RUNNING, READY]}}
    return {row["_id"] for row in _exports().find(which, {"_id": 1})}


def add_import(document: ImportDoc) -> bool:
    """Store an import. Return False when the account has one that is running, or the id is taken."""
    try:
        _imports().insert_one(document)
    except DuplicateKeyError:
        return False
    return True


def find_import(import_id: str) -> ImportDoc | None:
    """Return an import."""
    return _imports().find_one({"_id": import_id})


def list_imports(user_id: str, before: Moment | None, limit: int) -> list[ImportDoc]:
    """Return an account's imports, latest first."""
    which = {"user_id": user_id, **_older(before)}
    return list(_imports().find(which).sort([("created_at", DESCENDING), ("_id", DESCENDING)]).limit(limit))


def update_import(import_id: str, changes: Mapping[str, object], *, ends: bool = False) -> bool:
    """Set fields of an import, which is not active any more if it ``ends``. Return False when it is gone."""
    return _update(IMPORTS, import_id, changes, ends)


def restart_import(import_id: str, changes: Mapping[str, object]) -> ImportDoc | None:
    """Set fields of an import that has ended and still has its file, and make it active; ``None`` if it is none.

    Raises ``DuplicateKeyError`` when another one of the account is running.
    """
    return _imports().find_one_and_update(
        {"_id": import_id, "has_file": True, "is_active": {"$exists": False}},
        {"$set": {**changes, "is_active": True}},
        return_document=ReturnDocument.AFTER,
    )


def remove_import(import_id: str) -> ImportDoc | None:
    """Delete an import and the rows of its report; return its document."""
    found = _imports().find_one_and_delete({"_id": import_id})
    delete_rows(import_id)
    return found


def list_expired_imports(now: datetime) -> list[ImportDoc]:
    """Return imports that keep a file whose time is over."""
    return list(
        _imports().find({"has_file": True, "is_active": {"$exists": False}, "expires_at": {"$lte": now}})
    )


def release_archives(user_id: str) -> Iterator[str]:
    """Note that the archives of an account's imports that have ended are gone; yield their ids."""
    which = {"user_id": user_id, "has_file": True, "is_active": {"$exists": False}}
    while found := _imports().find_one_and_update(which, {"$set": {"has_file": False}}):
        yield found["_id"]


def known_import_ids(ids: Iterable[str]) -> set[str]:
    """Return those of the ids whose import has a file."""
    which = {"_id": {"$in": list(ids)}, "has_file": True}
    return {row["_id"] for row in _imports().find(which, {"_id": 1})}


def add_rows(rows: Sequence[RowDoc]) -> None:
    """Store rows of a report."""
    if rows:
        _rows().insert_many(rows, ordered=False)


def list_rows(import_id: str, after: int, limit: int, *, kind: str = "") -> list[RowDoc]:
    """Return rows of a report in their order, those with a number above ``after``."""
    which: dict[str, object] = {"import_id": import_id, "number": {"$gt": after}}
    if kind:
        which["kind"] = kind
    return list(_rows().find(which).sort("number", ASCENDING).limit(limit))


def delete_rows(import_id: str, kinds: Iterable[str] | None = None) -> None:
    """Delete the rows of a report, or those of some kinds."""
    which: dict[str, object] = {"import_id": import_id}
    if kinds is not None:
        which["kind"] = {"$in": list(kinds)}
    _rows().delete_many(which)


def count_rows(import_id: str) -> int:
    """Return the number of the report's last row."""
    last = _rows().find_one({"import_id": import_id}, {"number": 1}, sort=[("number", DESCENDING)])
    return last["number"] if last else 0


def ids_of_user(user_id: str) -> Iterator[tuple[str, str]]:
    """Yield collection and id of every export and import of an account."""
    for name in (EXPORTS, IMPORTS):
        for row in collection(name).find({"user_id": user_id}, {"_id": 1}):
            yield name, row["_id"]


def _older(before: Moment | None) -> dict[str, object]:
    return before_filter("created_at", before) if before is not None else {}


def _update(name: str, job_id: str, changes: Mapping[str, object], ends: bool) -> bool:
    update: dict[str, object] = {"$set": dict(changes)}
    if ends:
        update["$unset"] = {"is_active": ""}
    return bool(collection(name).update_one({"_id": job_id}, update).matched_count)


def now() -> datetime:
    """Return the present moment, as precise as MongoDB stores it."""
    moment = datetime.now(UTC)
    return moment.replace(microsecond=moment.microsecond // 1000 * 1000)

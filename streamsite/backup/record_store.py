"""The collection ``streamsite_backup``: the last backup, the last failure, a restore that has begun. Not backed up."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from pymongo.collection import Collection

from streamsite.backup.errors import Busy
from streamsite.mongo.collections import collection
from streamsite.mongo.locks import HeldLock, hold_lock

RECORDS = "streamsite_backup"
LOCK, LAST, FAILURE, RESTORE, MARKER = "lock", "last", "failure", "restore", "marker"


@dataclass(frozen=True)
class LastBackup:
    """The last complete backup of database and files. ``size`` is in bytes, of which ``copied`` were new."""

    finished_at: datetime
    duration: timedelta
    size: int
    copied: int
    snapshot: str

    @property
    def age(self) -> timedelta:
        """The time since the moment that the backup restores, by this machine's clock."""
        return datetime.now(UTC) - (self.finished_at - self.duration)


def _records() -> Collection[dict[str, Any]]:
    return collection(RECORDS)


def last_backup() -> LastBackup | None:
    """Return the last complete backup of database and files, ``None`` when there was none."""
    found = _records().find_one({"_id": LAST})
    if found is None:
        return None
    return LastBackup(
        finished_at=found["finished_at"].replace(tzinfo=UTC),
        duration=timedelta(seconds=found["seconds"]),
        size=found["size"],
        copied=found["copied"],
        snapshot=found["snapshot"],
    )


def last_backup_time() -> datetime | None:
    """Return when the last complete backup of database and files was finished, ``None`` when there was none."""
    found = last_backup()
    return found.finished_at if found is not None else None


def record_success(*, snapshot: str, seconds: float, size: int, copied: int) -> None:
    """Note a complete backup, with MongoDB's time."""
    fields: dict[str, object] = {"snapshot": snapshot, "seconds": seconds, "size": size, "copied": copied}
    change = [{"$set": {**fields, "finished_at": "$$NOW"}}]
    _records().update_one({"_id": LAST}, change, upsert=True)
    _records().delete_one({"_id": FAILURE})


def record_failure(reason: str) -> None:
    """Note that a scheduled backup was not made, and why."""
    change = [{"$set": {"reason": {"$literal": reason[:500]}, "at": "$$NOW"}}]
    _records().update_one({"_id": FAILURE}, change, upsert=True)


def last_failure() -> tuple[datetime, str] | None:
    """Return when and why the last scheduled backup failed; ``None`` since one was made."""
    found = _records().find_one({"_id": FAILURE})
    return None if found is None else (found["at"].replace(tzinfo=UTC), found["reason"])


def is_due(every: timedelta, *, pause: timedelta) -> bool:
    """Return whether the last backup began ``every`` ago, by MongoDB's clock, and none failed within ``pause``."""
    now: datetime = _records().database.client.admin.command("hello")["localTime"].replace(tzinfo=UTC)
    last, failure = last_backup(), last_failure()
    if failure is not None and now - failure[0] < pause:
        return False
    return last is None or now - (last.finished_at - last.duration) >= every


# --- one at a time ---


@contextmanager
def only_one() -> Iterator[HeldLock]:
    """Hold the lock that every backup and restore of the site takes. Raises ``Busy``."""
    with hold_lock(_records(), LOCK, waiting=_refuse) as lock:
        yield lock


def _refuse() -> None:
    raise Busy("Another process is making or restoring a backup of this site. Run the command again later.")


# --- a restore that has begun ---


def unfinished_restore() -> str:
    """Return the id of the snapshot of which the database is only a part, "" when there is none."""
    found = _records().find_one({"_id": RESTORE})
    return "" if found is None else str(found["snapshot"])


def begin_restore(snapshot: str) -> set[str]:
    """Note that the database is going to be a snapshot's; return the collections that are there already."""
    found = _records().find_one({"_id": RESTORE, "snapshot": snapshot})
    if found is not None:
        return set(found["done"])
    _records().replace_one({"_id": RESTORE}, {"snapshot": snapshot, "done": []}, upsert=True)
    return set()


def note_restored(name: str) -> None:
    """Note that a collection is there."""
    _records().update_one({"_id": RESTORE}, {"$addToSet": {"done": name}})


def end_restore() -> None:
    """Note that the database is whole."""
    _records().delete_one({"_id": RESTORE})

"""Making a backup: files, then the database, then the files that came meanwhile, then keys, then the snapshot.

Files are walked before the database is copied and again after: so whatever a row names at the moment of the database's
copy is there, although files come and go. A run that was killed is continued by the next one with the same parts; its
state is ``unfinished.json`` at the target.
"""

from __future__ import annotations

import json
import logging
import time
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TypedDict, cast

from django.conf import settings

from streamsite import __version__, site_id, sweep_count
from streamsite.backup import keys, record_store, retention, snapshots
from streamsite.backup.entries import is_cut
from streamsite.backup.errors import BackupError, Busy
from streamsite.backup.media import MediaCopy, MediaState, empty_state
from streamsite.backup.objects import Objects
from streamsite.backup.snapshots import CollectionPart, DatabasePart, MediaPart, Snapshot
from streamsite.backup.sources import used_sources
from streamsite.backup.targets import Target
from streamsite.mongo import whole_database
from streamsite.mongo.changes import HistoryLost
from streamsite.mongo.consistent_copy import CopyState, CopyTools
from streamsite.progress import Progress

logger = logging.getLogger("streamsite.backup")

# A copy of the database that a killed run has made is not that of now for longer.
MAX_COPY_AGE = 3_600.0
# Sizes of the pages of documents: see ``entries.is_cut``.
MIN_PAGE, MAX_PAGE, CUTS = 2**20, 8 * 2**20, 512


class Unfinished(TypedDict):
    """The state of a run: its id, beginning and parts; of each phase what is done, ``None`` before it."""

    id: str
    site_id: str
    parts: list[str]
    started_at: float
    before: MediaState
    before_done: bool
    count: int
    copy: CopyState | None
    db: DatabasePart | None
    db_at: float
    after: MediaState


@dataclass(frozen=True)
class Options:
    """The parts of a backup; ``keep`` is the number of snapshots to keep, 0 for all."""

    parts: Sequence[str] = snapshots.PARTS
    passphrase: str = ""
    keep: int = 0
    is_thorough: bool = False


@dataclass(frozen=True)
class Result:
    """The result of a run. Sizes are in bytes."""

    snapshot: Snapshot
    copied: int
    removed: retention.Removed


def create(target: Target, options: Options, progress: Progress) -> Result:
    """Make a backup. Raises ``BackupError``, ``SiteMismatch``, or what database and disk raise."""
    site = site_id.current_site_id()
    _require_outside(target)
    if "keys" in options.parts and target.is_remote and not options.passphrase:
        raise BackupError(
            "Keys go into a bucket encrypted only: set BACKUP_PASSPHRASE_FILE, or leave them out with --only db,media."
        )
    with record_store.only_one() as lock:
        snapshots.claim(target, site)
        run = _Run(target, options, progress, site)
        snapshot = run.make()
        target.flush()
        if not lock.is_held():
            raise Busy("Another process took over, because MongoDB was away. Run the command again.")
        snapshots.write(target, snapshot)
        target.delete(snapshots.UNFINISHED)
        seconds = snapshot["finished_at"] - snapshot["started_at"]
        if snapshot["db"] is not None and snapshot["media"] is not None:
            size = snapshot["db"]["bytes"] + snapshot["media"]["bytes"]
            record_store.record_success(
                snapshot=snapshot["id"], seconds=seconds, size=size, copied=run.copied
            )
        removed = retention.apply(target, keep=options.keep, progress=progress)
    progress.end()
    return Result(snapshot, run.copied, removed)


def _require_outside(target: Target) -> None:
    """Raise ``BackupError`` for a folder in what is backed up: it would contain itself."""
    place = Path(target.label)
    for folder in () if target.is_remote else (Path(settings.MEDIA_ROOT), Path(settings.KEYS_DIR)):
        if place.is_relative_to(folder.resolve()):
            raise BackupError(f"{place} is in {folder}, which is backed up. Choose a place outside of it.")


class _Run:
    def __init__(self, target: Target, options: Options, progress: Progress, site: str) -> None:
        self._target, self._options, self._progress = target, options, progress
        self._objects = Objects(target)
        self._sources = used_sources() if "media" in options.parts else {}
        self._state = _read_unfinished(target, site, options.parts) or self._begin(site)

    def _begin(self, site: str) -> Unfinished:
        return {
            "id": snapshots.new_id(),
            "site_id": site,
            "parts": sorted(self._options.parts),
            "started_at": time.time(),
            "before": empty_state(),
            "before_done": False,
            "count": _folder_count(),
            "copy": None,
            "db": None,
            "db_at": 0.0,
            "after": empty_state(),
        }

    @property
    def copied(self) -> int:
        """Bytes of files that were new."""
        return self._state["before"]["copied"] + self._state["after"]["copied"]

    def make(self) -> Snapshot:
        """Store everything; return the snapshot, which is not written yet."""
        state = self._state
        media = MediaCopy(
            self._sources, self._objects, self._progress, self._save, is_thorough=self._options.is_thorough
        )
        if "media" in self._options.parts and not state["before_done"]:
            former = snapshots.newest_with(self._target, "media")
            pages = former["media"]["pages"] if former and former["media"] else []
            self._progress.begin(
                "files", expected=former["media"]["bytes"] if former and former["media"] else 0
            )
            media.walk(state["before"], pages)
            state["before_done"] = True
            self._save()
        if "db" in self._options.parts and state["db"] is None:
            state["db"] = self._copy_database()
            state["db_at"] = time.time()
            state["copy"] = None
            self._save()
        files = state["before"]
        if "media" in self._options.parts and "db" in self._options.parts:
            self._progress.begin("files that came meanwhile", expected=files["bytes"])
            # What is gone by now may be named by a row that was there a moment ago.
            media = MediaCopy(self._sources, self._objects, self._progress, self._save, is_thorough=False)
            media.walk(state["after"], state["before"]["pages"], keep_gone=True)
            files = state["after"]
        return {
            "format": snapshots.FORMAT,
            "id": state["id"],
            "site_id": state["site_id"],
            "version": __version__,
            "started_at": state["started_at"],
            "finished_at": time.time(),
            "db": state["db"],
            "media": self._media_part(files) if "media" in self._options.parts else None,
            "keys": self._store_keys() if "keys" in self._options.parts else None,
        }

    def _media_part(self, files: MediaState) -> MediaPart:
        return {
            "pages": files["pages"],
            "sources": sorted(self._sources),
            "files": files["files"],
            "bytes": files["bytes"],
            "count": self._state["count"],
        }

    def _store_keys(self) -> snapshots.KeysPart:
        self._progress.begin("keys")
        return keys.store(self._target, self._state["id"], self._options.passphrase)

    def _copy_database(self) -> DatabasePart:
        self._progress.begin("database", expected=whole_database.estimate()[1])
        tools = CopyTools(
            put=self._objects.put_page,
            is_cut=partial(is_cut, least=MIN_PAGE, most=MAX_PAGE, cuts=CUTS),
            save=self._save_copy,
            tell=self._progress.step,
        )
        try:
            copied, moment = whole_database.copy(tools, self._state["copy"])
        except HistoryLost:
            raise BackupError(
                "MongoDB's log doesn't reach back to the beginning of the copy. Run the command again when less is"
                " written, or give MongoDB a larger oplog."
            ) from None
        collections: dict[str, CollectionPart] = {}
        for name, part in copied.items():
            options, indexes = whole_database.describe(name)
            collections[name] = {
                "pages": part["pages"],
                "changes": part["changes"],
                "documents": part["documents"],
                "options": options,
                "indexes": indexes,
            }
        return {
            "moment": [moment.time, moment.inc],
            "collections": collections,
            "documents": sum(part["documents"] for part in copied.values()),
            "bytes": sum(part["bytes"] for part in copied.values()),
        }

    def _save_copy(self, state: CopyState | None) -> None:
        self._state["copy"] = state
        self._save()

    def _save(self) -> None:
        self._target.flush()
        self._target.write(snapshots.UNFINISHED, json.dumps(self._state).encode())


def _folder_count() -> int:
    try:
        return sweep_count.read_folder_count()
    except ValueError:
        return 0


def _read_unfinished(target: Target, site: str, parts: Sequence[str]) -> Unfinished | None:
    """Return the state of a killed run with the same parts, ``None`` when there is none."""
    try:
        found = json.loads(target.read(snapshots.UNFINISHED))
        same = (found["site_id"], found["parts"]) == (site, sorted(parts))
        pages = [*found["before"]["pages"], *found["after"]["pages"]]
        is_old = time.time() - found["db_at"] > MAX_COPY_AGE
    except (FileNotFoundError, ValueError, KeyError, TypeError):
        return None
    # One that has its snapshot was killed right after that.
    if not same or found["id"] in snapshots.ids(target) or not _are_there(target, pages):
        return None
    if found["db"] is not None and is_old:
        found |= {"db": None, "copy": None, "after": empty_state()}
    logger.info("backup: continuing %s, which did not finish", found["id"])
    return cast("Unfinished", found)


def _are_there(target: Target, digests: list[str]) -> bool:
    objects = Objects(target)
    return all(objects.is_there(digest) for digest in digests)

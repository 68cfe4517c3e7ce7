"""Restoring a snapshot, or parts of it. Refusals come before anything is changed; a killed run can be repeated.

The site's id comes last, in the database and in the data folder: until then no process of the site starts.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from bson import json_util
from django.conf import settings

from streamsite import atomic_files, folders, site_id, sweep_count
from streamsite.backup import keys, record_store, snapshots
from streamsite.backup.entries import read_entries
from streamsite.backup.errors import BackupError, Busy, Damaged
from streamsite.backup.objects import Objects
from streamsite.backup.snapshots import CollectionPart, DatabasePart, MediaPart, Snapshot
from streamsite.backup.sources import FolderSource, Source, used_sources
from streamsite.backup.targets import Target
from streamsite.mongo import whole_database
from streamsite.mongo.loading import CollectionLoader, UnreadablePage
from streamsite.progress import Progress
from streamsite.tasks import heartbeats

MAX_SHOWN = 20


@dataclass(frozen=True)
class Options:
    """Options of a restore. ``replace`` allows a database with documents, ``other_site`` a site with another id."""

    parts: Sequence[str]
    passphrase: str = ""
    replace: bool = False
    other_site: bool = False


@dataclass
class Result:
    """The result of a restore, with the files that could not be restored."""

    documents: int = 0
    files: int = 0
    written: int = 0
    keys: int = 0
    failed: list[str] | None = None


def restore(target: Target, snapshot: Snapshot, options: Options, progress: Progress) -> Result:
    """Restore parts of a snapshot. Raises ``BackupError``, ``SiteMismatch``, or what database and disk raise."""
    objects, result = Objects(target), Result(failed=[])
    with record_store.only_one():
        sources = require_restorable(objects, snapshot, options, progress)
        database = snapshot["db"] if "db" in options.parts else None
        if "keys" in options.parts and snapshot["keys"] is not None:
            files = keys.load(target, snapshot["keys"], options.passphrase)
            result.keys = keys.restore(files)
        folders.create_missing()
        if database is not None:
            result.documents = _restore_database(objects, snapshot, database, progress)
        if "media" in options.parts and snapshot["media"] is not None:
            _restore_files(objects, snapshot["media"], sources, result, progress)
            _restore_id(snapshot, snapshot["media"])
        if database is not None:
            record_store.end_restore()
    progress.end()
    return result


# --- what is refused ---


def require_restorable(
    objects: Objects, snapshot: Snapshot, options: Options, progress: Progress
) -> dict[str, Source]:
    """Raise what ``restore`` would raise before it changes anything; return where the snapshot's files go."""
    missing = [part for part in options.parts if part not in snapshots.parts_of(snapshot)]
    if missing:
        raise BackupError(f"The snapshot {snapshot['id']} has no {' and no '.join(missing)}.")
    sources = _sources(snapshot["media"]) if "media" in options.parts else {}
    # Keys lie beside the folder that has the id.
    beside = [FolderSource()] if "keys" in options.parts else []
    _require_site(snapshot, options, [*beside, *sources.values()])
    if "db" in options.parts and snapshot["db"] is not None:
        _require_room(snapshot, options)
        _require_readable(objects, snapshot["db"], progress)
    return sources


def _require_site(snapshot: Snapshot, options: Options, sources: Iterable[Source]) -> None:
    """Raise unless what is to be changed has no id or the snapshot's."""
    if options.other_site:
        return
    site = snapshot["site_id"]
    found = site_id.read_database_id() if "db" in options.parts else ""
    if found and found != site:
        raise BackupError(
            f"The database belongs to another site (id {found[:8]}) than the backup ({site[:8]})."
            " Check MONGODB_NAME; --other-site makes it the backup's."
        )
    for source in sources:
        source.require_site(site)


def _require_room(snapshot: Snapshot, options: Options) -> None:
    """Raise unless the database is empty, is to be replaced, or is what a killed run of the same restore left."""
    if queues := heartbeats.running_queues():
        raise Busy(
            f"Workers are running for {', '.join(sorted(queues))}, or were killed less than a minute ago. Stop the "
            "site, and run this again."
        )
    begun = record_store.unfinished_restore()
    if begun != snapshot["id"] and not options.replace and whole_database.has_documents():
        raise BackupError(
            "The database is not empty. --replace drops what it holds and puts the backup in its place."
            if not begun
            else f"The database is an unfinished restore of {begun}. Finish it with --snapshot {begun} or --replace it."
        )


def _require_readable(objects: Objects, database: DatabasePart, progress: Progress) -> None:
    """Raise ``Damaged`` when a page of the database is: before anything is dropped for it."""
    progress.begin("reading the backup of the database")
    for part in database["collections"].values():
        for digest in (*part["pages"], *part["changes"]):
            progress.step(1, len(objects.read_page(digest)))


def _sources(media: MediaPart | None) -> dict[str, Source]:
    used = used_sources()
    if lacking := [name for name in (media["sources"] if media else ()) if name not in used]:
        raise BackupError(
            f"The backup has files of the {' and the '.join(lacking)}, which this site's settings do not name."
        )
    return used


# --- the database ---


def _restore_database(
    objects: Objects, snapshot: Snapshot, database: DatabasePart, progress: Progress
) -> int:
    done = record_store.begin_restore(snapshot["id"])
    if not done:
        # Without its id no process of the site uses the database until it is whole.
        _drop(site_id.COLLECTION)
        whole_database.drop_all(tell=lambda name: progress.step(0, 0))
    progress.begin("database", expected=database["bytes"])
    count = 0
    for name in _order(database):
        part = database["collections"][name]
        if name not in done:
            _load(objects, name, part, progress)
            record_store.note_restored(name)
        count += part["documents"]
    return count


def _order(database: DatabasePart) -> list[str]:
    """Return the names of the collections, that with the site's id last."""
    return sorted(database["collections"], key=lambda name: (name == site_id.COLLECTION, name))


def _drop(name: str) -> None:
    whole_database.target_database().drop_collection(name)


def _load(objects: Objects, name: str, part: CollectionPart, progress: Progress) -> None:
    loader = CollectionLoader(whole_database.target_database(), name)
    try:
        loader.create(json_util.loads(part["options"]))
        for digest in part["pages"]:
            page = objects.read_page(digest)
            progress.step(loader.insert(page), len(page))
        for digest in part["changes"]:
            page = objects.read_page(digest)
            loader.correct(page)
            progress.step(0, len(page))
        loader.create_indexes(json_util.loads(part["indexes"]))
    except UnreadablePage:
        raise Damaged(f"The collection {name} of the backup cannot be read.") from None


# --- the files ---


def _restore_files(
    objects: Objects, media: MediaPart, sources: dict[str, Source], result: Result, progress: Progress
) -> None:
    """Write every file that is not there; go on after one whose contents the backup has not."""
    progress.begin("files", expected=media["bytes"])
    failed: list[str] = []
    for entry in read_entries(objects, media["pages"]):
        source, _, path = entry.name.partition("/")
        if source not in sources:
            raise BackupError(f"The backup has a file with the name {entry.name!r}, which is not allowed.")
        try:
            result.written += sources[source].restore(entry, path, objects)
            result.files += 1
        except Damaged as error:
            failed.append(f"{entry.name}: {error}")
        progress.step(1, entry.size)
    result.failed = failed


def _restore_id(snapshot: Snapshot, media: MediaPart) -> None:
    """Write the folder's sweep count, unless it has a higher one, and then its id."""
    folder = Path(settings.MEDIA_ROOT)
    try:
        there = sweep_count.read_folder_count()
    except ValueError:
        there = 0
    if read_id(folder) != snapshot["site_id"]:
        there = 0  # another site's
    count = max(there, media["count"])
    atomic_files.write_atomically(folder / site_id.COUNT_FILE, f"{count}\n", mode=0o640)
    atomic_files.write_atomically(folder / site_id.FILE, f"{snapshot['site_id']}\n", mode=0o640)


def read_id(folder: Path) -> str:
    """Return the id in a folder, "" when there is none or a damaged one."""
    try:
        return site_id.read_folder_id(folder)
    except site_id.SiteMismatch:
        return ""

"""Preview a backup or a restore: find what would be copied, and copy nothing."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from streamsite import site_id
from streamsite.backup import keys, restoring, snapshots
from streamsite.backup.entries import read_entries
from streamsite.backup.errors import BackupError
from streamsite.backup.media import merge
from streamsite.backup.objects import Objects
from streamsite.backup.snapshots import MediaPart, Snapshot
from streamsite.backup.sources import Source, used_sources
from streamsite.backup.targets import Target
from streamsite.mongo import whole_database
from streamsite.progress import Progress, format_bytes


def describe(target: Target, parts: Sequence[str]) -> Iterator[str]:
    """Yield a line about each part. Raises ``BackupError`` when the target is another site's."""
    owner = snapshots.read_owner(target)
    if owner and owner != site_id.current_site_id():
        raise BackupError(f"{target.label} holds backups of another site (id {owner[:8]}).")
    if "db" in parts:
        documents, size = whole_database.estimate()
        yield f"database: about {documents:,} documents, {format_bytes(size)}"
    if "media" in parts:
        yield _files(target)
    if "keys" in parts:
        yield f"keys: {len(keys.collect())}"


def _files(target: Target) -> str:
    former = snapshots.newest_with(target, "media")
    pages = former["media"]["pages"] if former and former["media"] else []
    files = size = new = new_size = 0
    found = (one for source in used_sources().values() for one in source.files())
    for file, known in merge(found, read_entries(Objects(target), pages)):
        if file is None:
            continue
        files += 1
        size += file.size
        if known is None or (known.size, known.stamp) != (file.size, file.stamp):
            new += 1
            new_size += file.size
    return (
        f"files: {files:,}, {format_bytes(size)}, of which up to {new:,} ({format_bytes(new_size)}) are new"
    )


def describe_restore(
    target: Target, snapshot: Snapshot, options: restoring.Options, progress: Progress
) -> Iterator[str]:
    """Yield a line about each part that would be restored. Raises what ``restoring.restore`` would raise at first."""
    objects = Objects(target)
    sources = restoring.require_restorable(objects, snapshot, options, progress)
    progress.end()
    if "keys" in options.parts and snapshot["keys"] is not None:
        files = keys.load(target, snapshot["keys"], options.passphrase)
        yield f"keys: {keys.count_missing(files)} of {len(files)} would be written"
    if "db" in options.parts and snapshot["db"] is not None:
        there, _ = whole_database.estimate()
        dropped = f", and about {there:,} that are there dropped" if there else ""
        yield f"database: {snapshot['db']['documents']:,} documents would be written{dropped}"
    if "media" in options.parts and snapshot["media"] is not None:
        yield _files_to_restore(objects, snapshot["media"], sources, progress)
    if "db" in options.parts:
        yield "Then the site would be prepared."


def _files_to_restore(
    objects: Objects, media: MediaPart, sources: dict[str, Source], progress: Progress
) -> str:
    progress.begin("files", expected=media["bytes"])
    missing = missing_size = 0
    for entry in read_entries(objects, media["pages"]):
        source, _, path = entry.name.partition("/")
        if source not in sources:
            raise BackupError(f"The backup has a file with the name {entry.name!r}, which is not allowed.")
        if not sources[source].has(entry, path):
            missing += 1
            missing_size += entry.size
        progress.step(1, entry.size)
    progress.end()
    return f"files: {missing:,} of {media['files']:,} would be written, {format_bytes(missing_size)}"

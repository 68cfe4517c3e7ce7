"""Preview a backup: find what would be copied, and copy nothing."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from streamsite import site_id
from streamsite.backup import keys, snapshots
from streamsite.backup.entries import read_entries
from streamsite.backup.errors import BackupError
from streamsite.backup.media import merge
from streamsite.backup.objects import Objects
from streamsite.backup.progress import format_bytes
from streamsite.backup.sources import used_sources
from streamsite.backup.targets import Target
from streamsite.mongo import whole_database


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

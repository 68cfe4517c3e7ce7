"""Removing old snapshots, and the contents that no other snapshot needs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from streamsite.backup import snapshots
from streamsite.backup.entries import read_entries
from streamsite.backup.objects import FOLDER, Objects, digest_of
from streamsite.backup.snapshots import Snapshot
from streamsite.backup.targets import Target
from streamsite.progress import Progress

# Of more files than this the contents are looked at in sixteen rounds, for the memory of digests.
MAX_AT_ONCE = 2_000_000
HEXADECIMAL = "0123456789abcdef"


@dataclass(frozen=True)
class Removed:
    """The ids of the snapshots that were removed, and the number of contents."""

    snapshots: tuple[str, ...] = ()
    objects: int = 0


def apply(target: Target, *, keep: int, progress: Progress) -> Removed:
    """Keep the newest ``keep`` snapshots of each set of parts, and what they need; 0 keeps all.

    Raises ``Damaged``, and removes no content, when a snapshot that stays cannot be read: nobody knows what it needs.
    """
    if not keep:
        return Removed()
    present = [snapshots.read(target, snapshot_id) for snapshot_id in snapshots.ids(target)]
    old = _old(present, keep)
    if not old:
        return Removed()
    progress.begin("removing old snapshots")
    staying = [snapshot for snapshot in present if snapshot not in old]
    for snapshot in staying:
        for _ in read_entries(Objects(target), snapshot["media"]["pages"] if snapshot["media"] else ()):
            progress.step(0, 0)
    for snapshot in old:
        snapshots.delete(target, snapshot)
    target.flush()
    return Removed(tuple(one["id"] for one in old), _remove_unneeded(target, staying, progress))


def _old(present: list[Snapshot], keep: int) -> list[Snapshot]:
    kinds = {snapshots.parts_of(snapshot) for snapshot in present}
    return [
        snapshot
        for kind in sorted(kinds)
        for snapshot in [one for one in present if snapshots.parts_of(one) == kind][:-keep]
    ]


def _remove_unneeded(target: Target, staying: list[Snapshot], progress: Progress) -> int:
    count, objects = 0, Objects(target)
    for prefixes in rounds(staying):
        needed = {
            bytes.fromhex(digest)
            for snapshot in staying
            for digest, _ in iter_contents(objects, snapshot)
            if digest[0] in prefixes
        }
        for name in list(target.names(FOLDER)):
            digest = digest_of(name)
            if digest and digest[0] in prefixes and bytes.fromhex(digest) not in needed:
                target.delete(name)
                progress.step(1, 0)
                count += 1
    return count


def rounds(wanted: Iterable[Snapshot]) -> Iterator[str]:
    """Yield first digits of digests, in groups that fit into the memory."""
    files = sum(snapshot["media"]["files"] for snapshot in wanted if snapshot["media"])
    yield from [HEXADECIMAL] if files <= MAX_AT_ONCE else HEXADECIMAL


def iter_contents(objects: Objects, snapshot: Snapshot) -> Iterator[tuple[str, int | None]]:
    """Yield the digest of every content of a snapshot, keys aside, with the size of files. Raises ``Damaged``."""
    yield from ((digest, None) for digest in snapshots.page_digests(snapshot))
    if snapshot["media"] is not None:
        for entry in read_entries(objects, snapshot["media"]["pages"]):
            yield entry.digest, entry.size

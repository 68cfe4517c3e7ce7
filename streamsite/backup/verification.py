"""Verifying backups: every content by its hash, and every file that a row of the database names."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import bson
from bson import json_util

from streamsite.backup import keys, references, retention
from streamsite.backup.entries import read_entries
from streamsite.backup.errors import BackupError, Damaged
from streamsite.backup.objects import Objects
from streamsite.backup.snapshots import CollectionPart, Snapshot
from streamsite.backup.targets import Target
from streamsite.mongo.loading import UnreadablePage, documents_of, final_documents
from streamsite.progress import Progress


def verify(
    target: Target,
    chosen: Sequence[Snapshot],
    progress: Progress,
    *,
    passphrase: str = "",
    is_quick: bool = False,
) -> Iterator[str]:
    """Yield what is wrong with snapshots, a sentence each. ``is_quick`` looks at sizes and not into contents."""
    for snapshot in chosen:
        for problem in _lists(target, snapshot, passphrase):
            yield f"{snapshot['id']}: {problem}"
    yield from _contents(Objects(target), chosen, progress, is_quick=is_quick)
    for snapshot in chosen:
        for problem in _references(Objects(target), snapshot, progress):
            yield f"{snapshot['id']}: {problem}"


def _lists(target: Target, snapshot: Snapshot, passphrase: str) -> Iterator[str]:
    """Yield what is wrong with a snapshot's own lists and keys."""
    objects = Objects(target)
    try:
        if snapshot["keys"] is not None:
            if passphrase or not snapshot["keys"]["is_encrypted"]:
                keys.load(target, snapshot["keys"], passphrase)
            else:
                keys.read_verified(target, snapshot["keys"])
        for part in (snapshot["db"] or {"collections": {}})["collections"].values():
            json_util.loads(part["options"])
            json_util.loads(part["indexes"])
        if snapshot["media"] is not None:
            entries = list_totals(objects, snapshot["media"]["pages"])
            if entries != (snapshot["media"]["files"], snapshot["media"]["bytes"]):
                yield "The list of files has other totals than the snapshot says."
    except (BackupError, ValueError) as error:
        yield str(error)


def list_totals(objects: Objects, pages: list[str]) -> tuple[int, int]:
    """Return the number of files in a list and their size in bytes. Raises ``Damaged``."""
    count = size = 0
    for entry in read_entries(objects, pages):
        count += 1
        size += entry.size
    return count, size


def _contents(
    objects: Objects, chosen: Sequence[Snapshot], progress: Progress, *, is_quick: bool
) -> Iterator[str]:
    total = sum(snapshot["media"]["bytes"] for snapshot in chosen[-1:] if snapshot["media"])
    progress.begin("contents", expected=total if len(chosen) == 1 else 0)
    for prefixes in retention.rounds(chosen):
        seen: set[bytes] = set()
        for snapshot in chosen:
            for digest, size in _readable(objects, snapshot):
                name = bytes.fromhex(digest)
                if digest[0] not in prefixes or name in seen:
                    continue
                seen.add(name)
                progress.step(1, size or 0)
                if problem := objects.problem(digest, size, is_quick=is_quick):
                    yield problem


def _readable(objects: Objects, snapshot: Snapshot) -> Iterator[tuple[str, int | None]]:
    try:
        yield from retention.iter_contents(objects, snapshot)
    except Damaged:
        return  # told by ``_lists``


def _references(objects: Objects, snapshot: Snapshot, progress: Progress) -> Iterator[str]:
    """Yield which files rows name that the snapshot lacks, and which documents cannot be read."""
    if snapshot["db"] is None:
        return
    progress.begin("references")
    wanted: dict[str, str] = {}
    for name, part in snapshot["db"]["collections"].items():
        try:
            if name in references.collections_with_references():
                for document in _documents(objects, part):
                    progress.step(1, 0)
                    wanted |= dict.fromkeys(references.names_in(name, document), f"{name} {document['_id']}")
            else:
                for digest in (*part["pages"], *part["changes"]):
                    for _ in documents_of(objects.read_page(digest)):
                        progress.step(1, 0)
        except (Damaged, UnreadablePage, bson.errors.BSONError, KeyError) as error:
            yield f"The collection {name} cannot be read: {error or 'its documents are damaged.'}"
    if snapshot["media"] is None:
        return
    try:
        sources = tuple(f"{source}/" for source in snapshot["media"]["sources"])
        entries = read_entries(objects, snapshot["media"]["pages"])
        for file in references.missing_names(wanted, entries):
            reason = "" if file.startswith(sources) else " (the backup was made without that place)"
            yield f"{wanted[file]} names {file}, which is not in the backup{reason}."
    except Damaged:
        return  # told by ``_lists``


def _documents(objects: Objects, part: CollectionPart) -> Iterator[references.Document]:
    changes = [objects.read_page(digest) for digest in part["changes"]]
    return final_documents((objects.read_page(digest) for digest in part["pages"]), changes)

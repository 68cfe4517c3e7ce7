"""Snapshots: what a backup holds of one run. One is there once its file ``snapshots/<id>.json``, written last, is."""

from __future__ import annotations

import hashlib
import json
import re
import secrets
import time
from typing import Any, TypedDict, cast

from streamsite.backup.errors import BackupError, Damaged
from streamsite.backup.objects import DIGEST
from streamsite.backup.targets import Target

FORMAT = 1
MARKER, FOLDER, UNFINISHED = "streamsite-backup", "snapshots", "unfinished.json"
ID = re.compile(r"\A\d{8}T\d{6}Z-[0-9a-f]{6}\Z")
COLLECTION = re.compile(r"\A(?!system\.)[A-Za-z_][A-Za-z0-9_.-]{0,119}\Z")
KEYS_NAME = re.compile(r"\Akeys/\d{8}T\d{6}Z-[0-9a-f]{6}\.(?:json|encrypted)\Z")
PARTS = ("db", "keys", "media")


class CollectionPart(TypedDict):
    """A collection: digests of its pages and of their corrections; options and indexes as extended JSON."""

    pages: list[str]
    changes: list[str]
    documents: int
    options: str
    indexes: str


class DatabasePart(TypedDict):
    """The database at one moment: seconds and number within the second of MongoDB's cluster time."""

    moment: list[int]
    collections: dict[str, CollectionPart]
    documents: int
    bytes: int


class MediaPart(TypedDict):
    """The files: digests of pages of entries, their sources, and the sweep count at the beginning."""

    pages: list[str]
    sources: list[str]
    files: int
    bytes: int
    count: int


class KeysPart(TypedDict):
    """The keys: the name of their file, its size and SHA-256."""

    name: str
    size: int
    digest: str
    files: int
    is_encrypted: bool


class Snapshot(TypedDict):
    """One snapshot. A part that is not in it is ``None``. Times are seconds since 1970."""

    format: int
    id: str
    site_id: str
    version: str
    started_at: float
    finished_at: float
    db: DatabasePart | None
    media: MediaPart | None
    keys: KeysPart | None


def new_id() -> str:
    """Return the id of a snapshot that begins now; later ones come later in the alphabet."""
    return f"{time.strftime('%Y%m%dT%H%M%SZ', time.gmtime())}-{secrets.token_hex(3)}"


def parts_of(snapshot: Snapshot) -> tuple[str, ...]:
    """Return the parts that a snapshot has."""
    present = {"db": snapshot["db"], "keys": snapshot["keys"], "media": snapshot["media"]}
    return tuple(name for name in PARTS if present[name] is not None)


def claim(target: Target, site: str) -> None:
    """Prepare the target for writing, and make it this site's. Raises ``BackupError`` when it is another's."""
    found = read_owner(target)
    if found in {"", site}:
        target.begin()
    if not found:
        target.write(MARKER, f"{json.dumps({'format': FORMAT, 'site_id': site})}\n".encode())
    elif found != site:
        raise BackupError(
            f"{target.label} holds backups of another site (id {found[:8]}, this one is {site[:8]})."
            " Choose another place."
        )


def read_owner(target: Target) -> str:
    """Return the id of the site whose backups the target holds, "" when it holds none. Raises ``BackupError``."""
    try:
        found = json.loads(target.read(MARKER))
        if found["format"] != FORMAT:
            raise BackupError(f"{target.label} was written by a newer version of Streamsite.")
        return str(found["site_id"])
    except FileNotFoundError:
        return ""
    except (ValueError, KeyError, TypeError):
        raise Damaged(f"The file {MARKER} of {target.label} is damaged.") from None


def ids(target: Target) -> list[str]:
    """Return the ids of all snapshots, oldest first."""
    found = (name.removeprefix(f"{FOLDER}/").removesuffix(".json") for name in target.names(FOLDER))
    return sorted(name for name in found if ID.match(name))


def read(target: Target, snapshot_id: str) -> Snapshot:
    """Return a snapshot. Raises ``BackupError`` when there is none of that id, or ``Damaged``."""
    if not ID.match(snapshot_id):
        raise BackupError(f"{snapshot_id[:80]!r} is not the id of a snapshot.")
    try:
        content = target.read(f"{FOLDER}/{snapshot_id}.json")
    except FileNotFoundError:
        raise BackupError(f"{target.label} has no snapshot {snapshot_id}.") from None
    head, _, body = content.partition(b"\n")
    if hashlib.sha256(body).hexdigest().encode() != head:
        raise Damaged(f"The snapshot {snapshot_id} is damaged.")
    try:
        found = json.loads(body)
        _check(found, snapshot_id)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise Damaged(f"The snapshot {snapshot_id} is damaged.") from None
    return cast("Snapshot", found)


def write(target: Target, snapshot: Snapshot) -> None:
    """Write a snapshot: from here on it counts."""
    body = json.dumps(snapshot, indent=1, sort_keys=True).encode()
    head = hashlib.sha256(body).hexdigest().encode()
    target.write(f"{FOLDER}/{snapshot['id']}.json", head + b"\n" + body)
    target.flush()


def delete(target: Target, snapshot: Snapshot) -> None:
    """Delete a snapshot and its keys; its objects stay."""
    target.delete(f"{FOLDER}/{snapshot['id']}.json")
    if snapshot["keys"] is not None:
        target.delete(snapshot["keys"]["name"])


def _check(found: dict[str, Any], snapshot_id: str) -> None:
    """Raise when a snapshot has other contents than it may. Raises ``BackupError`` for a newer format."""
    if found["format"] != FORMAT:
        raise BackupError(f"The snapshot {snapshot_id} was written by a newer version of Streamsite.")
    digests: list[str] = []
    good = found["id"] == snapshot_id and isinstance(found["site_id"], str)
    if (database := found["db"]) is not None:
        for name, part in database["collections"].items():
            good &= bool(COLLECTION.match(name)) and isinstance(part["documents"], int)
            good &= isinstance(part["options"], str) and isinstance(part["indexes"], str)
            digests += [*part["pages"], *part["changes"]]
        good &= isinstance(database["bytes"], int)
    if (media := found["media"]) is not None:
        digests += media["pages"]
        good &= all(isinstance(media[name], int) for name in ("files", "bytes", "count"))
    if (keys := found["keys"]) is not None:
        digests.append(keys["digest"])
        good &= bool(KEYS_NAME.match(keys["name"])) and isinstance(keys["size"], int)
    if not good or not all(map(DIGEST.match, digests)):
        raise ValueError


def page_digests(snapshot: Snapshot) -> list[str]:
    """Return the digests of all pages of a snapshot."""
    found: list[str] = []
    if snapshot["db"] is not None:
        for part in snapshot["db"]["collections"].values():
            found += [*part["pages"], *part["changes"]]
    if snapshot["media"] is not None:
        found += snapshot["media"]["pages"]
    return found


def newest_with(target: Target, part: str) -> Snapshot | None:
    """Return the newest readable snapshot that has a part."""
    for snapshot_id in reversed(ids(target)):
        try:
            found = read(target, snapshot_id)
        except BackupError:
            continue
        if part in parts_of(found):
            return found
    return None

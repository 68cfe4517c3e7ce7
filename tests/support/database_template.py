"""A migrated database, kept between runs: restoring it takes a second, migrating takes five.

What is kept belongs to one state of the code, of the packages and of the server; another state makes another one.
"""

from __future__ import annotations

import hashlib
import os
from importlib.metadata import version
from pathlib import Path
from typing import Any

import bson
from pymongo.database import Database
from streamsite.testing import snapshots

from streamsite import atomic_files
from streamsite.mongo.binary import find_mongod

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("Django", "pymongo", "djongo5")
# What a migrated database depends on; tests and their helpers do not count, but for the engine's own models.
SOURCES = ("accounts", "videos", "playlists", "subscriptions", "streamsite")
MAX_KEPT = 6
Document = dict[str, Any]


def cache_folder() -> Path:
    """Return the user's folder for what test runs keep."""
    root = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(root) / "streamsite-tests"


def fingerprint() -> str:
    """Return a hash of everything that a migrated database depends on."""
    digest = hashlib.sha256(" ".join(f"{name}=={version(name)}" for name in PACKAGES).encode())
    mongod = find_mongod()
    digest.update(f"{mongod} {mongod.stat().st_size}".encode())
    for path in sorted(path for name in SOURCES for path in (ROOT / name).rglob("*.py")):
        digest.update(str(path.relative_to(ROOT)).encode() + b"\0" + path.read_bytes())
    for path in sorted((ROOT / "tests").glob("engine/*models.py")):
        digest.update(path.read_bytes())
    return digest.hexdigest()[:24]


def restore(database: Database[Document], key: str) -> bool:
    """Fill an empty database from the template of ``key``; return whether there is one."""
    try:
        kept = bson.decode(_path(key).read_bytes())
    except (OSError, bson.errors.InvalidBSON):
        return False
    snapshots.restore(database, {
        each["name"]: snapshots.Contents(tuple(each["documents"]), tuple(each["indexes"]), each["options"])
        for each in kept["collections"]
    })  # fmt: skip
    return True


def keep(database: Database[Document], key: str) -> None:
    """Store a migrated database as the template of ``key``; the oldest templates are removed."""
    taken = snapshots.take(database)
    path = _path(key)
    path.parent.mkdir(parents=True, exist_ok=True)
    collections = [
        {
            "name": name,
            "documents": contents.documents,
            "indexes": contents.indexes,
            "options": contents.options,
        }
        for name, contents in taken.items()
    ]
    atomic_files.write_atomically(path, bson.encode({"collections": collections}))
    kept = sorted(path.parent.glob("*.bson"), key=lambda one: one.stat().st_mtime, reverse=True)
    for old in kept[MAX_KEPT:]:
        old.unlink(missing_ok=True)


def _path(key: str) -> Path:
    return cache_folder() / "databases" / f"{key}.bson"

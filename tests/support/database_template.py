"""A migrated database, kept between runs: restoring it takes a second, migrating takes five.

What is kept belongs to one state of the code, of the packages and of the server; another state makes another one.
"""

from __future__ import annotations

import hashlib
import os
from importlib.metadata import version
from pathlib import Path

import bson
from pymongo.database import Database

from streamsite import atomic_files
from streamsite.mongo.binary import find_mongod
from tests.support import snapshots

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("Django", "pymongo", "djongo5")
# What a migrated database depends on. Indexes are seen to at each start, so the modules that name them do not count.
SOURCES = (
    *("*/migrations/*.py", "*/models.py", "*/models/**/*.py", "*/apps.py", "streamsite/mongo/**/*.py"),
    *("streamsite/tasks/*.py", "*/management/commands/*.py", "streamsite/mongo/engine/tests/*models.py"),
    "requirements.txt",
)
MAX_KEPT = 6
Document = dict[str, object]


def cache_folder() -> Path:
    """Return the user's folder for what test runs keep."""
    root = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(root) / "streamsite-tests"


def fingerprint() -> str:
    """Return a hash of everything that a migrated database, or a folder that a site has prepared, depends on."""
    digest = hashlib.sha256(" ".join(f"{name}=={version(name)}" for name in PACKAGES).encode())
    mongod = find_mongod()
    digest.update(f"{mongod} {mongod.stat().st_size}".encode())
    for path in sorted({path for pattern in SOURCES for path in ROOT.glob(pattern)}):
        digest.update(str(path.relative_to(ROOT)).encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()[:24]


def restore(database: Database[Document], key: str) -> bool:
    """Fill an empty database from the template of ``key``; return whether there is one."""
    try:
        kept = bson.decode(_path(key).read_bytes())
    except (OSError, bson.errors.InvalidBSON):
        return False
    snapshots.restore_snapshot(database, {
        each["name"]: snapshots.Contents(tuple(each["documents"]), tuple(each["indexes"]), each["options"])
        for each in kept["collections"]
    })  # fmt: skip
    return True


def keep(database: Database[Document], key: str) -> None:
    """Store a migrated database as the template of ``key``; the oldest templates are removed."""
    taken = snapshots.take_snapshot(database)
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

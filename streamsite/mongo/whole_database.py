"""The database as backups see it: which collections they leave out, and how to look at and replace all others."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from bson import Timestamp, json_util
from pymongo.database import Database

from streamsite.mongo.consistent_copy import CollectionCopy, ConsistentCopy, CopyState, CopyTools
from streamsite.mongo.engine.client import get_database

Document = dict[str, Any]
# What is about running processes, and the records of backups themselves.
RECORDS, MARKER = "streamsite_backup", "marker"
LEFT_OUT = frozenset({RECORDS, "task_worker", "throttle"})


def _database() -> Database[Document]:
    return get_database("default")


def collection_names() -> list[str]:
    """Return the names of the collections that backups contain."""
    found = _database().list_collection_names(filter={"type": "collection"})
    return sorted(name for name in found if name not in LEFT_OUT and not name.startswith("system."))


def has_documents() -> bool:
    """Return whether any of these collections has a document."""
    return any(_database()[name].find_one({}, {"_id": 1}) is not None for name in collection_names())


def estimate() -> tuple[int, int]:
    """Return about how many documents and bytes the database has."""
    found = _database().command("dbStats")
    return int(found["objects"]), int(found["dataSize"])


def copy(tools: CopyTools, state: CopyState | None) -> tuple[dict[str, CollectionCopy], Timestamp]:
    """Copy the database as it is at one moment: see ``ConsistentCopy.run``."""
    maker = ConsistentCopy(_database(), tools, ignored=LEFT_OUT, marker=(RECORDS, MARKER))
    return maker.run(state)


def describe(name: str) -> tuple[str, str]:
    """Return options and indexes of a collection as extended JSON."""
    options = [about["options"] for about in _database().list_collections(filter={"name": name})]
    indexes = [dict(index) for index in _database()[name].list_indexes()]
    return json_util.dumps(options[0] if options else {}), json_util.dumps(indexes)


def drop_all(*, tell: Callable[[str], None]) -> None:
    """Drop the collections that backups contain."""
    for name in collection_names():
        tell(name)
        _database().drop_collection(name)


def target_database() -> Database[Document]:
    """Return the database that a backup is written to."""
    return _database()

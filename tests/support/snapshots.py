"""Snapshots of a database, to compare with later or to restore."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, cast

from bson import SON, ObjectId
from pymongo.database import Database

Document = dict[str, object]


@dataclass(frozen=True)
class Contents:
    """A collection: documents by ``_id``, indexes by name, options."""

    documents: tuple[Document, ...]
    indexes: tuple[Document, ...]
    options: dict[str, Any]  # keyword arguments of ``create_collection``


Snapshot = Mapping[str, Contents]


def take_snapshot(database: Database[Document], prefixes: Collection[str] = ("",)) -> Snapshot:
    """Return the collections whose names begin with one of ``prefixes``."""
    return {
        about["name"]: Contents(
            tuple(database[about["name"]].find(sort=[("_id", 1)])),
            tuple(_index(index.to_dict()) for index in _by_name(database, about["name"])),
            about["options"],
        )
        for about in database.list_collections()
        if about["name"].startswith(tuple(prefixes)) and not about["name"].startswith("system.")
    }


def without_generated_ids(snapshot: Snapshot) -> dict[str, Contents]:
    """Return a snapshot without the ids that MongoDB or the driver made, which differ from run to run."""
    return {
        name: Contents(_without_ids(contents.documents), contents.indexes, contents.options)
        for name, contents in snapshot.items()
    }


def restore_snapshot(
    database: Database[Document], wanted: Snapshot, prefixes: Collection[str] = ("",)
) -> None:
    """Make the collections what they were; those that are the same already are left alone."""
    present = take_snapshot(database, prefixes)
    for name in present.keys() - wanted.keys():
        database.drop_collection(name)
    for name, contents in wanted.items():
        if name in present:
            if contents == present[name]:
                continue
            if contents.indexes == present[name].indexes:
                database[name].delete_many({})
                _fill(database, name, contents)
                continue
            database.drop_collection(name)
        database.create_collection(name, check_exists=False, **contents.options)
        _fill(database, name, contents)
        indexes = [index for index in contents.indexes if index["name"] != "_id_"]
        if indexes:
            database.command("createIndexes", name, indexes=indexes)


def _fill(database: Database[Document], name: str, contents: Contents) -> None:
    if contents.documents:
        database[name].insert_many([dict(document) for document in contents.documents])


def _without_ids(documents: tuple[Document, ...]) -> tuple[Document, ...]:
    if not any(isinstance(document["_id"], ObjectId) for document in documents):
        return documents
    kept = [{name: value for name, value in document.items() if name != "_id"} for document in documents]
    return tuple(sorted(kept, key=repr))


def _by_name(database: Database[Document], name: str) -> list[SON[str, object]]:
    indexes = cast(Iterable[SON[str, object]], database[name].list_indexes())
    return sorted(indexes, key=lambda index: str(index["name"]))


def _index(index: Mapping[str, object]) -> Document:
    return {option: value for option, value in index.items() if option not in {"v", "ns"}}

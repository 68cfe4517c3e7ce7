"""The site's settings in MongoDB: one document with the values that staff set, by section, and a version.

``{_id: "settings", version: 3, sections: {"identity": {"name": "Example TV"}}}``. What is not there has its default.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from pymongo import ReturnDocument
from pymongo.errors import DuplicateKeyError

from streamsite.mongo.collections import collection

COLLECTION, DOCUMENT = "streamsite_settings", "settings"
Document = dict[str, Any]


def find() -> Document:
    """Return the document, {} when nothing was ever set."""
    return collection(COLLECTION).find_one({"_id": DOCUMENT}) or {}


def find_version() -> int:
    """Return the document's version, 0 when there is none."""
    return version_of(collection(COLLECTION).find_one({"_id": DOCUMENT}, {"version": 1}) or {})


def version_of(document: Mapping[str, Any]) -> int:
    """Return the version of a document that ``find`` returned."""
    return int(document.get("version", 0))


def update(
    version: int, section: str, values: Mapping[str, object], removed: Iterable[str]
) -> Document | None:
    """Set and remove values of a section if the document still has ``version``; return it, ``None`` if it has not."""
    change: dict[str, Any] = {"$inc": {"version": 1}}
    if values:
        change["$set"] = {f"sections.{section}.{name}": value for name, value in values.items()}
    if names := list(removed):
        change["$unset"] = {f"sections.{section}.{name}": "" for name in names}
    try:
        return collection(COLLECTION).find_one_and_update(
            {"_id": DOCUMENT, "version": version},
            change,
            upsert=version == 0,
            return_document=ReturnDocument.AFTER,
        )
    except DuplicateKeyError:  # someone else wrote the first version
        return None

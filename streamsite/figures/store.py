"""The collection of computed figures: ``streamsite_figures {_id: name, at, values}``, one document per kind."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import TypedDict, cast

from pymongo.collection import Collection

from streamsite.mongo.collections import collection

FIGURES = "streamsite_figures"
DAILY, STORAGE = "daily", "storage"


class FiguresDoc(TypedDict):
    """Figures with the moment of their computation. Of ``daily``: by name and day; of ``storage``: bytes by kind."""

    _id: str
    at: datetime
    values: dict[str, object]


def _figures() -> Collection[FiguresDoc]:
    return cast("Collection[FiguresDoc]", collection(FIGURES))


def load(*names: str) -> dict[str, FiguresDoc]:
    """Return the stored figures by name, in one command; those not computed yet are absent."""
    rows = _figures().find({"_id": {"$in": list(names)}})
    return {row["_id"]: {**row, "at": row["at"].replace(tzinfo=UTC)} for row in rows}


def database_bytes() -> int:
    """Return the size of the database on its disk, with indexes."""
    facts = collection(FIGURES).database.command("dbStats")
    return int(facts.get("storageSize", 0)) + int(facts.get("indexSize", 0))


def save(name: str, values: Mapping[str, object], *, at: datetime) -> None:
    """Store figures in the place of former ones."""
    _figures().replace_one({"_id": name}, {"at": at, "values": dict(values)}, upsert=True)

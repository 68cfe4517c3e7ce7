"""The collection ``streamsite_demo``: one document that says whether this site has the demo, and since when."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TypedDict, cast

from pymongo.collection import Collection

from streamsite.mongo.collections import collection

DEMO = "streamsite_demo"
_ONLY = "demo"


class DemoDoc(TypedDict):
    """Since when the site has the demo, which its dates are counted back from; when it was complete, and removed."""

    _id: str
    started_at: datetime
    finished_at: datetime | None
    removed_at: datetime | None


def _demo() -> Collection[DemoDoc]:
    return cast("Collection[DemoDoc]", collection(DEMO))


def start() -> None:
    """Note that this site has the demo, unless it has it or had it already."""
    now = datetime.now(UTC)
    fresh = {"started_at": now, "finished_at": None, "removed_at": None}
    _demo().update_one({"_id": _ONLY}, {"$setOnInsert": fresh}, upsert=True)


def load() -> DemoDoc | None:
    """Return the document; ``None`` on a site that never had this demo."""
    found = _demo().find_one({"_id": _ONLY})
    if found is not None:
        found["started_at"] = found["started_at"].replace(tzinfo=UTC)
    return found


def wanted_since() -> datetime | None:
    """Return when the demo was started; ``None`` when it is not wanted."""
    found = load()
    return None if found is None or found["removed_at"] else found["started_at"]


def is_finished() -> bool:
    """Return whether all of the demo was made once; what people delete of it then stays deleted."""
    found = load()
    return found is not None and found["finished_at"] is not None


def mark_finished() -> None:
    """Note that the demo is complete."""
    _demo().update_one({"_id": _ONLY}, {"$set": {"finished_at": datetime.now(UTC)}})


def mark_removed() -> None:
    """Note that the demo was removed, so that no start and no waiting job makes it again."""
    now = datetime.now(UTC)
    change = {"$set": {"removed_at": now}, "$setOnInsert": {"started_at": now, "finished_at": None}}
    _demo().update_one({"_id": _ONLY}, change, upsert=True)

"""The collection of reserved space: one document for the media folder, with what running jobs still need.

``{_id: "media", items: [{token, job, host, bytes, until}]}``. Every worker of a site has the same media folder, on
whichever host it runs. An item counts until its moment by the server's clock; its job renews it, so that of a killed
worker ends by itself. All that decides whether more fits is one update of one document, so two at once cannot both get
the last of it.
"""

from __future__ import annotations

from typing import TypedDict, cast

from pymongo import ReturnDocument
from pymongo.errors import DuplicateKeyError

from streamsite.mongo.collections import collection

RESERVED = "disk_reservation"
MEDIA = "media"
NOW = "$$NOW"

Document = dict[str, object]


class Item(TypedDict):
    """What one job needs: ``bytes`` that it has not written yet. ``job`` is "" outside a worker."""

    token: str
    job: str
    host: str
    bytes: int


def add(item: Item, *, free: int, least: int, seconds: float) -> bool:
    """Reserve the item's bytes for ``seconds``. False when less than ``least`` of ``free`` bytes would then be left."""
    others = _living(but=item["token"])
    left = {"$subtract": [free - item["bytes"], _sum(others)]}
    changed: Document = {"$cond": [{"$gte": [left, least]}, _with(others, item, seconds), others]}
    return _is_among(_update(changed), item["token"])


def renew(item: Item, seconds: float) -> None:
    """Let the item, which may have fewer bytes by now, count for ``seconds`` from now. One that has ended is back."""
    _update(_with(_living(but=item["token"]), item, seconds))


def remove(token: str) -> None:
    """Take an item away."""
    _update(_living(but=token))


def read_total(but: str = "") -> int:
    """Return the bytes of all items, without that of the token ``but``."""
    stages: list[Document] = [
        {"$match": {"_id": MEDIA}},
        {"$project": {"total": _sum(_living(but=but))}},
    ]
    return next((int(row["total"]) for row in collection(RESERVED).aggregate(stages)), 0)


def _update(items: Document) -> Document:
    for is_again in (False, True):
        try:
            return cast(
                Document,
                collection(RESERVED).find_one_and_update(
                    {"_id": MEDIA},
                    [{"$set": {"items": items}}],
                    upsert=True,
                    return_document=ReturnDocument.AFTER,
                ),
            )
        except DuplicateKeyError:  # another one has just made the document
            if is_again:
                raise
    raise AssertionError


def _living(*, but: str) -> Document:
    """Return the expression for the items that have not ended, without that of a token."""
    counts = {"$and": [{"$gt": ["$$item.until", NOW]}, {"$ne": ["$$item.token", {"$literal": but}]}]}
    return {"$filter": {"input": {"$ifNull": ["$items", []]}, "as": "item", "cond": counts}}


def _with(others: Document, item: Item, seconds: float) -> Document:
    until = {"$add": [NOW, round(seconds * 1000)]}
    return {"$concatArrays": [others, [{"$mergeObjects": [{"$literal": item}, {"until": until}]}]]}


def _sum(items: Document) -> Document:
    return {"$sum": {"$map": {"input": items, "as": "item", "in": "$$item.bytes"}}}


def _is_among(document: Document, token: str) -> bool:
    return any(item["token"] == token for item in cast("list[Item]", document["items"]))

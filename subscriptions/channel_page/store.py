"""MongoDB access for ``subscriptions_channelpage``: conditional writes, and reads that join other collections."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NotRequired, TypedDict, cast

from pymongo import ReturnDocument
from pymongo.collection import Collection
from pymongo.errors import DuplicateKeyError

from streamsite.mongo.collections import collection
from streamsite.mongo.documents import fill_defaults
from subscriptions.models import ChannelPage, Subscription

PAGES = ChannelPage._meta.db_table

Document = dict[str, object]
Stages = Sequence[Mapping[str, object]]


class ShelfRow(TypedDict):
    """A video on a shelf; ``shelf`` is the name the stages were given under."""

    _id: str
    shelf: str
    title: NotRequired[str]


def _pages() -> Collection[Document]:
    return cast("Collection[Document]", collection(PAGES))


def insert(user_id: str, values: Mapping[str, object]) -> bool:
    """Create the account's page at version 1. Return whether there was none."""
    try:
        _pages().insert_one({"_id": user_id, "version": 1, **values})
    except DuplicateKeyError:
        return False
    return True


def update(
    user_id: str, changes: Mapping[str, object], defaults: Mapping[str, object], expected_version: int | None
) -> bool:
    """Apply ``changes`` and increment the version. Return whether the page is at ``expected_version``.

    Without one, a missing page is created with ``defaults``.
    """
    change: Document = {"$set": changes, "$inc": {"version": 1}}
    if defaults:
        change["$setOnInsert"] = defaults
    condition: Document = {"_id": user_id}
    if expected_version:
        condition["version"] = expected_version
    try:
        found = _pages().find_one_and_update(
            condition, change, upsert=not expected_version, return_document=ReturnDocument.AFTER
        )
    except DuplicateKeyError:
        return False
    return found is not None


def find_with_bell(owner_id: str, viewer_id: str | None) -> tuple[ChannelPage, str | None]:
    """Return the channel's page and the viewer's bell setting (``None`` if not subscribed), in one read.

    The page is an unsaved one of version 0 if there is none.
    """
    pipeline: list[Document] = [{"$match": {"_id": owner_id}}]
    if viewer_id is not None:
        bell = [
            {"$match": {"subscriber_id": viewer_id, "channel_id": owner_id}},
            {"$project": {"_id": 0, "notify": 1}},
        ]
        pipeline.append({"$unionWith": {"coll": Subscription._meta.db_table, "pipeline": bell}})
    page, notify = ChannelPage(user_id=owner_id, version=0), None
    for row in collection(PAGES).aggregate(pipeline):
        if "_id" not in row:
            notify = fill_defaults(Subscription, row)["notify"]
        else:
            row = fill_defaults(ChannelPage, row)
            page.featured, page.trailer = row["featured"], row["trailer"]
            page.shelves, page.version = row["shelves"], row["version"]
    return page, notify


def read_shelves(sources: Mapping[str, tuple[str, Stages]]) -> Sequence[ShelfRow]:
    """Run the stages of several shelves, each on its collection, in one command; rows name their shelf."""
    # No page has this id: the command starts with no rows and adds those of each shelf.
    pipeline: list[Document] = [{"$match": {"_id": ""}}]
    for name, (source, stages) in sources.items():
        named = [*stages, {"$set": {"shelf": name}}]
        pipeline.append({"$unionWith": {"coll": source, "pipeline": named}})
    return list(cast("Collection[ShelfRow]", collection(PAGES)).aggregate(pipeline))

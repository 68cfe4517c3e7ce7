"""MongoDB access for ``subscriptions_notification``, ``subscriptions_broadcast``, and ``subscriptions_readmarks``."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from typing import TypedDict, cast

from pymongo.collection import Collection
from pymongo.errors import DuplicateKeyError

from streamsite.mongo.collections import collection
from streamsite.mongo.engine.client import session_for
from streamsite.mongo.keyset_merge import Moment, before_filter, newest_pipelines, union_stages
from subscriptions.models import Broadcast, Notification, Notify, ReadMarks, Subscription

NOTIFICATIONS, BROADCASTS = Notification._meta.db_table, Broadcast._meta.db_table
MARKS = ReadMarks._meta.db_table

Condition = Mapping[str, object]
Stages = list[dict[str, object]]


class EntryDoc(TypedDict, total=False):
    """A notification, or a broadcast if it has ``subject``. Times are naive UTC when read from the database."""

    _id: str
    kind: str
    created_at: datetime
    purge_at: datetime
    # Of notifications.
    user_id: str
    key: str
    actor_id: str | None
    what: str
    title: str
    url: str
    about: list[str]
    on_page: bool
    is_read: bool
    mail_at: datetime | None
    # Of broadcasts.
    channel_id: str
    subject: str


class ReaderRow(TypedDict, total=False):
    """An account's read marks, or a channel whose bell it set (if it has ``channel_id``)."""

    _id: str
    read_until: datetime | None
    read: list[str] | None
    seen_until: datetime | None
    channel_id: str
    created_at: datetime


def _notifications() -> Collection[EntryDoc]:
    return cast("Collection[EntryDoc]", collection(NOTIFICATIONS))


def _marks() -> Collection[dict[str, object]]:
    return cast("Collection[dict[str, object]]", collection(MARKS))


# --- reads ---


def read_state(user_id: str, *, with_channels: bool, channel_limit: int) -> list[ReaderRow]:
    """Return the account's read marks and, with ``with_channels``, the channels with a bell, in one read."""
    stages: Stages = [{"$match": {"_id": user_id}}]
    if with_channels:
        bell = [
            {"$match": {"subscriber_id": user_id, "notify": Notify.ALL.value}},
            {"$limit": channel_limit},
            {"$project": {"_id": 0, "channel_id": 1, "created_at": 1}},
        ]
        stages += [{"$unionWith": {"coll": Subscription._meta.db_table, "pipeline": bell}}]
    return list(cast("Collection[ReaderRow]", collection(MARKS)).aggregate(stages))


def newest(
    user_id: str, channel_ids: Sequence[str], kinds: Sequence[str], *, before: Moment | None, limit: int
) -> list[EntryDoc]:
    """Return the account's notifications and its channels' broadcasts of ``kinds``, latest first, in one read."""
    own: dict[str, object] = {"user_id": user_id, "on_page": True}
    stages: Stages = [
        {"$match": own | (before_filter("created_at", before) if before else {})},
        {"$sort": {"created_at": -1, "_id": -1}},
        {"$limit": limit},
    ]
    news = newest_pipelines(
        "channel_id", channel_ids, {"kind": {"$in": kinds}}, by="created_at", most=limit, before=before
    )
    rows = list(_notifications().aggregate([*stages, *union_stages(BROADCASTS, news)]))
    rows.sort(key=lambda row: (row["created_at"], row["_id"]), reverse=True)
    return rows[:limit]


def unread(user_id: str, broadcasts: Condition | None, *, limit: int) -> list[EntryDoc]:
    """Return unread notifications of the account, and broadcasts that meet a condition, ``limit`` of each."""
    own = {"user_id": user_id, "on_page": True, "is_read": False}
    stages: Stages = [{"$match": own}, {"$limit": limit}]
    if broadcasts is not None:
        stages += union_stages(BROADCASTS, [[{"$match": broadcasts}, {"$limit": limit}]])
    return list(_notifications().aggregate(stages))


def find_entry(entry_id: str) -> EntryDoc | None:
    """Return the notification or broadcast with this id."""
    broadcasts = cast("Collection[EntryDoc]", collection(BROADCASTS))
    return _notifications().find_one({"_id": entry_id}) or broadcasts.find_one({"_id": entry_id})


def due_for_mail(user_id: str, now: datetime, *, limit: int) -> list[EntryDoc]:
    """Return the account's notifications due for email, longest due first."""
    due = {"user_id": user_id, "mail_at": {"$lte": now}}
    return list(_notifications().find(due).sort("mail_at", 1).limit(limit))


# --- notifications and broadcasts ---


def remove(user_id: str, key: str) -> EntryDoc | None:
    """Delete the notification with this key and return it; ``None`` if there is none."""
    return _notifications().find_one_and_delete({"user_id": user_id, "key": key})


def delete_about(ids: Sequence[str]) -> None:
    """Delete notifications and broadcasts that refer to any of the ids."""
    gone = {"$in": list(ids)}
    collection(BROADCASTS).delete_many({"subject": gone})
    _notifications().delete_many({"about": gone})


def find_keys(condition: Condition) -> Iterator[EntryDoc]:
    """Yield ``_id``, ``key``, and ``url`` of notifications that meet a condition."""
    yield from _notifications().find(condition, {"key": 1, "url": 1})


def set_references(row_id: str, ids: list[str]) -> None:
    """Store what a notification refers to. Joins the caller's transaction."""
    _notifications().update_one({"_id": row_id}, {"$set": {"about": ids}}, session=session_for())


# --- read marks ---

# What a new document has of the fields that the change that creates it does not name.
FRESH_MARKS: Mapping[str, object] = {
    "read_until": None,
    "read": [],
    "feed_seen_at": None,
    "seen_until": None,
    "mailed_until": None,
}


def mark_broadcasts_read(user_id: str, ids: list[str]) -> None:
    """Mark broadcasts as read by the account."""
    _mark({"_id": user_id}, {"$addToSet": {"read": {"$each": ids}}})


def mark_read_until(user_id: str, at: datetime) -> None:
    """Mark every broadcast until a time as read by the account."""
    _mark({"_id": user_id}, {"$set": {"read_until": at, "read": []}})


def mark_seen_until(user_id: str, at: datetime) -> None:
    """Mark the account's list of notifications as opened at a time."""
    _mark({"_id": user_id}, {"$max": {"seen_until": at}})


def mark_feed_seen(user_id: str, at: datetime) -> None:
    """Mark the account's feed as seen until a time."""
    _mark({"_id": user_id}, {"$set": {"feed_seen_at": at}})


def mark_mailed(user_id: str, former: datetime | None, now: datetime) -> None:
    """Mark broadcasts until ``now`` as mailed, unless another worker changed ``former``."""
    with suppress(DuplicateKeyError):
        _mark({"_id": user_id, "mailed_until": former}, {"$set": {"mailed_until": now}})


def _mark(condition: Condition, change: Mapping[str, Mapping[str, object]]) -> None:
    """Change the account's marks; if there are none, create them with every field."""
    named = {field for values in change.values() for field in values}
    fresh = {field: value for field, value in FRESH_MARKS.items() if field not in named}
    _marks().update_one(condition, {**change, "$setOnInsert": fresh}, upsert=True)

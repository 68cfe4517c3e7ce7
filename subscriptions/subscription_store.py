"""MongoDB access for ``subscriptions_subscription``: conditional updates and joined reads."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, TypedDict, cast

from django.utils import timezone
from pymongo import DESCENDING, ReturnDocument
from pymongo.collection import Collection

from accounts.models import User
from streamsite.ids import object_id
from streamsite.mongo.collections import collection
from streamsite.mongo.keyset_merge import before_filter
from streamsite.mongo.upserts import upsert
from subscriptions.models import Notify, ReadMarks, Subscription
from videos.models import Video

SUBSCRIPTIONS = Subscription._meta.db_table


class SubscriptionDoc(TypedDict, total=False):
    """A subscription; the previous release writes no ``away``."""

    _id: str
    subscriber_id: str
    channel_id: str
    notify: str
    away: bool
    created_at: datetime
    seen_at: datetime  # when the subscriber last opened the channel; absent until then


class ChannelNewsRow(TypedDict, total=False):
    """A subscribed channel, or ``feed_seen_at`` alone in the row that has it."""

    created_at: datetime
    seen_at: datetime
    channel: list[ChannelNameRow]
    newest: list[NewestRow]
    feed_seen_at: datetime


class ChannelNameRow(TypedDict):
    """What names a channel."""

    username: str
    full_name: str
    avatar: str


class NewestRow(TypedDict):
    """When a video was published."""

    published_at: datetime


class _FeedRow(TypedDict, total=False):
    channel_id: str
    feed_seen_at: datetime


def _subscriptions() -> Collection[SubscriptionDoc]:
    return cast("Collection[SubscriptionDoc]", collection(SUBSCRIPTIONS))


def add(subscriber_id: str, channel_id: str, notify: str | None, since: datetime | None = None) -> str | None:
    """Create the subscription, or set its bell to ``notify``; return the bell before, ``None`` for a new one.

    ``notify=None`` leaves the bell as it is, and means ``all`` for a new one, which began at ``since``, by default now.
    One command.
    """
    pair = {"subscriber_id": subscriber_id, "channel_id": channel_id}
    fresh = {"_id": object_id(), "away": False, "created_at": since or timezone.now()}
    change: dict[str, dict[str, object]] = {"$setOnInsert": fresh}
    if notify is None:
        fresh["notify"] = Notify.ALL.value
    else:
        change["$set"] = {"notify": str(notify)}
    before = upsert(
        lambda: _subscriptions().find_one_and_update(
            pair,
            change,
            upsert=True,
            projection={"_id": 0, "notify": 1},
            return_document=ReturnDocument.BEFORE,
        )
    )
    return None if before is None else before.get("notify", Notify.ALL.value)


def remove(subscriber_id: str, channel_id: str) -> SubscriptionDoc | None:
    """Delete the subscription and return its ``{away}``; ``None`` if there was none."""
    pair = {"subscriber_id": subscriber_id, "channel_id": channel_id}
    return _subscriptions().find_one_and_delete(pair, projection={"_id": 0, "away": 1})


def exists(subscriber_id: str, channel_id: str) -> bool:
    """Return whether there is such a subscription, away or not."""
    pair = {"subscriber_id": subscriber_id, "channel_id": channel_id}
    return _subscriptions().find_one(pair, {"_id": 1}) is not None


def count_of_user(subscriber_id: str) -> int:
    """Return how many subscriptions an account has, those that are away included."""
    return _subscriptions().count_documents({"subscriber_id": subscriber_id})


def join_number(subscriber_id: str) -> dict[str, object]:
    """Return the stage that joins what ``count_of_user`` returns to another document, for ``joined_number``."""
    number = [{"$match": {"subscriber_id": subscriber_id}}, {"$count": "n"}]
    return {"$lookup": {"from": SUBSCRIPTIONS, "pipeline": number, "as": "own_subscriptions"}}


def joined_number(document: Mapping[str, Any]) -> int:
    """Return the number that ``join_number`` joined."""
    return sum(row["n"] for row in document["own_subscriptions"])


def set_away(row_id: str, away: bool) -> bool:
    """Set whether a subscription is left out of lists and counters. Return whether that changed it."""
    differs = {"away": {"$ne": True}} if away else {"away": True}
    changed = _subscriptions().update_one({"_id": row_id} | differs, {"$set": {"away": away}})
    return bool(changed.modified_count)


def followed_and_seen(user_id: str, limit: int) -> tuple[list[str], datetime | None]:
    """Return the channels of the latest ``limit`` subscriptions, and when the feed was last seen, in one read."""
    marks = [{"$match": {"_id": user_id}}, {"$project": {"feed_seen_at": 1}}]
    channels: list[str] = []
    seen: datetime | None = None
    rows = cast("Collection[_FeedRow]", collection(SUBSCRIPTIONS)).aggregate(
        [
            {"$match": {"subscriber_id": user_id}},
            {"$sort": {"created_at": -1, "_id": -1}},
            {"$limit": limit},
            {"$project": {"_id": 0, "channel_id": 1}},
            {"$unionWith": {"coll": ReadMarks._meta.db_table, "pipeline": marks}},
        ],
        batchSize=limit + 1,
    )
    for row in rows:
        if "channel_id" in row:
            channels.append(row["channel_id"])
        elif at := row.get("feed_seen_at"):
            seen = at.replace(tzinfo=UTC)
    return channels, seen


def mark_channel_seen(subscriber_id: str, channel_id: str, at: datetime) -> None:
    """Store when the subscriber last opened the channel. Does nothing without a subscription."""
    pair = {"subscriber_id": subscriber_id, "channel_id": channel_id}
    _subscriptions().update_one(pair, {"$set": {"seen_at": at}})


def next_with_bell(channel_id: str, *, after: str, limit: int) -> tuple[list[str], str]:
    """Return the next ``limit`` followers with the bell on, latest first, and where those after them begin.

    ``after`` is what the call before returned, "" at first; at the end "" is returned.
    """
    condition: dict[str, object] = {"channel_id": channel_id}
    if after:
        at, _bar, row_id = after.partition("|")
        condition |= before_filter("created_at", (datetime.fromisoformat(at), row_id))
    rows = list(
        _subscriptions()
        .find(condition, {"subscriber_id": 1, "created_at": 1, "notify": 1, "away": 1})
        .sort([("created_at", DESCENDING), ("_id", DESCENDING)])
        .limit(limit)
    )
    followers = [row["subscriber_id"] for row in rows if row["notify"] == Notify.ALL and not row.get("away")]
    following = f"{rows[-1]['created_at'].isoformat()}|{rows[-1]['_id']}" if len(rows) == limit else ""
    return followers, following


def channels_with_newest(user_id: str, limit: int, listed: Mapping[str, object]) -> list[ChannelNewsRow]:
    """Return the active channels of the latest ``limit`` subscriptions, each with its newest video, in one read.

    ``listed`` is the condition on videos. The row of the account's read marks comes with them.
    """
    name: list[dict[str, object]] = [
        {"$match": {"is_active": True}},
        {"$project": {"_id": 0, "username": 1, "full_name": 1, "avatar": 1}},
    ]
    newest: list[dict[str, object]] = [
        {"$match": dict(listed)},
        {"$sort": {"published_at": -1, "_id": -1}},
        {"$limit": 1},
        {"$project": {"_id": 0, "published_at": 1}},
    ]
    marks = [{"$match": {"_id": user_id}}, {"$project": {"_id": 0, "feed_seen_at": 1}}]
    rows = cast("Collection[ChannelNewsRow]", collection(SUBSCRIPTIONS)).aggregate(
        [
            {"$match": {"subscriber_id": user_id}},
            {"$sort": {"created_at": -1, "_id": -1}},
            {"$limit": limit},
            _lookup(User._meta.db_table, "_id", "channel", name),
            _lookup(Video._meta.db_table, "channel_id", "newest", newest),
            {"$project": {"_id": 0, "created_at": 1, "seen_at": 1, "channel": 1, "newest": 1}},
            {"$unionWith": {"coll": ReadMarks._meta.db_table, "pipeline": marks}},
        ],
        batchSize=limit + 1,
    )
    return list(rows)


def _lookup(table: str, field: str, name: str, stages: list[dict[str, object]]) -> dict[str, object]:
    join = {"from": table, "localField": "channel_id", "foreignField": field, "pipeline": stages, "as": name}
    return {"$lookup": join}

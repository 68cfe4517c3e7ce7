"""MongoDB access for ``subscriptions_subscription``: conditional updates and joined reads."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TypedDict, cast

from pymongo.collection import Collection

from streamsite.mongo.collections import collection
from subscriptions.models import ReadMarks, Subscription

SUBSCRIPTIONS = Subscription._meta.db_table


class SubscriptionDoc(TypedDict, total=False):
    """A subscription; the previous release writes no ``away``."""

    _id: str
    subscriber_id: str
    channel_id: str
    notify: str
    away: bool
    created_at: datetime


class _FeedRow(TypedDict, total=False):
    channel_id: str
    feed_seen_at: datetime


def _subscriptions() -> Collection[SubscriptionDoc]:
    return cast("Collection[SubscriptionDoc]", collection(SUBSCRIPTIONS))


def remove(subscriber_id: str, channel_id: str) -> SubscriptionDoc | None:
    """Delete the subscription and return it; ``None`` if there was none."""
    return _subscriptions().find_one_and_delete({"subscriber_id": subscriber_id, "channel_id": channel_id})


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
        ]
    )
    for row in rows:
        if "channel_id" in row:
            channels.append(row["channel_id"])
        elif at := row.get("feed_seen_at"):
            seen = at.replace(tzinfo=UTC)
    return channels, seen

"""MongoDB access for ``websub_subscription``: who gets which feed.

``_id`` is a digest of topic and callback, so that both are there once. ``is_active`` says that the callback confirmed
it; ``pending`` is a request that it has not confirmed yet. ``expires_at`` is the end of the lease, at which MongoDB
removes the row. ``next_at`` is when a version is to be sent, or for a try that is going on when another may take over.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from datetime import datetime
from typing import Any, TypedDict, cast

from pymongo import ASCENDING, IndexModel
from pymongo.collection import Collection

from streamsite.mongo.collections import collection
from streamsite.mongo.upserts import upsert

SUBSCRIPTIONS = "websub_subscription"
INDEXES = {
    SUBSCRIPTIONS: [
        IndexModel([("topic", ASCENDING), ("is_active", ASCENDING)], name="websub_of_topic"),
        IndexModel([("host", ASCENDING), ("next_at", ASCENDING)], name="websub_of_host"),
        IndexModel(
            [("next_at", ASCENDING)],
            name="websub_due",
            partialFilterExpression={"next_at": {"$type": "date"}},
        ),
        IndexModel([("expires_at", ASCENDING)], name="websub_purge", expireAfterSeconds=0),
    ]
}


class PendingDoc(TypedDict):
    """A request that waits for the callback's word. ``secret`` is encrypted, "" for none."""

    mode: str
    lease_seconds: int
    secret: str
    token: str


class FeedSubscriptionDoc(TypedDict, total=False):
    """A subscription. Times are naive UTC when read; ``digest`` is that of the version sent last."""

    _id: str
    topic: str
    callback: str
    host: str
    secret: str
    is_active: bool
    expires_at: datetime
    pending: PendingDoc | None
    next_at: datetime | None
    tries: int
    digest: str


def subscription_id(topic: str, callback: str) -> str:
    """Return the id of a callback's subscription to a topic."""
    return hashlib.sha256(f"{topic}\n{callback}".encode()).hexdigest()[:32]


def _subscriptions() -> Collection[FeedSubscriptionDoc]:
    return cast("Collection[FeedSubscriptionDoc]", collection(SUBSCRIPTIONS))


def put_pending(topic: str, callback: str, host: str, pending: PendingDoc, expires_at: datetime) -> str:
    """Store a request in place of a former one; return the subscription's id. A new row ends at ``expires_at``."""
    row_id = subscription_id(topic, callback)
    fresh = {
        "topic": topic,
        "callback": callback,
        "host": host,
        "secret": "",
        "is_active": False,
        "expires_at": expires_at,
        "next_at": None,
        "tries": 0,
        "digest": "",
    }
    upsert(
        lambda: _subscriptions().update_one(
            {"_id": row_id}, {"$set": {"pending": pending}, "$setOnInsert": fresh}, upsert=True
        )
    )
    return row_id


def find(row_id: str) -> FeedSubscriptionDoc | None:
    """Return a subscription."""
    return _subscriptions().find_one({"_id": row_id})


def count(*, topic: str = "", host: str = "", most: int) -> int:
    """Return how many subscriptions a topic or a callback's host has, counted up to ``most``."""
    return _subscriptions().count_documents({"topic": topic} if topic else {"host": host}, limit=most)


def confirm(row_id: str, token: str, *, secret: str, expires_at: datetime) -> bool:
    """Make a subscription active if the request is still the one that was confirmed. Return whether it was."""
    changes = {"is_active": True, "secret": secret, "expires_at": expires_at, "pending": None}
    result = _subscriptions().update_one({"_id": row_id, "pending.token": token}, {"$set": changes})
    return bool(result.matched_count)


def drop_pending(row_id: str, token: str) -> None:
    """Forget a request that was not confirmed, with its row unless that is active."""
    _subscriptions().delete_one({"_id": row_id, "pending.token": token, "is_active": False})
    _subscriptions().update_one({"_id": row_id, "pending.token": token}, {"$set": {"pending": None}})


def remove(row_id: str, token: str) -> None:
    """Delete a subscription whose end was confirmed."""
    _subscriptions().delete_one({"_id": row_id, "pending.token": token})


def mark_due(topics: Iterable[str], now: datetime) -> bool:
    """Let active subscriptions of topics get the feed anew. Return whether there are any."""
    active = {"topic": {"$in": list(topics)}, "is_active": True}
    result = _subscriptions().update_many(active, {"$set": {"next_at": now, "tries": 0}})
    return bool(result.matched_count)


def claim_due(now: datetime, *, until: datetime, most: int, per_host: int) -> list[FeedSubscriptionDoc]:
    """Take up to ``most`` due subscriptions until a moment, of each host one after the other up to ``per_host``."""
    stages: list[dict[str, Any]] = [
        {"$match": {"next_at": {"$lte": now}}},
        {"$group": {"_id": "$host", "since": {"$min": "$next_at"}}},
        {"$sort": {"since": ASCENDING}},
        {"$limit": most},
    ]
    hosts = [row["_id"] for row in collection(SUBSCRIPTIONS).aggregate(stages)]
    taken: list[FeedSubscriptionDoc] = []
    for host in hosts * per_host:
        if len(taken) >= most:
            break
        found = _subscriptions().find_one_and_update(
            {"host": host, "next_at": {"$lte": now}, "expires_at": {"$gt": now}},
            {"$set": {"next_at": until}},
            sort=[("next_at", ASCENDING)],
        )
        if found is not None:
            taken.append(found | {"next_at": until})
    return taken


def settle(row: FeedSubscriptionDoc, **changes: object) -> None:
    """Change a subscription that was claimed, unless its feed changed meanwhile."""
    _subscriptions().update_one({"_id": row["_id"], "next_at": row["next_at"]}, {"$set": changes})


def delete(row: FeedSubscriptionDoc) -> None:
    """Delete a subscription whose callback is gone."""
    _subscriptions().delete_one({"_id": row["_id"]})

"""MongoDB access for ``subscriptions_webhookdelivery`` and ``subscriptions_webhook``: what must be one update each.

A delivery belongs to whoever moved its ``next_at``, and that moment is the condition of every later update. So of
several workers one sends it, and a worker that died is replaced when the moment has come.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any, TypedDict, cast

from pymongo import ASCENDING
from pymongo.collection import Collection

from accounts.models import User
from streamsite.mongo.collections import collection
from streamsite.mongo.engine.client import session_for
from subscriptions.models import DeliveryState, Webhook, WebhookDelivery, WebhookScope, WebhookState

WEBHOOKS, DELIVERIES = Webhook._meta.db_table, WebhookDelivery._meta.db_table


class DeliveryDoc(TypedDict, total=False):
    """A delivery. Times are naive UTC when read."""

    _id: str
    webhook_id: str
    type: str
    body: str
    about: list[str]
    state: str
    tries: int
    next_at: datetime | None
    sent_at: datetime | None
    status: int | None
    answer: str
    error: str
    seconds: float
    created_at: datetime
    purge_at: datetime


class ListenerDoc(TypedDict):
    """A webhook that gets an event."""

    _id: str
    scope: str
    user_id: str


def _webhooks() -> Collection[ListenerDoc]:
    return cast("Collection[ListenerDoc]", collection(WEBHOOKS))


def _deliveries() -> Collection[DeliveryDoc]:
    return cast("Collection[DeliveryDoc]", collection(DELIVERIES))


def find_listening(event: str, channel_id: str) -> list[ListenerDoc]:
    """Return the active webhooks that get an event of a channel: the site's only while their owners are staff.

    Joins the caller's transaction.
    """
    scopes = [
        {"scope": WebhookScope.SITE.value},
        {"scope": WebhookScope.CHANNEL.value, "user_id": channel_id},
    ]
    wanted = {"$or": [one | {"state": WebhookState.ACTIVE.value} for one in scopes], "events": event}
    found = list(_webhooks().find(wanted, {"scope": 1, "user_id": 1}, session=session_for()))
    owners = {row["user_id"] for row in found if row["scope"] == WebhookScope.SITE}
    if not owners:
        return found
    staff = set(
        User.objects.filter(pk__in=owners, is_staff=True, is_active=True).values_list("pk", flat=True)
    )
    return [row for row in found if row["scope"] != WebhookScope.SITE or row["user_id"] in staff]


def is_wanted(events: Iterable[str]) -> bool:
    """Return whether an active webhook gets one of some events."""
    wanted = {
        "scope": {"$in": WebhookScope.values},  # by which the index begins
        "state": WebhookState.ACTIVE.value,
        "events": {"$in": list(events)},
    }
    return _webhooks().find_one(wanted, {"_id": 1}) is not None


def count_waiting(webhook_id: str, *, most: int) -> int:
    """Return how many deliveries wait for a webhook, counted up to ``most``. Joins the caller's transaction."""
    waiting = {"webhook_id": webhook_id, "state": DeliveryState.WAITING.value}
    return _deliveries().count_documents(waiting, limit=most, session=session_for())


def insert(row: DeliveryDoc) -> bool:
    """Store a delivery unless it is there; return whether it is new. Joins the caller's transaction."""
    key = {"_id": row["_id"]}
    fresh = {name: value for name, value in row.items() if name != "_id"}
    result = _deliveries().update_one(key, {"$setOnInsert": fresh}, upsert=True, session=session_for())
    return result.upserted_id is not None


def claim_due(now: datetime, *, until: datetime, most: int, per_webhook: int) -> list[DeliveryDoc]:
    """Take up to ``most`` due deliveries until a moment, of each webhook one after the other up to ``per_webhook``.

    Those of the webhook that waits longest are first. However many wait for one, the others have their turn.
    """
    stages: list[dict[str, Any]] = [
        {"$match": {"next_at": {"$lte": now}}},
        {"$group": {"_id": "$webhook_id", "since": {"$min": "$next_at"}}},
        {"$sort": {"since": ASCENDING}},
        {"$limit": most},
    ]
    webhook_ids = [row["_id"] for row in collection(DELIVERIES).aggregate(stages)]
    taken: list[DeliveryDoc] = []
    for webhook_id in webhook_ids * per_webhook:
        if len(taken) >= most:
            break
        found = _deliveries().find_one_and_update(
            {"webhook_id": webhook_id, "state": DeliveryState.WAITING.value, "next_at": {"$lte": now}},
            {"$set": {"next_at": until}},
            sort=[("next_at", ASCENDING)],
        )
        if found is not None:
            taken.append(found | {"next_at": until})
    return taken


def settle(row: DeliveryDoc, **changes: object) -> bool:
    """Change a delivery that was claimed. Return whether it was still the caller's."""
    mine = {"_id": row["_id"], "next_at": row["next_at"], "state": DeliveryState.WAITING.value}
    return bool(_deliveries().update_one(mine, {"$set": changes}, session=session_for()).matched_count)


def withdraw(row: DeliveryDoc) -> bool:
    """Give up a delivery that was claimed and forget what it tells. Return whether it was still the caller's."""
    return settle(row, state=DeliveryState.WITHDRAWN.value, next_at=None, body="")


def send_again(webhook_id: str, delivery_id: str, now: datetime, lifetime: timedelta) -> bool:
    """Let a delivery that has ended be sent again, with all its tries. Return whether there was such a one."""
    ended = [DeliveryState.DELIVERED.value, DeliveryState.FAILED.value]
    result = _deliveries().update_one(
        {"_id": delivery_id, "webhook_id": webhook_id, "state": {"$in": ended}},
        {
            "$set": {
                "state": DeliveryState.WAITING.value,
                "tries": 0,
                "next_at": now,
                "purge_at": now + lifetime,
            }
        },
        session=session_for(),
    )
    return bool(result.matched_count)


def make_due(webhook_id: str, now: datetime) -> bool:
    """Let everything that waits for a webhook be sent now. Return whether there is anything."""
    waiting = {"webhook_id": webhook_id, "state": DeliveryState.WAITING.value}
    return bool(_deliveries().update_many(waiting, {"$set": {"next_at": now}}).matched_count)


def give_up_waiting(webhook_id: str, error: str) -> None:
    """Mark everything that waits for a webhook as failed."""
    _deliveries().update_many(
        {"webhook_id": webhook_id, "state": DeliveryState.WAITING.value},
        {"$set": {"state": DeliveryState.FAILED.value, "next_at": None, "error": error}},
        session=session_for(),
    )


def delete_of_webhooks(webhook_ids: Iterable[str]) -> None:
    """Delete all deliveries of webhooks."""
    _deliveries().delete_many({"webhook_id": {"$in": list(webhook_ids)}})


def delete_about(ids: Iterable[str], *, types: Iterable[str] = ()) -> None:
    """Delete deliveries that tell of something that is gone, those of some event types if given."""
    wanted: Mapping[str, object] = {"type": {"$in": list(types)}} if types else {}
    _deliveries().delete_many({"about": {"$in": list(ids)}, **wanted}, session=session_for())

"""Queue events for the webhooks that want them, in the transaction of what causes them where that has one."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime

from django.utils import timezone

from streamsite.api.renderers import iso
from streamsite.ids import object_id
from streamsite.metrics import totals
from streamsite.mongo.retry import run_in_transaction
from subscriptions import tasks
from subscriptions.models import DeliveryState, Webhook, WebhookScope
from subscriptions.webhooks import delivery_store
from subscriptions.webhooks.delivery_store import DeliveryDoc
from subscriptions.webhooks.events import MAX_WAITING, RETENTION, TEST
from subscriptions.webhooks.metrics import DROPPED

# Builds the data of an event for a webhook of a channel (``False``) or the site (``True``); ``None`` for no event.
Builder = Callable[[bool], Mapping[str, object] | None]


def queue_event(
    event: str, channel_id: str, occasion: str, build: Builder, *, about: Iterable[str] = ()
) -> None:
    """Queue an event of a channel for each webhook that wants it, once per ``occasion``.

    ``about`` are the ids by which it is withdrawn. ``build`` runs only if there is such a webhook. Within a
    transaction the event is there only if that commits.
    """
    listening = delivery_store.find_listening(event, channel_id)
    if not listening:
        return
    now = timezone.now()
    bodies: dict[bool, str] = {}
    rows: list[DeliveryDoc] = []
    for webhook in listening:
        is_site = webhook["scope"] == WebhookScope.SITE
        if is_site not in bodies:
            data = build(is_site)
            bodies[is_site] = "" if data is None else build_body(event, data, now)
        if bodies[is_site]:
            key = hashlib.sha256(f"{webhook['_id']}\n{event}\n{occasion}".encode()).hexdigest()[:32]
            rows.append(_delivery(f"msg_{key}", webhook["_id"], event, bodies[is_site], now, about))

    def store() -> None:
        if [row for row in rows if _has_room(row["webhook_id"]) and delivery_store.insert(row)]:
            tasks.enqueue_webhooks()

    if rows:
        run_in_transaction(store)


def queue_test(webhook: Webhook) -> str:
    """Queue a test event for a webhook; return the delivery's id."""
    now = timezone.now()
    body = build_body(TEST, {"webhook_id": webhook.pk, "events": webhook.events}, now)
    row = _delivery(f"msg_{object_id()}", webhook.pk, TEST, body, now, ())

    def store() -> None:
        delivery_store.insert(row)
        tasks.enqueue_webhooks()

    run_in_transaction(store)
    return row["_id"]


def build_body(event: str, data: Mapping[str, object], at: datetime) -> str:
    """Return an event as it is sent and signed."""
    return json.dumps({"type": event, "timestamp": iso(at), "data": data}, ensure_ascii=False)


def _has_room(webhook_id: str) -> bool:
    if delivery_store.count_waiting(webhook_id, most=MAX_WAITING) < MAX_WAITING:
        return True
    totals.add((DROPPED, (), 1))
    return False


def _delivery(
    delivery_id: str, webhook_id: str, event: str, body: str, now: datetime, about: Iterable[str]
) -> DeliveryDoc:
    return {
        "_id": delivery_id,
        "webhook_id": webhook_id,
        "type": event,
        "body": body,
        "about": list(about),
        "state": DeliveryState.WAITING.value,
        "tries": 0,
        "next_at": now,
        "sent_at": None,
        "status": None,
        "answer": "",
        "error": "",
        "seconds": 0.0,
        "created_at": now,
        "purge_at": now + RETENTION,
    }

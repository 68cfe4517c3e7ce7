"""Webhooks and deliveries as API bodies."""

from __future__ import annotations

from django.utils import timezone

from streamsite.api.renderers import iso
from subscriptions.models import DeliveryState, Webhook, WebhookDelivery
from subscriptions.webhooks.schemas import DeliveryDict, WebhookDict


def serialize_webhook(webhook: Webhook) -> WebhookDict:
    """Return a webhook as its owner sees it, without its secrets."""
    until = webhook.former_until
    return {
        "id": webhook.pk,
        "url": webhook.url,
        "description": webhook.description,
        "events": webhook.events,
        "scope": webhook.scope,
        "state": webhook.state,
        "disabled_because": webhook.disabled_because or None,
        "failing_since": iso(webhook.failing_since),
        "delivered_at": iso(webhook.delivered_at),
        "former_secret_until": iso(until) if until is not None and until > timezone.now() else None,
        "created_at": iso(webhook.created_at),
    }


def serialize_delivery(delivery: WebhookDelivery) -> DeliveryDict:
    """Return a delivery as the webhook's owner sees it."""
    status = delivery.status
    is_waiting = delivery.state == DeliveryState.WAITING
    return {
        "id": delivery.pk,
        "type": delivery.type,
        "state": delivery.state,
        "tries": delivery.tries,
        "created_at": iso(delivery.created_at),
        "next_try_at": iso(delivery.next_at) if is_waiting else None,
        "sent_at": iso(delivery.sent_at),
        "duration": delivery.seconds if delivery.sent_at is not None else None,
        "request": delivery.body,
        "response": {"status": status, "body": delivery.answer} if status is not None else None,
        "error": delivery.error or None,
    }

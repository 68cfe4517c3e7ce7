"""Access rules of webhooks: their owner alone, and those of the site only while the owner is staff."""

from __future__ import annotations

from django.db.models import QuerySet

from accounts.models import User
from streamsite.errors import Absent
from subscriptions.models import Webhook, WebhookDelivery, WebhookScope

NEWEST = ("-created_at", "-id")


def webhooks_of(user: User) -> QuerySet[Webhook]:
    """Return the account's webhooks, without those of the site unless it is staff."""
    rows = Webhook.objects.filter(user=user)
    return rows if user.is_staff else rows.exclude(scope=WebhookScope.SITE)


def webhook_for_owner(user: User, webhook_id: str) -> Webhook:
    """Return one of the account's webhooks. Raises ``Absent``."""
    webhook = webhooks_of(user).filter(pk=webhook_id).first()
    if webhook is None:
        raise Absent
    return webhook


def deliveries_of(webhook: Webhook) -> QuerySet[WebhookDelivery]:
    """Return what was or will be sent to a webhook."""
    return WebhookDelivery.objects.filter(webhook=webhook)


def delivery_for_owner(webhook: Webhook, delivery_id: str) -> WebhookDelivery:
    """Return one delivery of a webhook. Raises ``Absent``."""
    delivery = deliveries_of(webhook).filter(pk=delivery_id).first()
    if delivery is None:
        raise Absent
    return delivery

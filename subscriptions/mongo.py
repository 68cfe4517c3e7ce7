"""Indexes that no model can declare: notifications and deliveries of webhooks expire."""

from __future__ import annotations

from pymongo import ASCENDING, IndexModel

from subscriptions.models import Broadcast, Notification, WebhookDelivery

INDEXES = {
    Notification._meta.db_table: [
        IndexModel([("purge_at", ASCENDING)], name="notification_purge", expireAfterSeconds=0)
    ],
    Broadcast._meta.db_table: [
        IndexModel([("purge_at", ASCENDING)], name="broadcast_purge", expireAfterSeconds=0)
    ],
    WebhookDelivery._meta.db_table: [
        IndexModel([("purge_at", ASCENDING)], name="delivery_purge", expireAfterSeconds=0)
    ],
}

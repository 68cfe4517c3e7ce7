"""Signals of subscriptions."""

from __future__ import annotations

from django.dispatch import Signal

# Sent with ``channel_id`` and ``subscribers`` (their new number).
channel_subscribed = Signal()
# When a subscription began (``is_new``) or ended. Sent with ``channel_id`` and ``subscriber_id``.
subscription_changed = Signal()
# Sent with ``notification_id`` and ``push_ids`` (the account's browsers), in the transaction that stores it.
notification_created = Signal()
# Sent with ``broadcast_id``, in the transaction that stores it.
channel_announced = Signal()

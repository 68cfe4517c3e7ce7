"""Signals of subscriptions."""

from __future__ import annotations

from django.dispatch import Signal

# Sent with ``channel_id`` and ``subscribers`` (their new number).
channel_subscribed = Signal()

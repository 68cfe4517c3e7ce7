"""Receivers: keep subscriptions in line with accounts and blocks."""

from __future__ import annotations

from django.dispatch import receiver

from accounts.signals import account_deactivated, account_deleted, account_reactivated
from subscriptions import private_feed, services, tasks
from subscriptions.channel_page import services as arrangements
from subscriptions.models import Subscription
from videos.playback import statistics_store
from videos.signals import channel_blocked


@receiver([account_deactivated, account_reactivated])
def sync_subscriptions(sender: type, user_id: str, **extra: object) -> None:
    """Queue hiding or restoring the subscriptions of and to an account: see ``inactive``."""
    tasks.enqueue_account_sync(user_id)


@receiver(account_deleted)
def delete_subscriptions_of_account(sender: type, user_id: str, **extra: object) -> None:
    """Delete a deleted account's subscriptions, those to it, its private feed, and its channel page."""
    services.delete_for_user(user_id)
    private_feed.revoke(user_id)
    arrangements.delete_for_user(user_id)
    statistics_store.delete_for_channel(user_id)  # after losing its last subscribers was recorded


@receiver(channel_blocked)
def unsubscribe_blocked(sender: type, blocker_id: str, blocked_id: str, **extra: object) -> None:
    """End subscriptions between two accounts of which one blocks the other."""
    pair = {blocker_id, blocked_id}
    rows = Subscription.objects.filter(subscriber_id__in=pair, channel_id__in=pair)
    for row in rows.select_related("subscriber", "channel"):
        services.unsubscribe(row.subscriber, row.channel)

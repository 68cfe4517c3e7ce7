"""What becomes of subscriptions when an account is erased."""

from __future__ import annotations

from typing import Any

from django.dispatch import receiver

from accounts.deletion import account_deactivated, account_deleted, account_reactivated
from subscriptions import private_feed, services, tasks
from subscriptions.channel_page import services as arrangements
from subscriptions.models import Subscription
from videos.playback import statistics
from videos.signals import channel_blocked


@receiver([account_deactivated, account_reactivated])
def sync_subscriptions(sender: type, user_id: str, **extra: Any) -> None:
    """Its subscriptions, and those to it, leave lists and counters or come back; a worker does it: see ``away``."""
    tasks.enqueue_account_sync(user_id)


@receiver(account_deleted)
def delete_subscriptions_of_account(sender: type, user_id: str, **extra: Any) -> None:
    """Remove the account's subscriptions and those to it; the others' counters follow."""
    services.delete_for_user(user_id)
    private_feed.revoke(user_id)
    arrangements.delete_for_user(user_id)
    statistics.delete_for_channel(user_id)  # losing its last subscribers was noted


@receiver(channel_blocked)
def unsubscribe_blocked(sender: type, blocker_id: str, blocked_id: str, **extra: Any) -> None:
    """Who is blocked is no longer subscribed to the one who blocks, nor the other way round."""
    pair = {blocker_id, blocked_id}
    rows = Subscription.objects.filter(subscriber_id__in=pair, channel_id__in=pair)
    for row in rows.select_related("subscriber", "channel"):
        services.unsubscribe(row.subscriber, row.channel)

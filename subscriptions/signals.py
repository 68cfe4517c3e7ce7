"""What becomes of subscriptions when an account is erased."""

from __future__ import annotations

from typing import Any

from django.dispatch import receiver

from accounts.deletion import account_closed, account_erased, account_restored
from subscriptions import private_feed, services, tasks
from subscriptions.channel_page import services as arrangements
from subscriptions.models import Subscription
from videos.blocks import channel_blocked
from videos.playback import statistics


@receiver([account_closed, account_restored])
def follow_the_account(sender: type, user_id: str, **extra: Any) -> None:
    """Its subscriptions, and those to it, leave lists and counters or come back; a worker does it: see ``away``."""
    tasks.enqueue_following(user_id)


@receiver(account_erased)
def erase_subscriptions(sender: type, user_id: str, **extra: Any) -> None:
    """Remove the account's subscriptions and those to it; the others' counters follow."""
    services.remove_all(user_id)
    private_feed.end(user_id)
    arrangements.forget_user(user_id)
    statistics.forget_channel(user_id)  # losing its last subscribers was noted


@receiver(channel_blocked)
def cut_ties(sender: type, blocker_id: str, blocked_id: str, **extra: Any) -> None:
    """Who is blocked is no longer subscribed to the one who blocks, nor the other way round."""
    pair = {blocker_id, blocked_id}
    rows = Subscription.objects.filter(subscriber_id__in=pair, channel_id__in=pair)
    for row in rows.select_related("subscriber", "channel"):
        services.unsubscribe(row.subscriber, row.channel)

"""Subscriptions of and to inactive accounts, which lists and counters leave out.

Each change of ``Subscription.away`` is a conditional update whose outcome decides both counters.
"""

from __future__ import annotations

from collections.abc import Iterator

from django.db.models import F, Q

from accounts.models import User
from streamsite.mongo.repairs import chunk_values
from subscriptions import subscription_store
from subscriptions.models import Subscription
from videos.playback import statistics_store


def sync_account(user_id: str) -> None:
    """Update the subscriptions of and to an account to whether both accounts are active. Idempotent."""
    rows = Subscription.objects.filter(Q(subscriber_id=user_id) | Q(channel_id=user_id))
    for row in rows.select_related("subscriber", "channel").iterator():
        if _sync(row) and row.subscriber_id == user_id:
            statistics_store.add_channel_today(row.channel_id, **({"lost": 1} if row.away else {"gained": 1}))


def ids_out_of_sync() -> Iterator[str]:
    """Yield the ids of subscriptions with a wrong ``away``, which the previous release does not maintain."""
    closed = User.objects.filter(is_active=False).values_list("pk", flat=True).iterator()
    for ids in chunk_values(closed):
        theirs = Q(subscriber_id__in=ids) | Q(channel_id__in=ids)
        yield from Subscription.objects.filter(theirs, away=False).values_list("pk", flat=True)
    waiting = Subscription.objects.filter(away=True).select_related("subscriber", "channel")
    for row in waiting.iterator():
        if not _is_away(row):
            yield row.pk


def repair(row_ids: list[str]) -> None:
    """Correct ``away`` of some subscriptions. Idempotent."""
    for row in Subscription.objects.filter(pk__in=row_ids).select_related("subscriber", "channel"):
        _sync(row)


def change_counts(subscriber_id: str, channel_id: str, change: int) -> None:
    """Change the counters of both accounts of a subscription."""
    User.objects.filter(pk=channel_id).update(subscriber_count=F("subscriber_count") + change)
    User.objects.filter(pk=subscriber_id).update(subscription_count=F("subscription_count") + change)


def _is_away(row: Subscription) -> bool:
    return not (row.subscriber.is_active and row.channel.is_active)


def _sync(row: Subscription) -> bool:
    """Correct one row, accounts loaded; return whether it changed."""
    away = _is_away(row)
    changed = subscription_store.set_away(row.pk, away)
    if changed:
        row.away = away
        change_counts(row.subscriber_id, row.channel_id, -1 if away else 1)
    return changed

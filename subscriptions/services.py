"""Subscribe and unsubscribe. The outcome of an upsert or delete decides the counters, so both are idempotent."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from django.conf import settings
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts import user_store
from accounts.models import User
from streamsite.errors import Absent, Invalid
from streamsite.row_limits import LimitReached
from subscriptions import subscription_store
from subscriptions.access import Relation
from subscriptions.models import Notify, Subscription
from subscriptions.signals import channel_subscribed, subscription_changed
from videos import blocks
from videos.access import own_videos
from videos.playback import statistics_store
from videos.search import channels

# More requests of one account than ever run at once: each of them may add a subscription while another one is added.
MAX_PARALLEL = 1_000


def mark_channel_seen(subscriber: User, channel: User) -> None:
    """Store that a subscriber opened the channel: its videos until now are not new to them."""
    subscription_store.mark_channel_seen(subscriber.pk, channel.pk, timezone.now())


class SelfSubscription(Invalid):
    """An account cannot subscribe to itself."""

    code = "self_subscription"
    detail = gettext_lazy("You can't subscribe to your own channel.")


class Followable(Protocol):
    """A channel as its account, or as ``subscriptions.access`` read it."""

    @property
    def pk(self) -> str:
        """The id of its account."""
        ...

    @property
    def subscriber_count(self) -> int:
        """Its subscribers, which are told to who changes nothing."""
        ...


@dataclass(frozen=True)
class SubscriptionState:
    """A subscription after a change: its bell, ``None`` without one, and the channel's subscribers."""

    notify: str | None
    subscribers: int


def subscribe(
    subscriber: User,
    channel: Followable,
    *,
    notify: str | None = None,
    video_id: str = "",
    relation: Relation | None = None,
    since: datetime | None = None,
) -> SubscriptionState:
    """Create the subscription, or update its bell setting. ``video_id`` is the channel's video that led to it.

    ``notify`` is the bell setting; ``None`` keeps it, and means ``all`` for a new subscription. ``relation`` is that of
    the two, if the caller has just read it. ``since`` is when a new one began, if not now. The outcome of one upsert
    decides everything.
    """
    if subscriber.pk == channel.pk:
        raise SelfSubscription
    if notify is not None and notify not in Notify.values:
        raise Invalid(
            _("Unknown notification setting."),
            fields={"notify": [_("Choose one of: %(choices)s.") % {"choices": ", ".join(Notify.values)}]},
        )
    blocks.require_none_between(subscriber.pk, channel.pk, relation.blockers if relation else None)
    former = subscription_store.add(subscriber.pk, channel.pk, notify, since)
    if former is not None:
        return SubscriptionState(notify or former, channel.subscriber_count)
    # No transaction: a popular channel's counter is contended, and a lone $inc never conflicts.
    _require_room(subscriber.pk, channel.pk, relation.subscriptions if relation else None)
    user_store.change_subscription_count(subscriber.pk, 1)
    subscribers = _record_change(channel.pk, 1, video_id)
    if subscribers is None:  # deleted in between
        if subscription_store.remove(subscriber.pk, channel.pk) is not None:
            user_store.change_subscription_count(subscriber.pk, -1)
        raise Absent
    subscription_changed.send(
        sender=Subscription, channel_id=channel.pk, subscriber_id=subscriber.pk, is_new=True
    )
    return SubscriptionState(notify or Notify.ALL.value, subscribers)


def unsubscribe(subscriber: User, channel: Followable, *, video_id: str = "") -> SubscriptionState:
    """Delete the subscription. ``video_id`` is the channel's video that led to it."""
    removed = subscription_store.remove(subscriber.pk, channel.pk)
    if removed is None or removed.get("away"):
        return SubscriptionState(None, channel.subscriber_count)
    user_store.change_subscription_count(subscriber.pk, -1)
    subscribers = _record_change(channel.pk, -1, video_id) or 0
    subscription_changed.send(
        sender=Subscription, channel_id=channel.pk, subscriber_id=subscriber.pk, is_new=False
    )
    return SubscriptionState(None, subscribers)


def delete_for_user(user_id: str) -> None:
    """Delete every subscription of an account and to it. Idempotent; each row's deletion decides the counters."""
    rows = Subscription.objects.filter(Q(subscriber_id=user_id) | Q(channel_id=user_id))
    for row in rows.select_related("subscriber", "channel").iterator():
        unsubscribe(row.subscriber, row.channel)


def _require_room(subscriber_id: str, channel_id: str, before: int | None) -> None:
    """Remove the subscription that was just written and raise ``LimitReached`` if it is one too many.

    ``before`` is the number of the account's subscriptions shortly before. They are counted again near the limit.
    """
    limit = settings.MAX_SUBSCRIPTIONS_PER_USER
    if before is not None and before + MAX_PARALLEL <= limit:
        return
    if subscription_store.count_of_user(subscriber_id) <= limit:
        return
    if subscription_store.remove(subscriber_id, channel_id) is None:
        return  # another request ended it, and counts it out of both accounts
    raise LimitReached(
        ngettext(
            "You can subscribe to up to %(limit)d channel. Unsubscribe from one first.",
            "You can subscribe to up to %(limit)d channels. Unsubscribe from one first.",
            limit,
        )
        % {"limit": limit}
    )


def _record_change(channel_id: str, change: int, video_id: str) -> int | None:
    """Count a change at the channel; return its subscribers afterwards, ``None`` if it is gone."""
    subscribers = user_store.change_subscriber_count(channel_id, change)
    if subscribers is None:
        return None
    noted = {"gained": 1} if change > 0 else {"lost": 1}
    statistics_store.add_channel_today(channel_id, **noted)
    if video_id and own_videos(channel_id).filter(pk=video_id).exists():
        statistics_store.add_video_today(video_id, channel_id, **noted)
    channels.update_subscriber_rank(channel_id, subscribers, change)
    if change > 0:
        channel_subscribed.send(sender=Subscription, channel_id=channel_id, subscribers=subscribers)
    return subscribers

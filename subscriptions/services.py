"""Subscribe and unsubscribe. The outcome of an insert or delete decides the counters, so both are idempotent."""

from __future__ import annotations

from django.conf import settings
from django.db import IntegrityError
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts import user_store
from accounts.models import User
from streamsite.errors import Conflict, Invalid
from streamsite.row_limits import RowLimit
from subscriptions import subscription_store
from subscriptions.models import Notify, Subscription
from subscriptions.signals import channel_subscribed
from videos import blocks
from videos.access import own_videos
from videos.playback import statistics_store
from videos.search import channels


def mark_channel_seen(subscriber: User, channel: User) -> None:
    """Store that a subscriber opened the channel: its videos until now are not new to them."""
    subscription_store.mark_channel_seen(subscriber.pk, channel.pk, timezone.now())


class SelfSubscription(Invalid):
    """An account cannot subscribe to itself."""

    code = "self_subscription"
    detail = gettext_lazy("You can't subscribe to your own channel.")


def subscribe(subscriber: User, channel: User, *, notify: str | None = None, video_id: str = "") -> None:
    """Create the subscription, or update its bell setting. ``video_id`` is the channel's video that led to it.

    ``notify`` is the bell setting; ``None`` keeps it, and means ``all`` for a new subscription.
    """
    if subscriber.pk == channel.pk:
        raise SelfSubscription
    if notify is not None and notify not in Notify.values:
        raise Invalid(
            _("Unknown notification setting."),
            fields={"notify": [_("Choose one of: %(choices)s.") % {"choices": ", ".join(Notify.values)}]},
        )
    blocks.require_not_blocked(subscriber, channel.pk)
    if blocks.has_blocked(subscriber.pk, channel.pk):
        raise Conflict(_("You blocked this channel. Unblock it first."))
    limit = settings.MAX_SUBSCRIPTIONS_PER_USER
    cap = RowLimit(
        Subscription.objects.filter(subscriber=subscriber).count,
        limit,
        ngettext(
            "You can subscribe to up to %(limit)d channel. Unsubscribe from one first.",
            "You can subscribe to up to %(limit)d channels. Unsubscribe from one first.",
            limit,
        )
        % {"limit": limit},
    )
    row = Subscription(subscriber=subscriber, channel=channel, notify=notify or Notify.ALL)
    # No transaction: a popular channel's counter is contended, and a lone $inc never conflicts.
    try:
        row.save(force_insert=True)
    except IntegrityError:
        if notify is not None:
            Subscription.objects.filter(subscriber=subscriber, channel=channel).update(notify=notify)
    else:
        cap.confirm(row.delete)
        _record_change(subscriber, channel, 1, video_id)


def unsubscribe(subscriber: User, channel: User, *, video_id: str = "") -> None:
    """Delete the subscription. ``video_id`` is the channel's video that led to it."""
    removed = subscription_store.remove(subscriber.pk, channel.pk)
    if removed is not None and not removed.get("away"):
        _record_change(subscriber, channel, -1, video_id)


def delete_for_user(user_id: str) -> None:
    """Delete every subscription of an account and to it. Idempotent; each row's deletion decides the counters."""
    rows = Subscription.objects.filter(Q(subscriber_id=user_id) | Q(channel_id=user_id))
    for row in rows.select_related("subscriber", "channel").iterator():
        unsubscribe(row.subscriber, row.channel)


def _record_change(subscriber: User, channel: User, change: int, video_id: str) -> None:
    subscribers = user_store.change_subscriber_count(channel.pk, change)
    noted = {"gained": 1} if change > 0 else {"lost": 1}
    statistics_store.add_channel_today(channel.pk, **noted)
    if video_id and own_videos(channel.pk).filter(pk=video_id).exists():
        statistics_store.add_video_today(video_id, channel.pk, **noted)
    if subscribers is not None:
        channels.update_subscriber_rank(channel.pk, subscribers, change)
    if subscribers is not None and change > 0:
        channel_subscribed.send(sender=Subscription, channel_id=channel.pk, subscribers=subscribers)
    User.objects.filter(pk=subscriber.pk).update(subscription_count=F("subscription_count") + change)

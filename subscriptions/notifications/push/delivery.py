"""Deliver notifications to browsers: at least once, by jobs."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from subscriptions import subscription_store
from subscriptions.notifications import references
from subscriptions.notifications import store as notification_store
from subscriptions.notifications.notification_types import VIDEO, notification_kind
from subscriptions.notifications.push import encryption, messages, recipients, store, vapid
from subscriptions.notifications.push.recipients import Recipients
from subscriptions.notifications.push.sending import Outcome, Parcel, Result, send_all
from videos.models import Comment

# How long a push service keeps a message for a browser that is off, and how old news may be when it is sent.
LIFETIME = timedelta(days=1)
FOLLOWERS_AT_ONCE = 2_000
BROWSERS_AT_ONCE = 100


class Receivers(NamedTuple):
    """Browsers of some of a channel's followers, in parts, and where the next followers begin; "" at the end."""

    parts: list[list[str]]
    after: str


def next_receivers(broadcast_id: str, after: str) -> Receivers:
    """Return the browsers of the followers that come after those of the step before."""
    row = notification_store.find_entry(broadcast_id)
    if row is None or "subject" not in row or _is_old(row["created_at"]):
        return Receivers([], "")
    followers, following = subscription_store.next_with_bell(
        row["channel_id"], after=after, limit=FOLLOWERS_AT_ONCE
    )
    ids = store.ids_of_users(followers) if followers else []
    parts = [ids[start : start + BROWSERS_AT_ONCE] for start in range(0, len(ids), BROWSERS_AT_ONCE)]
    return Receivers(parts, following)


def deliver(entry_id: str, push_ids: Sequence[str]) -> list[Result]:
    """Send a notification or announcement to those of some browsers that are still to get it.

    Return the results of those that are to get it later, or never.
    """
    row = notification_store.find_entry(entry_id)
    if row is None or _is_old(row["created_at"]):
        return []
    known = recipients.load(row, push_ids)
    results = send_all(_parcels(known))
    by_outcome = {
        outcome: {result.push_id for result in results if result.outcome == outcome} for outcome in Outcome
    }
    if by_outcome[Outcome.SENT]:
        store.mark_sent(by_outcome[Outcome.SENT], datetime.now(UTC))
    store.delete(push for push, _user in known.browsers if push["_id"] in by_outcome[Outcome.GONE])
    return [result for result in results if result.outcome in {Outcome.LATER, Outcome.REFUSED}]


def _is_old(created_at: datetime) -> bool:
    return created_at.replace(tzinfo=UTC) < datetime.now(UTC) - LIFETIME


def _parcels(known: Recipients) -> list[Parcel]:
    """Return the message to each browser, in the language of its account."""
    if not known.browsers:
        return []
    row = known.entry.row
    excerpt = _excerpt(references.comment_id_of(row))
    written = {
        user.pk: messages.build(known.entry, known.context, user, excerpt=excerpt)
        for _push, user in known.browsers
    }
    headers = {
        "Content-Type": "application/octet-stream",
        "Content-Encoding": "aes128gcm",
        "TTL": str(int(LIFETIME.total_seconds())),
        "Topic": messages.topic(row),
        "Urgency": "low" if notification_kind(row) == VIDEO else "normal",
    }
    return [
        Parcel(
            push["_id"],
            push["endpoint"],
            encryption.encrypt(
                written[user.pk], p256dh=vapid.decode(push["p256dh"]), auth=vapid.decode(push["auth"])
            ),
            headers | {"Authorization": vapid.authorization(push["endpoint"])},
        )
        for push, user in known.browsers
    ]


def _excerpt(comment_id: str) -> str:
    """Return the text of the comment that a notification is about; "" without one."""
    text = Comment.objects.filter(pk=comment_id).values_list("text", flat=True) if comment_id else []
    return next(iter(text), "")

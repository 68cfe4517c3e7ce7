"""Telling people, and their reading of it. ``notify`` is the only maker of rows; each is safe to repeat."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta

from django.db import IntegrityError
from django.utils import timezone

from accounts import preferences
from accounts.models import User
from streamsite.mongo.collections import collection
from subscriptions.models import Broadcast, Notification, ReadMarks
from subscriptions.notifications import references
from subscriptions.notifications.notification_types import (
    NOTIFICATION_TYPES,
    delivery_channels,
    notification_key,
)
from videos import blocks

RETENTION = timedelta(days=90)
MAX_MARKED = 500
MAIL_HOUR = time(8, tzinfo=UTC)
PACE_DAYS = {"hourly": 0, "daily": 1, "weekly": 7}
MARKS = ReadMarks._meta.db_table


@dataclass(frozen=True)
class NotificationContent:
    """Content of a row: ``url`` is a path of this site, ``what`` and ``title`` are for the kind's sentence."""

    url: str
    title: str
    what: str = ""


def notify(
    user_id: str,
    kinds: str | Sequence[str],
    occasion: str,
    *,
    url: str,
    title: str,
    what: str = "",
    actor: User | None = None,
) -> bool:
    """Tell an account something, as it wishes; return whether that is new. ``occasion`` names it among the account's.

    Of several ``kinds``, what concerns the account most comes first: it is told by the first that it wants to hear of,
    and once. Nobody is told what they did themselves, nor what somebody did whom they block; nor is an account that is
    closed told what others do.
    """
    if actor is not None and actor.pk == user_id:
        return False
    user = User.objects.filter(pk=user_id).first()
    if user is None or (actor is not None and not user.is_active):
        return False
    possible = [kinds] if isinstance(kinds, str) else list(kinds)
    kind = next((kind for kind in possible if any(delivery_channels(user.preferences, kind))), None)
    if kind is None:
        return False
    if actor is not None and blocks.has_blocked(user_id, actor.pk):
        return False
    others = [notification_key(other, occasion) for other in possible if other != kind]
    if others and Notification.objects.filter(user=user, key__in=others).exists():
        return False
    return _insert(user, kind, occasion, NotificationContent(url, title, what), actor)


def _insert(user: User, kind: str, occasion: str, news: NotificationContent, actor: User | None) -> bool:
    """Make the row; return whether it is new."""
    on_page, by_mail = delivery_channels(user.preferences, kind)
    now = timezone.now()
    key = notification_key(kind, occasion)
    row = Notification(
        user=user,
        kind=NOTIFICATION_TYPES[kind].stored_as or kind,
        key=key,
        actor=actor,
        what=news.what,
        title=news.title[:200],
        url=news.url[:300],
        about=references.referenced_ids(key, news.url),
        on_page=on_page,
        mail_at=next_email_time(user, now) if by_mail else None,
        created_at=now,
        purge_at=now + RETENTION,
    )
    try:
        row.save(force_insert=True)
    except IntegrityError:
        return False
    return True


def update_or_notify(
    user_id: str, kind: str, occasion: str, *, url: str, title: str, what: str, is_news: bool
) -> None:
    """Make the one row about something that changes say ``what`` there is now.

    ``is_news`` makes it exist, the latest of all and not read; without that, only what it says changes.
    """
    user = User.objects.filter(pk=user_id, is_active=True).first()
    if user is None or not any(delivery_channels(user.preferences, kind)):
        return
    rows = Notification.objects.filter(user=user, key=notification_key(kind, occasion))
    if not is_news:
        rows.update(what=what)
        return
    if _insert(user, kind, occasion, NotificationContent(url, title, what), None):
        return
    on_page, by_mail = delivery_channels(user.preferences, kind)
    now = timezone.now()
    rows.update(
        what=what,
        title=title[:200],
        is_read=False,
        on_page=on_page,
        mail_at=next_email_time(user, now) if by_mail else None,
        created_at=now,
        purge_at=now + RETENTION,
    )


def withdraw_notification(user_id: str, kind: str, occasion: str) -> bool:
    """Delete what ``notify`` told an account of an occasion; return whether it had not been read. Idempotent."""
    key = {"user_id": user_id, "key": notification_key(kind, occasion)}
    row = collection(Notification._meta.db_table).find_one_and_delete(key)
    return row is not None and not row.get("is_read")


def withdraw_from_actor(user_id: str, actor_id: str) -> None:
    """Delete what an account was told that another did. Idempotent."""
    Notification.objects.filter(user_id=user_id, actor_id=actor_id).delete()


def announce_to_subscribers(channel_id: str, kind: str, subject_id: str) -> bool:
    """Let all subscribers of a channel know; whether that is new. One row, however many they are."""
    now = timezone.now()
    row = Broadcast(
        channel_id=channel_id, kind=kind, subject=subject_id, created_at=now, purge_at=now + RETENTION
    )
    try:
        row.save(force_insert=True)
    except IntegrityError:
        return False
    return True


def withdraw_about(*ids: str) -> None:
    """Delete what anyone was told of things that are gone, such as videos, posts, comments or playlists. Idempotent."""
    gone = {"$in": list(ids)}
    collection(Broadcast._meta.db_table).delete_many({"subject": gone})
    collection(Notification._meta.db_table).delete_many({"about": gone})


def next_email_time(user: User, now: datetime) -> datetime:
    """When the account's next email goes out: within the hour, or at eight o'clock of its day or week."""
    days = PACE_DAYS[str(preferences.with_defaults(user.preferences)["email_pace"])]
    if days == 0:
        return now
    morning = datetime.combine(now.astimezone(UTC).date(), MAIL_HOUR)
    if days == PACE_DAYS["weekly"]:
        morning += timedelta(days=-morning.weekday() % 7)
    return morning if morning > now else morning + timedelta(days=days)


def mark_read(user_id: str, ids: Iterable[str]) -> None:
    """Mark some as read: the account's own, and what channels announced. Unknown ids change nothing."""
    wanted = list(dict.fromkeys(ids))
    Notification.objects.filter(user_id=user_id, pk__in=wanted, is_read=False).update(is_read=True)
    announced = list(Broadcast.objects.filter(pk__in=wanted).values_list("pk", flat=True))
    if announced:
        change = {"$addToSet": {"read": {"$each": announced[:MAX_MARKED]}}}
        collection(MARKS).update_one({"_id": user_id}, change, upsert=True)


def mark_all_read(user_id: str) -> None:
    """Mark everything until now as read."""
    Notification.objects.filter(user_id=user_id, on_page=True, is_read=False).update(is_read=True)
    collection(MARKS).update_one(
        {"_id": user_id}, {"$set": {"read_until": timezone.now(), "read": []}}, upsert=True
    )


def mark_feed_seen(user_id: str) -> None:
    """What is in the feed until now is no longer new to the account."""
    collection(MARKS).update_one({"_id": user_id}, {"$set": {"feed_seen_at": timezone.now()}}, upsert=True)


def load_read_marks(user_id: str) -> ReadMarks:
    """The account's marks; empty ones where there are none."""
    return ReadMarks.objects.filter(pk=user_id).first() or ReadMarks(user_id=user_id)


def delete_for_user(user_id: str) -> None:
    """Remove what an erased account was told and what it announced; others are no longer told that it did something."""
    Notification.objects.filter(user_id=user_id).delete()
    Notification.objects.filter(actor_id=user_id).delete()
    Broadcast.objects.filter(channel_id=user_id).delete()
    ReadMarks.objects.filter(pk=user_id).delete()

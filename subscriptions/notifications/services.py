"""Telling people, and their reading of it. ``notify`` is the only maker of rows; each is safe to repeat."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, time, timedelta

from django.db import IntegrityError
from django.utils import timezone

from accounts import preferences
from accounts.models import User
from streamsite.mongo.collections import collection
from subscriptions.models import Broadcast, Notification, ReadMarks
from subscriptions.notifications.kinds import wishes
from videos import blocks

KEPT = timedelta(days=90)
MOST_MARKED = 500
MAIL_HOUR = time(8, tzinfo=UTC)
PACES = {"hourly": 0, "daily": 1, "weekly": 7}
MARKS = ReadMarks._meta.db_table


def notify(
    user_id: str,
    kind: str,
    key: str,
    *,
    url: str,
    title: str,
    what: str = "",
    actor: User | None = None,
) -> bool:
    """Tell an account something, as it wishes; whether that is new. ``key`` names the occasion among the account's.

    Nobody is told what they did themselves, nor what somebody did whom they block.
    """
    if actor is not None and actor.pk == user_id:
        return False
    user = User.objects.filter(pk=user_id).first()
    if user is None:
        return False
    on_page, by_mail = wishes(user.preferences, kind)
    if not on_page and not by_mail:
        return False
    if actor is not None and blocks.has_blocked(user_id, actor.pk):
        return False
    now = timezone.now()
    row = Notification(
        user=user,
        kind=kind,
        key=f"{kind}:{key}"[:120],
        actor=actor,
        what=what,
        title=title[:200],
        url=url[:300],
        on_page=on_page,
        mail_at=due(user, now) if by_mail else None,
        created_at=now,
        purge_at=now + KEPT,
    )
    try:
        row.save(force_insert=True)
    except IntegrityError:
        return False
    return True


def take_back(user_id: str, kind: str, key: str) -> None:
    """What ``notify`` told under this key no longer concerns the account. Safe to repeat."""
    Notification.objects.filter(user_id=user_id, key=f"{kind}:{key}"[:120]).delete()


def announce(channel_id: str, kind: str, subject_id: str) -> bool:
    """Let all subscribers of a channel know; whether that is new. One row, however many they are."""
    now = timezone.now()
    row = Broadcast(channel_id=channel_id, kind=kind, subject=subject_id, created_at=now, purge_at=now + KEPT)
    try:
        row.save(force_insert=True)
    except IntegrityError:
        return False
    return True


def withdraw(subject_id: str) -> None:
    """What was announced is gone."""
    Broadcast.objects.filter(subject=subject_id).delete()


def due(user: User, now: datetime) -> datetime:
    """When the account's next email goes out: within the hour, or at eight o'clock of its day or week."""
    days = PACES[str(preferences.complete(user.preferences)["email_pace"])]
    if days == 0:
        return now
    morning = datetime.combine(now.astimezone(UTC).date(), MAIL_HOUR)
    if days == PACES["weekly"]:
        morning += timedelta(days=-morning.weekday() % 7)
    return morning if morning > now else morning + timedelta(days=days)


def mark_read(user_id: str, ids: Iterable[str]) -> None:
    """Mark some as read: the account's own, and what channels announced. Unknown ids change nothing."""
    wanted = list(dict.fromkeys(ids))
    Notification.objects.filter(user_id=user_id, pk__in=wanted, is_read=False).update(is_read=True)
    announced = list(Broadcast.objects.filter(pk__in=wanted).values_list("pk", flat=True))
    if announced:
        change = {"$addToSet": {"read": {"$each": announced[:MOST_MARKED]}}}
        collection(MARKS).update_one({"_id": user_id}, change, upsert=True)


def mark_all_read(user_id: str) -> None:
    """Mark everything until now as read."""
    Notification.objects.filter(user_id=user_id, on_page=True, is_read=False).update(is_read=True)
    collection(MARKS).update_one(
        {"_id": user_id}, {"$set": {"read_until": timezone.now(), "read": []}}, upsert=True
    )


def see_feed(user_id: str) -> None:
    """What is in the feed until now is no longer new to the account."""
    collection(MARKS).update_one({"_id": user_id}, {"$set": {"feed_seen_at": timezone.now()}}, upsert=True)


def marks(user_id: str) -> ReadMarks:
    """The account's marks; empty ones where there are none."""
    return ReadMarks.objects.filter(pk=user_id).first() or ReadMarks(user_id=user_id)


def forget_user(user_id: str) -> None:
    """Remove what an erased account was told and what it announced; others are no longer told that it did something."""
    Notification.objects.filter(user_id=user_id).delete()
    Notification.objects.filter(actor_id=user_id).delete()
    Broadcast.objects.filter(channel_id=user_id).delete()
    ReadMarks.objects.filter(pk=user_id).delete()

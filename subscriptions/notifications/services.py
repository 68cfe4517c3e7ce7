"""Create, withdraw, and mark notifications. Only ``notify`` and ``update_or_notify`` create rows."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta

from django.db import IntegrityError
from django.utils import timezone

from accounts import locale, preferences
from accounts.models import User
from streamsite.mongo.retry import run_in_transaction
from subscriptions.models import Broadcast, Notification, ReadMarks
from subscriptions.notifications import references, store
from subscriptions.notifications.notification_types import (
    NOTIFICATION_TYPES,
    PUSHED_KINDS,
    delivery_channels,
    notification_key,
)
from subscriptions.notifications.push import store as push_store
from subscriptions.signals import channel_announced, notification_created
from videos import blocks

RETENTION = timedelta(days=90)
MAX_MARKED = 500
MAIL_HOUR = time(8)
PACE_DAYS = {"hourly": 0, "daily": 1, "weekly": 7}


@dataclass(frozen=True)
class NotificationContent:
    """A row's content. ``url`` is a path of this site; ``title`` and the code ``what`` fill the kind's sentence."""

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
    """Notify an account as it prefers; return whether the row is new. ``occasion`` makes it unique.

    Of several ``kinds``, most relevant first, the first wanted one is used, once. Nobody is notified of their own
    actions or those of accounts they block, and inactive accounts are not notified of others' actions.
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
    """Insert the row; return whether it is new."""
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
    push_ids = push_store.ids_of_users([user.pk]) if on_page and kind in PUSHED_KINDS else []

    def announce() -> None:
        notification_created.send(sender=Notification, notification_id=row.pk, push_ids=push_ids)

    return _store(row, announce if push_ids else None)


def _store(row: Notification | Broadcast, announce: Callable[[], None] | None) -> bool:
    """Insert a row, and in the same transaction ``announce`` it; return whether it is new."""

    def store() -> None:
        row.save(force_insert=True)
        if announce is not None:
            announce()

    try:
        if announce is None:
            store()
        else:
            run_in_transaction(store)
    except IntegrityError:
        return False
    return True


def update_or_notify(
    user_id: str, kind: str, occasion: str, *, url: str, title: str, what: str, is_news: bool
) -> None:
    """Update ``what`` of the single notification about something that changes.

    With ``is_news``, also create it or make it the latest and unread.
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
    """Delete the notification with this key; return whether it was unread. Idempotent."""
    row = store.remove(user_id, notification_key(kind, occasion))
    return row is not None and not row.get("is_read")


def withdraw_from_actor(user_id: str, actor_id: str) -> None:
    """Delete an account's notifications about another's actions. Idempotent."""
    Notification.objects.filter(user_id=user_id, actor_id=actor_id).delete()


def announce_to_subscribers(channel_id: str, kind: str, subject_id: str) -> bool:
    """Announce something to all subscribers of a channel by one row; return whether it is new."""
    now = timezone.now()
    row = Broadcast(
        channel_id=channel_id, kind=kind, subject=subject_id, created_at=now, purge_at=now + RETENTION
    )

    def announce() -> None:
        channel_announced.send(sender=Broadcast, broadcast_id=row.pk)

    return _store(row, announce if kind in PUSHED_KINDS and push_store.is_used() else None)


def withdraw_about(*ids: str) -> None:
    """Delete notifications and broadcasts about removed subjects: videos, posts, comments, or playlists."""
    store.delete_about(ids)


def next_email_time(user: User, now: datetime) -> datetime:
    """Return when the account's next email goes out: now, or at eight o'clock of its day or week.

    The clock is that of the time zone in the account's preferences, UTC without one.
    """
    days = PACE_DAYS[str(preferences.value_of(user.preferences, "email_pace"))]
    if days == 0:
        return now
    zone = locale.time_zone(user) or UTC
    morning = datetime.combine(now.astimezone(zone).date(), MAIL_HOUR, tzinfo=zone)
    if days == PACE_DAYS["weekly"]:
        morning += timedelta(days=-morning.weekday() % 7)
    following = morning if morning > now else morning + timedelta(days=days)
    return following.astimezone(UTC)


def mark_read(user_id: str, ids: Iterable[str]) -> None:
    """Mark some of an account's notifications and announcements as read. Unknown ids are ignored."""
    wanted = list(dict.fromkeys(ids))
    Notification.objects.filter(user_id=user_id, pk__in=wanted, is_read=False).update(is_read=True)
    announced = list(Broadcast.objects.filter(pk__in=wanted).values_list("pk", flat=True))
    if announced:
        store.mark_broadcasts_read(user_id, announced[:MAX_MARKED])


def mark_all_read(user_id: str) -> None:
    """Mark everything until now as read."""
    Notification.objects.filter(user_id=user_id, on_page=True, is_read=False).update(is_read=True)
    store.mark_read_until(user_id, timezone.now())


def mark_seen(user_id: str) -> None:
    """Mark everything until now as seen: the badge counts only what came later. It stays unread."""
    store.mark_seen_until(user_id, timezone.now())


def mark_feed_seen(user_id: str) -> None:
    """Mark the account's feed as seen until now."""
    store.mark_feed_seen(user_id, timezone.now())


def load_read_marks(user_id: str) -> ReadMarks:
    """Return the account's read marks; unsaved ones if there are none."""
    return ReadMarks.objects.filter(pk=user_id).first() or ReadMarks(user_id=user_id)


def delete_for_user(user_id: str) -> None:
    """Delete a deleted account's notifications, its broadcasts, and others' notifications of its actions."""
    Notification.objects.filter(user_id=user_id).delete()
    Notification.objects.filter(actor_id=user_id).delete()
    Broadcast.objects.filter(channel_id=user_id).delete()
    ReadMarks.objects.filter(pk=user_id).delete()

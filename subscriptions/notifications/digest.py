"""Notification emails: one for everything due, plus new videos and posts of channels with a bell."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.conf import settings
from django.utils import timezone

from accounts import deliverability, locale, mail
from accounts.models import User
from subscriptions.models import Broadcast, Notification
from subscriptions.notifications import queries, services, store, unfollow_links
from subscriptions.notifications.entries import Entry
from subscriptions.notifications.notification_types import (
    BOTH,
    BROADCAST_KINDS,
    MAIL,
    delivery_channels,
    notification_kind,
)
from subscriptions.schemas import NotificationDict

MAX_LINES = 50
FIRST_DIGEST_SPAN = timedelta(days=7)


@dataclass(frozen=True)
class ChannelNews:
    """Announcements to mail, and the time until which they had been mailed before."""

    former: datetime | None
    entries: list[Entry]


def user_ids_due() -> list[str]:
    """Return the ids of accounts to email: those with a due notification or announcements by email."""
    now = timezone.now()
    rows = Notification.objects.filter(mail_at__lte=now).values_list("user_id", flat=True)
    own = set(rows.distinct()[:1000])
    wanting = User.objects.filter(is_active=True).exclude(email="")
    for kind in BROADCAST_KINDS:
        names = wanting.filter(**{f"preferences__notify_{kind}__in": [MAIL, BOTH]})
        own |= set(names.values_list("pk", flat=True))
    return sorted(own)


def send_digest(user_id: str) -> bool:
    """Email one account what is due. Return whether there was anything.

    Rows count as mailed once the mail server has accepted the email, so a worker that dies in between sends them again.
    """
    user = User.objects.filter(pk=user_id, is_active=True).first()
    now = timezone.now()
    due = _load_due(user_id, now)
    if user is None or not deliverability.accepts_mail(user):
        _mark_mailed(due, on_page=True)
        return False
    due = _postpone_early(user, due, now)
    news = _load_news(user, now)
    wanted = [
        entry
        for entry in due
        if not entry.is_read and delivery_channels(user.preferences, notification_kind(entry.row))[1]
    ]
    with locale.speak_to(user):
        entries = queries.serialize_visible([*wanted, *(news.entries if news else [])], user.pk)
        if entries:
            lines = [_digest_line(user, entry) for entry in entries[:MAX_LINES]]
            more, link = max(0, len(entries) - MAX_LINES), f"{settings.SITE_URL}/settings/notifications"
            mail.send("digest", user, user.email, lines=lines, more=more, link=link)
    _mark_mailed(due)
    if news is not None:
        store.mark_mailed(user.pk, news.former, now)
    return bool(entries)


def _digest_line(user: User, entry: NotificationDict) -> dict[str, str]:
    """Return an entry as ``{text, link, stop}``; ``stop`` is the URL that unfollows its thread, or ``""``."""
    thread = entry["thread"]
    return {
        "text": entry["text"],
        "link": settings.SITE_URL + entry["url"],
        "stop": unfollow_links.unfollow_url(user, thread["id"]) if thread else "",
    }


def _load_due(user_id: str, now: datetime) -> list[Entry]:
    """Return the account's due rows, longest due first."""
    rows = store.due_for_mail(user_id, now, limit=MAX_LINES * 2)
    return [Entry(row["_id"], row["created_at"], row, is_read=bool(row.get("is_read"))) for row in rows]


def _postpone_early(user: User, due: list[Entry], now: datetime) -> list[Entry]:
    """Return the rows still due at the account's current email pace; reschedule the others."""
    kept = []
    for entry in due:
        later = services.next_email_time(user, entry.created_at.replace(tzinfo=UTC))
        if later <= now:
            kept.append(entry)
        else:
            due_at = entry.row["mail_at"]
            rows = Notification.objects.filter(pk=entry.pk, mail_at=due_at and due_at.replace(tzinfo=UTC))
            rows.update(mail_at=later)
    return kept


def _mark_mailed(due: list[Entry], *, on_page: bool = False) -> None:
    """Mark rows as mailed. With ``on_page``, show rows on the site that were for email only."""
    rows = Notification.objects.filter(pk__in=[entry.pk for entry in due])
    rows.update(mail_at=None, **({"on_page": True} if on_page else {}))


def _load_news(user: User, now: datetime) -> ChannelNews | None:
    """Return what channels with a bell announced since the last email, once a day or week; ``None`` if not yet due."""
    kinds = [kind for kind in BROADCAST_KINDS if delivery_channels(user.preferences, kind)[1]]
    if not kinds:
        return None
    marks = services.load_read_marks(user.pk)
    since = marks.mailed_until or max(user.created_at, now - FIRST_DIGEST_SPAN)
    if marks.mailed_until is not None and services.next_email_time(user, since) > now:
        return None
    channels = queries.channels_with_bell(user.pk)
    rows = Broadcast.objects.filter(
        channel_id__in=list(channels), created_at__gt=since, created_at__lte=now, kind__in=kinds
    ).order_by("-created_at", "-id")[:MAX_LINES]
    entries = [
        Entry(
            row.pk,
            row.created_at,
            {"_id": row.pk, "kind": row.kind, "subject": row.subject, "channel_id": row.channel_id},
            is_read=False,
            is_old=row.created_at < channels[row.channel_id],
        )
        for row in rows
    ]
    return ChannelNews(marks.mailed_until, entries)

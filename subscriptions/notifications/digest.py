"""Notifications by email: one mail for all that is due, and for new videos and posts of the channels with a bell."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from django.conf import settings
from django.utils import timezone
from pymongo.errors import DuplicateKeyError

from accounts import deliverability, mail
from accounts.models import User
from streamsite.mongo.collections import collection
from subscriptions.models import Broadcast, Notification, ReadMarks
from subscriptions.notifications import queries, services, threads
from subscriptions.notifications.entries import Entry
from subscriptions.notifications.notification_types import BOTH, BROADCAST, MAIL, kind_of, wishes

MOST = 50
FIRST_REACH = timedelta(days=7)
OWN = Notification._meta.db_table
MARKS = ReadMarks._meta.db_table


@dataclass(frozen=True)
class News:
    """What channels announced, and until when news had been mailed before."""

    former: datetime | None
    entries: list[Entry]


def due_users() -> list[str]:
    """Accounts that something is due to: a row of their own, or the mail of their channels' news."""
    now = timezone.now()
    rows = Notification.objects.filter(mail_at__lte=now).values_list("user_id", flat=True)
    own = set(rows.distinct()[:1000])
    wanting = User.objects.filter(is_active=True).exclude(email="")
    for kind in BROADCAST:
        names = wanting.filter(**{f"preferences__notify_{kind}__in": [MAIL, BOTH]})
        own |= set(names.values_list("pk", flat=True))
    return sorted(own)


def send(user_id: str) -> bool:
    """Mail what is due to one account; whether there was something.

    Rows count as mailed once the mail server has taken the mail, so a worker that dies in between mails them again.
    """
    user = User.objects.filter(pk=user_id, is_active=True).first()
    now = timezone.now()
    due = _due(user_id, now)
    if user is None or not deliverability.takes_mail(user):
        _done(due, on_page=True)
        return False
    due = _without_postponed(user, due, now)
    news = _news(user, now)
    wanted = [entry for entry in due if not entry.is_read and wishes(user.preferences, kind_of(entry.row))[1]]
    entries = queries.shown(wanted, user.pk) + queries.shown(news.entries if news else [], user.pk)
    if entries:
        lines = [_line(user, entry) for entry in entries[:MOST]]
        link = f"{settings.SITE_URL}/settings/notifications"
        mail.send("digest", user, user.email, lines=lines, more=max(0, len(entries) - MOST), link=link)
    _done(due)
    if news is not None:
        _note_news(user.pk, news.former, now)
    return bool(entries)


def _line(user: User, entry: dict[str, Any]) -> dict[str, str]:
    """Return ``{text, link, stop}`` of an entry: ``stop`` ends news of its thread, "" where there is none."""
    thread = entry["thread"]
    return {
        "text": entry["text"],
        "link": settings.SITE_URL + entry["url"],
        "stop": threads.url(user, thread["id"]) if thread else "",
    }


def _due(user_id: str, now: datetime) -> list[Entry]:
    """Return the account's rows that are due, the longest due first."""
    rows = (
        collection(OWN)
        .find({"user_id": user_id, "mail_at": {"$lte": now}})
        .sort("mail_at", 1)
        .limit(MOST * 2)
    )
    return [Entry(row["_id"], row["created_at"], row, is_read=bool(row.get("is_read"))) for row in rows]


def _without_postponed(user: User, due: list[Entry], now: datetime) -> list[Entry]:
    """Return what is due at the pace that the account wants now; the rest waits for its new time."""
    kept = []
    for entry in due:
        later = services.due(user, entry.created_at.replace(tzinfo=UTC))
        if later <= now:
            kept.append(entry)
        else:
            rows = Notification.objects.filter(pk=entry.pk, mail_at=entry.row["mail_at"].replace(tzinfo=UTC))
            rows.update(mail_at=later)
    return kept


def _done(due: list[Entry], *, on_page: bool = False) -> None:
    """Note that the rows need no mail any more; with ``on_page`` the site shows those that were to be mailed only."""
    changes: dict[str, Any] = {"mail_at": None} | ({"on_page": True} if on_page else {})
    Notification.objects.filter(pk__in=[entry.pk for entry in due]).update(**changes)


def _news(user: User, now: datetime) -> News | None:
    """Return what channels with a bell announced since the last mail, once a day or week; ``None`` when not yet."""
    kinds = [kind for kind in BROADCAST if wishes(user.preferences, kind)[1]]
    if not kinds:
        return None
    marks = services.marks(user.pk)
    since = marks.mailed_until or max(user.created_at, now - FIRST_REACH)
    if marks.mailed_until is not None and services.due(user, since) > now:
        return None
    channels = queries.channels_with_bell(user.pk)
    rows = Broadcast.objects.filter(
        channel_id__in=list(channels), created_at__gt=since, created_at__lte=now, kind__in=kinds
    ).order_by("-created_at", "-id")[:MOST]
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
    return News(marks.mailed_until, entries)


def _note_news(user_id: str, former: datetime | None, now: datetime) -> None:
    """Count the news until ``now`` as mailed, unless another worker has done so."""
    with suppress(DuplicateKeyError):
        collection(MARKS).update_one(
            {"_id": user_id, "mailed_until": former}, {"$set": {"mailed_until": now}}, upsert=True
        )

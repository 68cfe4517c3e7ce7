"""Notifications by email: one mail for all that is due, and for new videos and posts of the channels with a bell."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.utils import timezone
from pymongo.errors import DuplicateKeyError

from accounts import mail
from accounts.models import User
from streamsite.mongo.collections import collection
from subscriptions.models import Broadcast, Notification, ReadMarks
from subscriptions.notifications import queries, services
from subscriptions.notifications.kinds import BOTH, BROADCAST, MAIL, wishes

MOST = 50
FIRST_REACH = timedelta(days=7)
OWN = Notification._meta.db_table
MARKS = ReadMarks._meta.db_table


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
    """Mail what is due to one account; whether there was something. A row that was claimed is not sent twice."""
    user = User.objects.filter(pk=user_id, is_active=True).first()
    now = timezone.now()
    claimed = _claim(user_id, now)
    if user is None:
        return False
    former, news = _news(user, now)
    entries = queries.shown(claimed, user.pk) + news
    if not entries:
        return False
    lines = [{"text": entry["text"], "link": settings.SITE_URL + entry["url"]} for entry in entries[:MOST]]
    link = f"{settings.SITE_URL}/settings/notifications"
    try:
        mail.send("digest", user, user.email, lines=lines, more=max(0, len(entries) - MOST), link=link)
    except Exception:
        # Another try finds them due again.
        Notification.objects.filter(pk__in=[entry.pk for entry in claimed]).update(mail_at=now)
        if news:
            collection(MARKS).update_one(
                {"_id": user_id, "mailed_until": now}, {"$set": {"mailed_until": former}}
            )
        raise
    return True


def _claim(user_id: str, now: Any) -> list[queries.Entry]:
    """The account's rows that are due, each taken by one caller only."""
    found: list[queries.Entry] = []
    while len(found) < MOST * 2:
        row = collection(OWN).find_one_and_update(
            {"user_id": user_id, "mail_at": {"$lte": now}}, {"$set": {"mail_at": None}}
        )
        if row is None:
            break
        if not row.get("is_read"):
            found.append(queries.Entry(row["_id"], row["created_at"], row, is_read=False))
    return found


def _news(user: User, now: datetime) -> tuple[datetime | None, list[dict[str, Any]]]:
    """What channels with a bell announced since the last mail, once a day or week; and when that mail was.

    It counts as mailed from now on.
    """
    kinds = [kind for kind in BROADCAST if wishes(user.preferences, kind)[1]]
    if not kinds:
        return None, []
    marks = services.marks(user.pk)
    since = marks.mailed_until or max(user.created_at, now - FIRST_REACH)
    if marks.mailed_until is not None and services.due(user, since) > now:
        return None, []
    try:
        collection(MARKS).update_one(
            {"_id": user.pk, "mailed_until": marks.mailed_until}, {"$set": {"mailed_until": now}}, upsert=True
        )
    except DuplicateKeyError:  # another worker was first
        return None, []
    channels = queries.channels_with_bell(user.pk)
    rows = Broadcast.objects.filter(
        channel_id__in=list(channels), created_at__gt=since, created_at__lte=now, kind__in=kinds
    ).order_by("-created_at", "-id")[:MOST]
    entries = [
        queries.Entry(
            row.pk,
            row.created_at,
            {"_id": row.pk, "kind": row.kind, "subject": row.subject, "channel_id": row.channel_id},
            is_read=False,
            is_old=row.created_at < channels[row.channel_id],
        )
        for row in rows
    ]
    return marks.mailed_until, queries.shown(entries, user.pk)

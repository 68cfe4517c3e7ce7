"""Reads of notifications: an account's own and what its channels announced, merged by time when somebody looks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from accounts.mappers import badge
from accounts.models import User
from streamsite.api.renderers import iso
from streamsite.mongo.collections import collection
from subscriptions.models import Broadcast, Notification, Notify, ReadMarks, Subscription
from subscriptions.notifications import services
from subscriptions.notifications.kinds import BROADCAST, KINDS, POST, VIDEO, sentence, wishes
from subscriptions.posts.queries import titles as posts_of
from videos.access import listed_videos

OWN, ANNOUNCED = Notification._meta.db_table, Broadcast._meta.db_table
MOST_CHANNELS = 2_000
MOST_UNREAD = 100
BEGINNING = datetime(2020, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Entry:
    """A row of either kind, as far as order and reading need it."""

    pk: str
    created_at: datetime
    row: dict[str, Any]
    is_read: bool
    is_old: bool = False

    @property
    def id(self) -> str:
        """Its id, for cursors."""
        return self.pk


def channels_with_bell(user_id: str) -> dict[str, datetime]:
    """The channels whose news an account wants, and since when."""
    rows = Subscription.objects.filter(subscriber_id=user_id, notify=Notify.ALL)
    return dict(rows.values_list("channel_id", "created_at")[:MOST_CHANNELS])


def page(user: User, before: tuple[datetime, str] | None, size: int) -> list[Entry]:
    """The next ``size`` entries, the latest first. Three reads."""
    marks = services.marks(user.pk)
    beyond = _beyond(before)
    own = {"user_id": user.pk, "on_page": True} | beyond
    stages: list[dict[str, Any]] = [
        {"$match": own},
        {"$sort": {"created_at": -1, "_id": -1}},
        {"$limit": size},
    ]
    kinds = _announced_kinds(user)
    channels = channels_with_bell(user.pk) if kinds else {}
    if channels:
        news: list[dict[str, Any]] = [
            {"$match": {"channel_id": {"$in": list(channels)}, "kind": {"$in": kinds}} | beyond},
            {"$sort": {"created_at": -1, "_id": -1}},
            {"$limit": size},
        ]
        stages += [{"$unionWith": {"coll": ANNOUNCED, "pipeline": news}}]
    rows = list(collection(OWN).aggregate(stages))
    rows.sort(key=lambda row: (row["created_at"], row["_id"]), reverse=True)
    return [_entry(row, marks, channels) for row in rows[:size]]


def unread(user: User) -> int:
    """How many an account has not read, at most ``MOST_UNREAD``: two reads that stop there."""
    marks = services.marks(user.pk)
    own = {"user_id": user.pk, "on_page": True, "is_read": False}
    stages: list[dict[str, Any]] = [
        {"$match": own},
        {"$limit": MOST_UNREAD},
        {"$project": {"_id": 1}},
    ]
    kinds = _announced_kinds(user)
    channels = channels_with_bell(user.pk) if kinds else {}
    if channels:
        since = max(_aware(marks.read_until) or BEGINNING, min(channels.values()))
        news = {
            "channel_id": {"$in": list(channels)},
            "created_at": {"$gt": since},
            "kind": {"$in": kinds},
            "_id": {"$nin": marks.read},
        }
        fields = {"channel_id": 1, "created_at": 1}
        pipeline = [{"$match": news}, {"$limit": MOST_UNREAD}, {"$project": fields}]
        stages += [{"$unionWith": {"coll": ANNOUNCED, "pipeline": pipeline}}]
    rows = collection(OWN).aggregate(stages)
    return min(MOST_UNREAD, sum(1 for row in rows if not _is_older(row, channels)))


def _is_older(row: dict[str, Any], channels: dict[str, datetime]) -> bool:
    """Whether it was announced before the account subscribed."""
    channel = row.get("channel_id")
    return channel is not None and (_aware(row["created_at"]) or BEGINNING) < channels[channel]


def shown(entries: Sequence[Entry]) -> list[dict[str, Any]]:
    """Entries as people read them. What an announcement was about may be gone or hidden: then it is left out."""
    entries = [entry for entry in entries if not entry.is_old]
    videos = _listed({e.row["subject"] for e in entries if e.row.get("subject") and e.row["kind"] == VIDEO})
    posts = posts_of({e.row["subject"] for e in entries if e.row.get("subject") and e.row["kind"] == POST})
    actors = User.objects.in_bulk(
        {e.row["actor_id"] for e in entries if e.row.get("actor_id")}
        | {e.row["channel_id"] for e in entries if e.row.get("channel_id")}
    )
    found = []
    for entry in entries:
        row = entry.row
        if "subject" in row:
            what = (videos if row["kind"] == VIDEO else posts).get(row["subject"])
            actor = actors.get(row["channel_id"])
            if what is None or actor is None or not actor.is_active:
                continue
            found.append(_body(entry, actor, what[0], what[1], ""))
            continue
        actor = actors.get(row.get("actor_id") or "")
        if actor is not None and not actor.is_active:
            continue
        found.append(_body(entry, actor, row["title"], row["url"], row.get("what", "")))
    return found


def _body(entry: Entry, actor: User | None, title: str, url: str, what: str) -> dict[str, Any]:
    kind = entry.row["kind"]
    who = actor.get_full_name() if actor is not None else ""
    return {
        "id": entry.pk,
        "kind": kind,
        "text": sentence(kind, who=who, what=what, title=title),
        "url": url,
        "actor": badge(actor) if actor is not None else None,
        "icon": KINDS[kind].icon,
        "is_read": entry.is_read,
        "created_at": iso(entry.created_at),
    }


def _entry(row: dict[str, Any], marks: ReadMarks, channels: dict[str, datetime]) -> Entry:
    at = _aware(row["created_at"]) or BEGINNING
    if "subject" not in row:
        return Entry(row["_id"], at, row, bool(row["is_read"]))
    until = _aware(marks.read_until)
    is_read = row["_id"] in marks.read or (until is not None and at <= until)
    return Entry(row["_id"], at, row, is_read, is_old=_is_older(row, channels))


def _announced_kinds(user: User) -> list[str]:
    return [kind for kind in BROADCAST if wishes(user.preferences, kind)[0]]


def _beyond(before: tuple[datetime, str] | None) -> dict[str, Any]:
    if before is None:
        return {}
    at, row_id = before
    return {"created_at": {"$lte": at}, "$or": [{"created_at": {"$lt": at}}, {"_id": {"$lt": row_id}}]}


def _listed(ids: set[str]) -> dict[str, tuple[str, str]]:
    if not ids:
        return {}
    rows = listed_videos().filter(pk__in=ids).only("pk", "title")
    return {video.pk: (video.title, video.get_absolute_url()) for video in rows}


def _aware(moment: datetime | None) -> datetime | None:
    if moment is None or moment.tzinfo is not None:
        return moment
    return moment.replace(tzinfo=UTC)

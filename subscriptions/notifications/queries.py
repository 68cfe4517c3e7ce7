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
from streamsite.mongo.keyset_merge import Moment, earlier, newest_parts, union
from subscriptions.models import Broadcast, Notification, Notify, ReadMarks, Subscription
from subscriptions.notifications import gates
from subscriptions.notifications.entries import Entry
from subscriptions.notifications.notification_types import BROADCAST, KINDS, kind_of, sentence, wishes

OWN, ANNOUNCED = Notification._meta.db_table, Broadcast._meta.db_table
MOST_CHANNELS = 2_000
MOST_UNREAD = 100
# Some of them may be about what is hidden from the reader now.
MOST_LOOKED_AT = 3 * MOST_UNREAD
BEGINNING = datetime(2020, 1, 1, tzinfo=UTC)


def channels_with_bell(user_id: str) -> dict[str, datetime]:
    """The channels whose news an account wants, and since when."""
    rows = Subscription.objects.filter(subscriber_id=user_id, notify=Notify.ALL)
    return dict(rows.values_list("channel_id", "created_at")[:MOST_CHANNELS])


@dataclass(frozen=True)
class Reader:
    """How far an account has read, the channels whose news it wants (since when), and of which kinds."""

    marks: ReadMarks
    channels: dict[str, datetime]
    kinds: list[str]


def reader(user: User) -> Reader:
    """What deciding about an account's notifications needs, in one read."""
    kinds = [kind for kind in BROADCAST if wishes(user.preferences, kind)[0]]
    stages: list[dict[str, Any]] = [{"$match": {"_id": user.pk}}]
    if kinds:
        bell = [
            {"$match": {"subscriber_id": user.pk, "notify": Notify.ALL.value}},
            {"$limit": MOST_CHANNELS},
            {"$project": {"_id": 0, "channel_id": 1, "created_at": 1}},
        ]
        stages += [{"$unionWith": {"coll": Subscription._meta.db_table, "pipeline": bell}}]
    marks, channels = ReadMarks(user_id=user.pk), {}
    for row in collection(ReadMarks._meta.db_table).aggregate(stages):
        if "channel_id" in row:
            channels[row["channel_id"]] = _aware(row["created_at"]) or BEGINNING
        else:
            marks.read_until, marks.read = _aware(row.get("read_until")), row.get("read") or []
    return Reader(marks, channels, kinds)


def page(user_id: str, known: Reader, before: Moment | None, size: int) -> list[Entry]:
    """The next ``size`` entries, the latest first. One read."""
    own = {"user_id": user_id, "on_page": True} | (earlier("created_at", before) if before else {})
    stages: list[dict[str, Any]] = [
        {"$match": own},
        {"$sort": {"created_at": -1, "_id": -1}},
        {"$limit": size},
    ]
    news = newest_parts(
        "channel_id",
        list(known.channels),
        {"kind": {"$in": known.kinds}},
        by="created_at",
        most=size,
        before=before,
    )
    stages += union(ANNOUNCED, news)
    rows = list(collection(OWN).aggregate(stages))
    rows.sort(key=lambda row: (row["created_at"], row["_id"]), reverse=True)
    return [_entry(row, known.marks, known.channels) for row in rows[:size]]


def unread(user_id: str, known: Reader) -> int:
    """Return how many an account has not read of those that the list shows, at most ``MOST_UNREAD``.

    Two reads that stop there, one where nothing is unread.
    """
    waiting = _unread(user_id, known)
    return _number(waiting, gates.load(user_id, waiting)) if waiting else 0


def shown_and_unread(
    entries: Sequence[Entry], user_id: str, known: Reader
) -> tuple[list[dict[str, Any]], int]:
    """Return ``shown`` of a page's entries, and ``unread``. Two reads."""
    waiting = _unread(user_id, known)
    there = gates.load(user_id, [*entries, *waiting])
    return _bodies(entries, there), _number(waiting, there)


def _number(waiting: Sequence[Entry], there: gates.There) -> int:
    return min(MOST_UNREAD, sum(1 for entry in waiting if there.shows(entry)))


def _unread(user_id: str, known: Reader) -> list[Entry]:
    """Return what an account has not read, whether or not the list shows it now."""
    own = {"user_id": user_id, "on_page": True, "is_read": False}
    stages: list[dict[str, Any]] = [{"$match": own}, {"$limit": MOST_LOOKED_AT}]
    if known.channels:
        since = max(_aware(known.marks.read_until) or BEGINNING, min(known.channels.values()))
        news = {
            "channel_id": {"$in": list(known.channels)},
            "created_at": {"$gt": since},
            "kind": {"$in": known.kinds},
            "_id": {"$nin": known.marks.read},
        }
        stages += union(ANNOUNCED, [[{"$match": news}, {"$limit": MOST_LOOKED_AT}]])
    return [_entry(row, known.marks, known.channels) for row in collection(OWN).aggregate(stages)]


def _is_older(row: dict[str, Any], channels: dict[str, datetime]) -> bool:
    """Whether it was announced before the account subscribed."""
    channel = row.get("channel_id")
    return channel is not None and (_aware(row["created_at"]) or BEGINNING) < channels[channel]


def shown(entries: Sequence[Entry], reader_id: str) -> list[dict[str, Any]]:
    """Entries as people read them. What one is about may be gone or hidden from them: then it is left out."""
    return _bodies(entries, gates.load(reader_id, entries))


def _bodies(entries: Sequence[Entry], there: gates.There) -> list[dict[str, Any]]:
    return [_body(entry, there) for entry in entries if there.shows(entry)]


def _body(entry: Entry, there: gates.There) -> dict[str, Any]:
    row, kind, actor = entry.row, kind_of(entry.row), there.actor(entry)
    title, url = there.things.get(row.get("subject", ""), (row.get("title", ""), row.get("url", "")))
    who = actor.get_full_name() if actor is not None else ""
    return {
        "id": entry.pk,
        "kind": kind,
        "text": sentence(kind, who=who, what=row.get("what", ""), title=title),
        "url": url,
        "actor": badge(actor) if actor is not None else None,
        "icon": KINDS[kind].icon,
        "thread": there.thread(entry),
        "is_read": entry.is_read,
        "created_at": iso(entry.created_at),
    }


def _entry(row: dict[str, Any], marks: ReadMarks, channels: dict[str, datetime]) -> Entry:
    at = _aware(row["created_at"]) or BEGINNING
    if "subject" not in row:
        return Entry(row["_id"], at, row, bool(row.get("is_read")))
    until = _aware(marks.read_until)
    is_read = row["_id"] in marks.read or (until is not None and at <= until)
    return Entry(row["_id"], at, row, is_read, is_old=_is_older(row, channels))


def _aware(moment: datetime | None) -> datetime | None:
    if moment is None or moment.tzinfo is not None:
        return moment
    return moment.replace(tzinfo=UTC)

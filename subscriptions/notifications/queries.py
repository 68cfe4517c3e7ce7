"""Reads of notifications: an account's own and its channels' announcements, merged by time on reading."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from accounts.mappers import serialize_badge
from accounts.models import User
from streamsite.api.renderers import iso
from streamsite.mongo.keyset_merge import Moment
from subscriptions.models import Notify, ReadMarks, Subscription
from subscriptions.notifications import access, page_rows, store
from subscriptions.notifications.entries import Entry
from subscriptions.notifications.notification_types import (
    BROADCAST_KINDS,
    NOTIFICATION_TYPES,
    delivery_channels,
    notification_kind,
    render_sentence,
)
from subscriptions.notifications.store import EntryDoc
from subscriptions.schemas import NewsCountDict, NotificationDict

MAX_CHANNELS = 2_000
MAX_UNREAD = 100
# More than are counted, since some may be about hidden subjects.
MAX_CANDIDATES = 3 * MAX_UNREAD
EARLIEST = datetime(2020, 1, 1, tzinfo=UTC)


def channels_with_bell(user_id: str) -> dict[str, datetime]:
    """Return the channels whose announcements an account wants, with the time of subscription."""
    rows = Subscription.objects.filter(subscriber_id=user_id, notify=Notify.ALL)
    return dict(rows.values_list("channel_id", "created_at")[:MAX_CHANNELS])


@dataclass(frozen=True)
class ReaderState:
    """A reader's read marks, the channels whose announcements they want (since when), and the kinds of those."""

    marks: ReadMarks
    channels: dict[str, datetime]
    kinds: list[str]


def load_reader(user: User) -> ReaderState:
    """Load an account's reader state in one read."""
    kinds = [kind for kind in BROADCAST_KINDS if delivery_channels(user.preferences, kind)[0]]
    marks, channels = ReadMarks(user_id=user.pk), {}
    for row in store.read_state(user.pk, with_channels=bool(kinds), channel_limit=MAX_CHANNELS):
        if "channel_id" in row:
            channels[row["channel_id"]] = _aware(row["created_at"]) or EARLIEST
        else:
            marks.read_until, marks.read = _aware(row.get("read_until")), row.get("read") or []
            marks.seen_until = _aware(row.get("seen_until"))
    return ReaderState(marks, channels, kinds)


def load_page(user_id: str, known: ReaderState, before: Moment | None, size: int) -> list[Entry]:
    """Return the next ``size`` entries, latest first, in one read."""
    rows = store.newest(user_id, list(known.channels), known.kinds, before=before, limit=size)
    return [_entry(row, known.marks, known.channels) for row in rows]


def count_unread(user_id: str, known: ReaderState) -> NewsCountDict:
    """Return how many unread entries the list would show, and how many of them came since it was last opened.

    Both are at most ``MAX_UNREAD``. Two reads that stop at that number; one if nothing is unread.
    """
    waiting = _load_unread(user_id, known)
    if not waiting:
        return {"unread": 0, "unseen": 0}
    context = access.load_context(user_id, waiting)
    since = known.marks.seen_until or EARLIEST
    unseen = [entry for entry in waiting if entry.created_at > since]
    return {"unread": _count_shown(waiting, context), "unseen": _count_shown(unseen, context)}


def load_rows(
    entries: Sequence[Entry], user_id: str, known: ReaderState
) -> tuple[list[page_rows.NoteRow], int]:
    """Return a page's entries as rows of the list, similar ones as one, and the number of unread ones. Two reads."""
    waiting = _load_unread(user_id, known)
    context = access.load_context(user_id, [*entries, *waiting])
    shown = [
        page_rows.Note(_serialize(entry, context), _title_and_url(entry, context)[0])
        for entry in entries
        if context.may_show(entry)
    ]
    return page_rows.group_notes(shown, context.covers), _count_shown(waiting, context)


def has_unseen(entries: Sequence[Entry], known: ReaderState) -> bool:
    """Return whether the first page of the list has an entry that came since the list was last opened."""
    seen_until = known.marks.seen_until
    return bool(entries) and (seen_until is None or entries[0].created_at > seen_until)


def serialize_with_unread(
    entries: Sequence[Entry], user_id: str, known: ReaderState
) -> tuple[list[NotificationDict], int]:
    """Return ``serialize_visible`` of a page's entries, and ``unread_count``. Two reads."""
    waiting = _load_unread(user_id, known)
    context = access.load_context(user_id, [*entries, *waiting])
    return _serialize_all(entries, context), _count_shown(waiting, context)


def _count_shown(waiting: Sequence[Entry], context: access.NotificationContext) -> int:
    return min(MAX_UNREAD, sum(1 for entry in waiting if context.may_show(entry)))


def _load_unread(user_id: str, known: ReaderState) -> list[Entry]:
    """Return unread entries, whether or not the list shows them now."""
    news: dict[str, object] | None = None
    if known.channels:
        since = max(_aware(known.marks.read_until) or EARLIEST, min(known.channels.values()))
        news = {
            "channel_id": {"$in": list(known.channels)},
            "created_at": {"$gt": since},
            "kind": {"$in": known.kinds},
            "_id": {"$nin": known.marks.read},
        }
    rows = store.unread(user_id, news, limit=MAX_CANDIDATES)
    return [_entry(row, known.marks, known.channels) for row in rows]


def _predates_subscription(row: EntryDoc, channels: dict[str, datetime]) -> bool:
    """Return whether a row was announced before the account subscribed."""
    channel = row.get("channel_id")
    return channel is not None and (_aware(row["created_at"]) or EARLIEST) < channels[channel]


def serialize_visible(entries: Sequence[Entry], reader_id: str) -> list[NotificationDict]:
    """Return entries as the reader sees them, without those whose subject is gone or hidden from them."""
    return _serialize_all(entries, access.load_context(reader_id, entries))


def _serialize_all(entries: Sequence[Entry], context: access.NotificationContext) -> list[NotificationDict]:
    return [_serialize(entry, context) for entry in entries if context.may_show(entry)]


def _serialize(entry: Entry, context: access.NotificationContext) -> NotificationDict:
    row, kind, actor = entry.row, notification_kind(entry.row), context.actor(entry)
    title, url = _title_and_url(entry, context)
    who = actor.get_full_name() if actor is not None else ""
    return {
        "id": entry.pk,
        "kind": kind,
        "text": render_sentence(kind, who=who, what=row.get("what", ""), title=title),
        "url": url,
        "actor": serialize_badge(actor) if actor is not None else None,
        "icon": NOTIFICATION_TYPES[kind].icon,
        "thread": context.thread(entry),
        "is_read": entry.is_read,
        "created_at": iso(entry.created_at),
    }


def _title_and_url(entry: Entry, context: access.NotificationContext) -> tuple[str, str]:
    row = entry.row
    return context.announced.get(row.get("subject", ""), (row.get("title", ""), row.get("url", "")))


def _entry(row: EntryDoc, marks: ReadMarks, channels: dict[str, datetime]) -> Entry:
    at = _aware(row["created_at"]) or EARLIEST
    if "subject" not in row:
        return Entry(row["_id"], at, row, bool(row.get("is_read")))
    until = _aware(marks.read_until)
    is_read = row["_id"] in marks.read or (until is not None and at <= until)
    return Entry(row["_id"], at, row, is_read, is_old=_predates_subscription(row, channels))


def _aware(moment: datetime | None) -> datetime | None:
    if moment is None or moment.tzinfo is not None:
        return moment
    return moment.replace(tzinfo=UTC)

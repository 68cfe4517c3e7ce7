"""Choose the browsers that a notification is sent to, at the time of sending."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from accounts import sessions
from accounts.models import User
from subscriptions.models import Notify, ReadMarks, Subscription
from subscriptions.notifications import access
from subscriptions.notifications.access import NotificationContext
from subscriptions.notifications.entries import Entry
from subscriptions.notifications.notification_types import delivery_channels, notification_kind
from subscriptions.notifications.push import services, store
from subscriptions.notifications.push.store import PushDoc
from subscriptions.notifications.store import EntryDoc


@dataclass(frozen=True)
class Recipients:
    """Browsers to send an entry to, each with its account, and what the entry is about."""

    entry: Entry
    context: NotificationContext
    browsers: list[tuple[PushDoc, User]]


def load(row: EntryDoc, push_ids: Sequence[str]) -> Recipients:
    """Return those of some browsers whose accounts may see the entry, want it, and have not read it.

    Subscriptions whose session has ended, or that can no longer be sent to, are deleted.
    """
    created_at = row["created_at"].replace(tzinfo=UTC)
    entry = Entry(row["_id"], created_at, row, bool(row.get("is_read")))
    browsers = _signed_in(store.find(push_ids))
    wanting = _who_wants(row, created_at, {user.pk: user for _push, user in browsers})
    browsers = [(push, user) for push, user in browsers if user.pk in wanting]
    context = access.load_context(row.get("user_id", ""), [entry] if browsers else [])
    if not browsers or not context.may_show(entry):
        browsers = []
    return Recipients(entry, context, browsers)


def _signed_in(rows: list[PushDoc]) -> list[tuple[PushDoc, User]]:
    """Return the subscriptions whose accounts are active and still signed in there."""
    users = {user.pk: user for user in User.objects.filter(pk__in={row["user_id"] for row in rows})}
    states = sessions.find_states({row["session_id"] for row in rows}, users)
    usable = {row["_id"] for row in rows if services.is_usable(row)}
    store.delete(
        row for row in rows if states[row["session_id"]] == sessions.ENDED or row["_id"] not in usable
    )
    return [
        (row, users[row["user_id"]])
        for row in rows
        if states[row["session_id"]] == sessions.LIVE
        and row["_id"] in usable
        and row["user_id"] in users
        and users[row["user_id"]].is_active
    ]


def _who_wants(row: EntryDoc, created_at: datetime, users: dict[str, User]) -> set[str]:
    """Return the ids of the accounts that the row is for, that want its kind on the site, and have not read it."""
    kind = notification_kind(row)
    wanting = {pk for pk, user in users.items() if delivery_channels(user.preferences, kind)[0]}
    if "subject" not in row:
        is_open = row.get("on_page", True) and not row.get("is_read")
        return wanting & {row["user_id"]} if is_open else set()
    following = Subscription.objects.filter(
        channel_id=row["channel_id"],
        subscriber_id__in=wanting,
        notify=Notify.ALL,
        created_at__lte=created_at,
    )
    return _without_readers(row["_id"], created_at, following.values_list("subscriber_id", flat=True))


def _without_readers(broadcast_id: str, created_at: datetime, user_ids: Iterable[str]) -> set[str]:
    wanting = set(user_ids)
    for marks in ReadMarks.objects.filter(pk__in=wanting):
        if broadcast_id in marks.read or (marks.read_until is not None and created_at <= marks.read_until):
            wanting.discard(marks.pk)
    return wanting

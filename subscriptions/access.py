"""The gates of subscriptions: the channels that an account may follow or leave, with as much of them as that needs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, cast

from accounts import user_store
from accounts.usernames import normalize_username
from streamsite.errors import Absent
from subscriptions import subscription_store
from videos import block_store

FIELDS = ("username", "is_active", "subscriber_count")


@dataclass(frozen=True)
class Relation:
    """What decides whether a viewer may subscribe to a channel, as it was just read.

    ``blockers`` are those of the two that block the other. ``subscriptions`` is the number of the viewer's rows.
    """

    blockers: frozenset[str]
    subscriptions: int


@dataclass(frozen=True)
class Channel:
    """A channel as it was just read. ``relation`` is there when the viewer is about to subscribe."""

    pk: str
    username: str
    subscriber_count: int
    relation: Relation | None = None


def channel_for_subscribing(viewer_id: str, username: str) -> Channel:
    """Return the channel of an active account, with its ``relation`` to the viewer. Raises ``Absent``. One command."""
    joined = [*block_store.join_blocks(viewer_id), subscription_store.join_number(viewer_id)]
    found: Any = user_store.find_by_username(normalize_username(username), FIELDS, joined)
    if found is None or not found["is_active"]:
        raise Absent
    number = subscription_store.joined_number(found)
    return _channel(found, Relation(block_store.joined_blockers(found), number))


def channel_for_unsubscribing(viewer_id: str, username: str) -> Channel:
    """Return the channel of an active account, or an inactive one that the viewer follows. Raises ``Absent``."""
    found: Any = user_store.find_by_username(normalize_username(username), FIELDS)
    if found is None:
        raise Absent
    if not found["is_active"] and not subscription_store.exists(viewer_id, found["_id"]):
        raise Absent
    return _channel(found, None)


def _channel(found: dict[str, object], relation: Relation | None) -> Channel:
    count = cast("int", found.get("subscriber_count") or 0)
    return Channel(str(found["_id"]), str(found["username"]), count, relation)

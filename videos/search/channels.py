"""Find channels by display name and username: any of the words, with or without videos."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from typing import Any

from accounts.access import listed_accounts
from accounts.mappers import badge
from accounts.models import User
from accounts.usernames import USERNAME, normalise
from streamsite.visibility import Viewer
from videos.access import channels_for_listing
from videos.search import finders
from videos.search.names import Named, NameIndex, compounds


def rank(subscribers: int) -> int:
    """Return the place among other channels: 0 for no subscribers, 1 for one, 2 for two or three, and so on."""
    return max(subscribers, 0).bit_length()


def _named(user: User) -> Named:
    texts = (user.full_name, user.username, *compounds(user.full_name, user.username))
    return Named(user.pk, texts, rank(user.subscriber_count), user.username)


def _load(ids: Collection[str] | None) -> Iterator[Named]:
    rows = listed_accounts() if ids is None else listed_accounts().filter(pk__in=list(ids))
    return map(_named, rows.only("username", "full_name", "subscriber_count").iterator())


INDEX = NameIndex("search_channel", _load)
INDEXES = INDEX.indexes


def add(user: User) -> None:
    """Let a new account be found."""
    INDEX.put(_named(user))


def follow_subscribers(channel_id: str, subscribers: int, change: int) -> None:
    """Follow the number of subscribers after a ``change`` of it, which seldom moves the channel."""
    if rank(subscribers) != rank(subscribers - change):
        INDEX.set_rank(channel_id, rank(subscribers))


def _exact(text: str) -> str:
    name = normalise(text.strip().removeprefix("@"))
    return name if USERNAME.match(name) else ""


def _body(viewer: Viewer, rows: list[User]) -> list[dict[str, Any]]:
    return [badge(user) | {"url": user.get_absolute_url()} for user in rows]


def _in_lists(viewer: Viewer, ids: Sequence[str]) -> list[User]:
    return channels_for_listing(viewer, ids)


FINDER = finders.Finder(
    name="channels",
    label="Channels",
    template="videos/_search_channels.html",
    index=INDEX,
    load=_in_lists,
    body=_body,
    brief=_body,
    exact=_exact,
)

"""Find channels by any word of their display name or username, with or without videos."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

from django.utils.translation import gettext_lazy as _

from accounts.access import listed_accounts
from accounts.mappers import serialize_badge
from accounts.models import User
from accounts.usernames import USERNAME, normalize_username
from streamsite.visibility import Viewer
from videos.access import channels_for_listing
from videos.schemas.search import FoundChannelDict
from videos.search import finders
from videos.search.name_store import IndexedName, NameIndex, name_variants


def subscriber_rank(subscribers: int) -> int:
    """Return the logarithmic rank of a subscriber count: 0 for none, 1 for one, 2 for two or three, and so on."""
    return max(subscribers, 0).bit_length()


def _named(user: User) -> IndexedName:
    texts = (user.full_name, user.username, *name_variants(user.full_name, user.username))
    return IndexedName(user.pk, texts, subscriber_rank(user.subscriber_count), user.username)


def _load(ids: Collection[str] | None) -> Iterator[IndexedName]:
    rows = listed_accounts() if ids is None else listed_accounts().filter(pk__in=list(ids))
    return map(_named, rows.only("username", "full_name", "subscriber_count").iterator())


INDEX = NameIndex("search_channel", _load)
INDEXES = INDEX.indexes


def index_channel(user: User) -> None:
    """Add a new account to the search index."""
    INDEX.put(_named(user))


def update_subscriber_rank(channel_id: str, subscribers: int, change: int) -> None:
    """Update the channel's rank after a ``change`` of its subscriber count; most changes need no write."""
    if subscriber_rank(subscribers) != subscriber_rank(subscribers - change):
        INDEX.update_rank(channel_id, subscriber_rank(subscribers))


def _exact(text: str) -> str:
    name = normalize_username(text.strip().removeprefix("@"))
    return name if USERNAME.match(name) else ""


def _body(viewer: Viewer, rows: list[User]) -> list[FoundChannelDict]:
    return [{**serialize_badge(user), "url": user.get_absolute_url()} for user in rows]


def _in_lists(viewer: Viewer, ids: Sequence[str]) -> list[User]:
    return channels_for_listing(viewer, ids)


FINDER = finders.Finder(
    name="channels",
    label=_("Channels"),
    all_label=_("All channels"),
    template="videos/_search_channels.html",
    index=INDEX,
    load=_in_lists,
    body=_body,
    brief=_body,
    exact=_exact,
)

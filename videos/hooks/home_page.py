"""The shelves of videos on a signed-in viewer's home page, above the newest videos.

Each app registers what it has to offer; a person who wants nothing chosen for them (the preference ``personalised``)
gets none of it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from accounts import preferences
from accounts.models import User
from videos import mappers
from videos.access import may_watch
from videos.playback import history

MAX_ENTRIES = 8


@dataclass(frozen=True)
class Shelf:
    """A titled row of videos. ``entries`` are ``{"video": card}``; ``url`` is the page with more."""

    name: str
    title: str
    url: str
    entries: Sequence[Mapping[str, object]]


ShelfBuilder = Callable[[User], Shelf]
_builders: list[ShelfBuilder] = []


def register_shelf(builder: ShelfBuilder) -> ShelfBuilder:
    """Add a shelf. Shelves appear in the order of registration."""
    _builders.append(builder)
    return builder


def shelves_for(user: User) -> list[Shelf]:
    """Return the shelves that are not empty; none for viewers without personal recommendations."""
    if not preferences.with_defaults(user.preferences)["personalised"]:
        return []
    return [shelf for builder in _builders if (shelf := builder(user)).entries]


def continue_watching(user: User) -> Shelf:
    """Return the videos that a person began and did not finish, latest first; none while the history is paused."""
    if preferences.with_defaults(user.preferences)["history_paused"]:
        return Shelf("continue", _("Continue watching"), "/history", [])
    rows = history.unfinished_of_user(user.pk).order_by(*history.RECENT)[: 2 * MAX_ENTRIES]
    entries = [{"video": mappers.serialize_card(row.video)} for row in rows if may_watch(user, row.video)][
        :MAX_ENTRIES
    ]
    return Shelf("continue", _("Continue watching"), "/history", entries)


register_shelf(continue_watching)

"""The shelves of videos on a signed-in viewer's home page, above the newest videos.

Each app registers what it has to offer; a person who wants nothing chosen for them (the preference ``personalised``)
gets none of it. No video is on two shelves: each shelf goes without what is on those before it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.utils.translation import gettext as _

from accounts import preferences
from accounts.models import User
from videos import mappers
from videos.access import may_watch
from videos.playback import history

MAX_ENTRIES = 8
# Of each shelf more are read, to fill it up where others have some of its videos.
MAX_CANDIDATES = 2 * MAX_ENTRIES


@dataclass(frozen=True)
class Shelf:
    """A titled row of videos. ``entries`` are ``{"video": card}``; ``url`` is the page with more.

    ``is_recommended`` says that the site chose them, so that the viewer may ask for others.
    """

    name: str
    title: str
    url: str
    entries: Sequence[Mapping[str, Any]]
    is_recommended: bool = False


# A builder returns up to ``MAX_CANDIDATES`` entries. The shelves before it tell it what the viewer watches.
ShelfBuilder = Callable[[User, Sequence[Shelf]], Shelf]
_builders: list[tuple[int, ShelfBuilder]] = []


def register_shelf(builder: ShelfBuilder, *, rank: int) -> ShelfBuilder:
    """Add a shelf. Shelves appear in the order of their ``rank``."""
    _builders.append((rank, builder))
    _builders.sort(key=lambda pair: pair[0])
    return builder


def shelves_for(user: User) -> list[Shelf]:
    """Return the shelves that are not empty; none for viewers without personal recommendations."""
    if not preferences.value_of(user.preferences, "personalised"):
        return []
    shown: list[Shelf] = []
    for _rank, builder in _builders:
        taken = shown_ids(shown)
        shelf = builder(user, shown)
        entries = [entry for entry in shelf.entries if entry["video"]["id"] not in taken][:MAX_ENTRIES]
        if entries:
            shown.append(replace(shelf, entries=entries))
    return shown


def shown_ids(shelves: Sequence[Shelf]) -> set[str]:
    """Return the ids of the videos on some shelves."""
    return {entry["video"]["id"] for shelf in shelves for entry in shelf.entries}


def continue_watching(user: User, _before: Sequence[Shelf]) -> Shelf:
    """Return the videos that a person began and did not finish, latest first; none while the history is paused."""
    if preferences.value_of(user.preferences, "history_paused"):
        return Shelf("continue", _("Continue watching"), "/history", [])
    rows = history.unfinished_of_user(user.pk).order_by(*history.RECENT)[:MAX_CANDIDATES]
    entries = [
        {"video": mappers.serialize_card(row.video), "category": row.video.category}
        for row in rows
        if may_watch(user, row.video)
    ]
    return Shelf("continue", _("Continue watching"), "/history", entries)


register_shelf(continue_watching, rank=10)

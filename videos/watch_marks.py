"""Bars and "Watched" marks of cards: how much of each video on a page its viewer has watched.

They come from the viewer's history. Who pauses it, or clears it, has none. Visitors' are drawn by
``static/js/watch-progress.js``, from what the browser remembers.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar, cast

from django.utils.translation import gettext as _

from accounts import preferences
from accounts.models import User
from streamsite.visibility import Viewer
from videos.hooks.home_page import Shelf
from videos.playback import history_store
from videos.playback.history import MIN_RESUME_SECONDS
from videos.playback.history_store import Position

Context = TypeVar("Context", bound=Mapping[str, object])
# Only cards and video objects have it.
CARD_KEY = "storyboard_url"


@dataclass(frozen=True)
class WatchMark:
    """The mark of a card: ``percent`` from 1 to 100, and whether the end was reached."""

    percent: int
    completed: bool

    @property
    def text(self) -> str:
        """The mark in words, for screen readers."""
        return _("Watched") if self.completed else _("%(percent)d%% watched") % {"percent": self.percent}


def add_watch_marks(viewer: Viewer, context: Context) -> Context:
    """Add ``mark`` to every card in a page's ``context`` that the viewer has watched some of. One read, or none."""
    if not viewer.is_authenticated or is_history_paused(cast(User, viewer)):
        return context
    cards = list(_cards(context))
    if cards:
        found = load_marks(str(viewer.pk), list({card["id"] for card in cards}))
        for card in cards:
            if card["id"] in found:
                card["mark"] = found[card["id"]]
    return context


def is_history_paused(user: User) -> bool:
    """Return whether the account paused its history, so that nothing is stored or shown."""
    return bool(preferences.value_of(user.preferences, "history_paused"))


def load_marks(user_id: str, video_ids: list[str]) -> dict[str, WatchMark]:
    """Return the marks of an account by video; videos of which it has seen next to nothing have none."""
    rows = history_store.find_positions(user_id, video_ids)
    found = {row["video_id"]: mark_of_entry(row) for row in rows}
    return {video_id: mark for video_id, mark in found.items() if mark is not None}


def mark_of_entry(row: Position) -> WatchMark | None:
    """Return the mark of an entry of the history, which has ``position``, ``duration`` and ``completed``."""
    position, duration = row.get("position", 0.0), row.get("duration", 0.0)
    if row.get("completed"):
        return WatchMark(100, completed=True)
    if position < MIN_RESUME_SECONDS or not duration:
        return None
    return WatchMark(max(1, min(99, int(100 * position / duration + 0.5))), completed=False)


def _cards(part: object) -> Iterator[dict[str, Any]]:
    """Yield the cards in a template's context, at any depth."""
    if isinstance(part, Shelf):
        part = part.entries
    if isinstance(part, dict):
        if CARD_KEY in part:
            yield part
        else:
            for inner in part.values():
                yield from _cards(inner)
    elif isinstance(part, list):
        for inner in part:
            yield from _cards(inner)

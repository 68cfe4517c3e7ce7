"""Denormalized texts: copies that are stored with other objects, and the functions that keep them up to date.

Apps register a ``CopiedText`` for each such field when they are ready. Code that changes a text calls
``refresh_copies``, usually in a task. docs/decisions/0036-copied-texts.md lists all of them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from streamsite.mongo import repairs


@dataclass(frozen=True)
class CopiedText:
    """A stored copy of a text.

    ``where`` is the copy: ``collection.field``, or a collection of copies. ``of`` names the text, such as
    ``VIDEO_TITLE``. ``refresh(object_id)`` updates every copy of that object's text and is idempotent. ``stale()``
    yields the ids of objects with outdated copies, which the previous release makes while it runs beside this one.
    """

    where: str
    of: str
    refresh: Callable[[str], object]
    stale: Callable[[], Iterable[str]] | None = None


VIDEO_TITLE, CHANNEL_NAME = "video.title", "channel.name"
PLAYLIST_TITLE, POST_TEXT, CASE_TITLE = "playlist.title", "post.text", "case.title"
_copies: list[CopiedText] = []


def register_copies(*copies: CopiedText) -> None:
    """Register copies, so that ``refresh_copies`` and repairs keep them up to date."""
    _copies.extend(copies)
    for copy in copies:
        if copy.stale is not None:
            repairs.register_repairs(
                repairs.Repair(f"{copy.where} of {copy.of}", copy.stale, _refresher(copy))
            )


def _refresher(copy: CopiedText) -> Callable[[list[str]], None]:
    def refresh_all(ids: list[str]) -> None:
        for object_id in dict.fromkeys(ids):
            copy.refresh(object_id)

    return refresh_all


def registered_copies() -> list[CopiedText]:
    """Return every copy."""
    return list(_copies)


def refresh_copies(of: str, thing_id: str) -> None:
    """Bring every copy of one text of an object up to date. Idempotent."""
    for refresh_one in dict.fromkeys(copy.refresh for copy in _copies if copy.of == of):
        refresh_one(thing_id)

"""A change of a playlist begins by claiming it: one conditional update, the first of a transaction.

The condition is who may (owner or collaborator, as the one document says now), which version the change was made
from, and room for more. Of two changes at once the second meets the first one's claim and is made again after it, so
changes are in one order and everything read after the claim is the latest.
"""

from __future__ import annotations

from collections.abc import Callable
from threading import RLock
from typing import Any, TypeVar

from django.conf import settings
from django.db.models import F, Sum
from django.utils import timezone

from accounts.models import User
from playlists.access import contributor_filter, may_contribute, may_view
from playlists.models import MAX_ITEMS, Playlist
from streamsite.errors import Absent, Conflict, Forbidden, Stale
from streamsite.mongo.retry import run_in_transaction
from streamsite.row_limits import RowLimit

T = TypeVar("T")
# Changes of one playlist wait for each other here instead of meeting in the database; between processes they do meet.
_LOCKS = [RLock() for _ in range(64)]
MAX_WAIT_SECONDS = 20.0
MAX_PAUSE = 0.06


class PlaylistFull(Conflict):
    """The playlist holds as many videos as a playlist may."""

    code = "playlist_full"
    detail = f"A playlist holds at most {MAX_ITEMS} videos."


class SortedByRule(Conflict):
    """Nobody decides the order of this playlist by hand."""

    detail = "This playlist is sorted by a rule. Choose the order by hand first, then move videos."


def item_cap(owner_id: str) -> RowLimit:
    """Return the cap of the videos in all of an account's playlists."""

    def count() -> int:
        total: int | None = Playlist.objects.filter(owner_id=owner_id).aggregate(n=Sum("item_count"))["n"]
        return total or 0

    most = settings.MAX_PLAYLIST_ITEMS_PER_USER
    return RowLimit(
        count, most, f"Your playlists can hold up to {most} videos in all. Remove some, or delete a playlist."
    )


def run_locked(playlist_id: str, block: Callable[[], T]) -> T:
    """Run ``block``, which claims the playlist, in a transaction; one of this process's threads at a time."""
    with _LOCKS[hash(playlist_id) % len(_LOCKS)]:
        return run_in_transaction(block, seconds=MAX_WAIT_SECONDS, longest_pause=MAX_PAUSE)


def lock_playlist(
    playlist: Playlist,
    actor: User | None,
    *,
    version: int | None = None,
    items: int = 0,
    duration: float = 0.0,
    **changes: Any,
) -> Playlist:
    """The playlist as it is now, at its next version, with ``items`` and ``duration`` more.

    ``actor`` is ``None`` for the site itself. Raises ``Absent`` or ``Forbidden`` when they may not (any more),
    ``Stale`` when the playlist left ``version``, ``PlaylistFull`` when there is no room.
    """
    rows = Playlist.objects.filter(pk=playlist.pk)
    if actor is not None:
        rows = rows.filter(contributor_filter(actor.pk))
    if version is not None:
        rows = rows.filter(version=version)
    if items > 0:
        rows = rows.filter(item_count__lte=MAX_ITEMS - items)
    claimed = rows.update(
        item_count=F("item_count") + items,
        duration=F("duration") + duration,
        version=F("version") + 1,
        updated_at=timezone.now(),
        shown_duration=None,
        shown_turn=F("shown_turn") + 1,
        **changes,
    )
    now = Playlist.objects.select_related("owner").filter(pk=playlist.pk).first()
    if now is None:
        raise Absent
    if claimed:
        return now
    if actor is not None and not may_contribute(actor, now):
        raise Forbidden if may_view(actor, now) else Absent
    if version is not None and now.version != version:
        raise Stale
    raise PlaylistFull

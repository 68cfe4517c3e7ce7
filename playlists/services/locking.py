"""Serialize changes of a playlist: each starts with one conditional update, the first of its transaction.

The condition checks permission (against the current document), the version the change is based on, and room for more
items. Of two concurrent changes, the second conflicts with the first one's update and is retried after it, so changes
are ordered and everything read afterwards is current.
"""

from __future__ import annotations

from collections.abc import Callable
from threading import RLock
from typing import TypeVar

from django.conf import settings
from django.db.models import F, Sum
from django.utils import timezone
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from accounts.models import User
from playlists.access import contributor_filter, may_contribute, may_view
from playlists.models import MAX_ITEMS, Playlist
from streamsite.errors import Absent, Conflict, Forbidden, Stale
from streamsite.mongo.retry import run_in_transaction
from streamsite.row_limits import RowLimit

T = TypeVar("T")
# Serializes a process's changes of one playlist; those of several processes conflict in the database and retry.
_LOCKS = [RLock() for _ in range(64)]
MAX_WAIT_SECONDS = 20.0
MAX_PAUSE = 0.06


class PlaylistFull(Conflict):
    """The playlist has reached the maximum number of videos."""

    code = "playlist_full"
    detail = format_lazy(_("A playlist can hold up to {limit} videos."), limit=MAX_ITEMS)


class SortedByRule(Conflict):
    """The order of this playlist is decided by a rule, not by hand."""

    detail = _("Switch to custom order to move videos.")


def item_cap(owner_id: str) -> RowLimit:
    """Return the cap on videos in all of an account's playlists."""

    def count() -> int:
        total: int | None = Playlist.objects.filter(owner_id=owner_id).aggregate(n=Sum("item_count"))["n"]
        return total or 0

    limit = settings.MAX_PLAYLIST_ITEMS_PER_USER
    return RowLimit(
        count,
        limit,
        ngettext(
            "Your playlists can hold up to %(limit)d video in total. Remove some or delete a playlist.",
            "Your playlists can hold up to %(limit)d videos in total. Remove some or delete a playlist.",
            limit,
        )
        % {"limit": limit},
    )


def run_locked(playlist_id: str, block: Callable[[], T]) -> T:
    """Run ``block``, which locks the playlist, in a transaction, one thread of this process at a time."""
    with _LOCKS[hash(playlist_id) % len(_LOCKS)]:
        return run_in_transaction(block, seconds=MAX_WAIT_SECONDS, max_pause=MAX_PAUSE)


def lock_playlist(
    playlist: Playlist,
    actor: User | None,
    *,
    version: int | None = None,
    items: int = 0,
    duration: float = 0.0,
    **changes: object,
) -> Playlist:
    """Return the playlist as it is now, at its next version, with ``items`` and ``duration`` added.

    ``actor`` is ``None`` for the site itself. Raises ``Absent`` or ``Forbidden`` if the actor may not contribute,
    ``Stale`` if the playlist is no longer at ``version``, and ``PlaylistFull`` if there is no room.
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

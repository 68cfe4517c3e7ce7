"""Reads of playlists and their items."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

from django.db.models import QuerySet

from accounts.access import listed_accounts_by_id
from accounts.models import User
from playlists import store
from playlists.access import may_contribute, may_show_video
from playlists.models import Playlist, PlaylistItem, SavedPlaylist
from playlists.ordering import order_fields
from streamsite.visibility import Viewer, Visibility
from videos.card_rows import with_cards, with_video_cards
from videos.models import Video

RECENT = ("-updated_at", "-id")
RECENTLY_SAVED = ("-created_at", "-id")
WATCH_LATER_TITLE = "Watch later"


def items_with_videos(playlist: Playlist, *more: str) -> QuerySet[PlaylistItem]:
    """Return a playlist's items with what cards show of their videos, and ``more`` fields; order by ``order_fields``.

    The caller must check whether the viewer may watch the videos.
    """
    return with_video_cards(PlaylistItem.objects.filter(playlist=playlist), *more)


def visible_items(viewer: Viewer, playlist: Playlist, rows: Iterable[PlaylistItem]) -> list[PlaylistItem]:
    """Return those of the rows of ``items_with_videos`` that the playlist shows to ``viewer``."""
    return [row for row in rows if may_show_video(viewer, playlist, row.video)]


def thumbnail_video(playlist: Playlist) -> Video | None:
    """Return the playlist's first video, which supplies its thumbnail, or ``None``."""
    if not playlist.item_count:
        return None
    row = items_with_videos(playlist).order_by(*order_fields(playlist)).first()
    return row.video if row is not None else None


def thumbnail_videos(playlists: list[Playlist]) -> dict[str, Video]:
    """Return the first video of each playlist by playlist id, in two reads."""
    first = store.first_video_ids({one.pk: order_fields(one)[0] for one in playlists if one.item_count})
    videos = with_cards(Video.objects.all()).in_bulk(set(first.values())) if first else {}
    return {playlist_id: videos[video_id] for playlist_id, video_id in first.items() if video_id in videos}


def active_users(ids: Iterable[str | None]) -> dict[str, User]:
    """Return active accounts by id, in one read; none if ``ids`` is empty."""
    return listed_accounts_by_id({one for one in ids if one})


def watch_later_id(user_id: str) -> str:
    """Return the id of an account's Watch later playlist, derived from the account's id without revealing it."""
    return hashlib.blake2b(user_id.encode(), digest_size=12, person=b"watch-later").hexdigest()


def get_watch_later(user: User) -> Playlist:
    """Return the account's Watch later playlist; an unsaved one if nothing was ever added to it."""
    playlist_id = watch_later_id(user.pk)
    found = Playlist.objects.select_related("owner").filter(pk=playlist_id).first()
    return found or Playlist(
        pk=playlist_id,
        owner=user,
        title=WATCH_LATER_TITLE,
        visibility=Visibility.PRIVATE,
        is_watch_later=True,
    )


def items_containing(video_id: str, playlist_ids: Iterable[str]) -> dict[str, str]:
    """Return the (first) item by which each of some playlists contains a video, as item ids by playlist id."""
    rows = PlaylistItem.objects.filter(video_id=video_id, playlist_id__in=list(playlist_ids))
    found: dict[str, str] = {}
    for playlist_id, item_id in rows.values_list("playlist_id", "pk"):
        found.setdefault(playlist_id, item_id)
    return found


def has_saved(viewer: Viewer, playlist: Playlist) -> bool:
    """Return whether ``viewer`` has the playlist in their library."""
    if not viewer.is_authenticated:
        return False
    return SavedPlaylist.objects.filter(user_id=str(viewer.pk), playlist=playlist).exists()


def load_public_totals(viewer: Viewer, playlists: Iterable[Playlist]) -> None:
    """Load public item count and duration of the playlists that ``viewer`` does not contribute to."""
    unknown = [one for one in playlists if not _has_public_totals(one) and not may_contribute(viewer, one)]
    found = store.refresh_public_totals(unknown) if unknown else {}
    for one in unknown:
        one.shown_items, one.shown_duration = found[one.pk]


def _has_public_totals(playlist: Playlist) -> bool:
    return playlist.shown_duration is not None and playlist.shown_items is not None


def visible_item_count(viewer: Viewer, playlist: Playlist) -> int:
    """Return the number of all items for contributors, of publicly visible items for others."""
    if may_contribute(viewer, playlist):
        return playlist.item_count
    load_public_totals(viewer, [playlist])
    return playlist.shown_items or 0


def visible_duration(viewer: Viewer, playlist: Playlist) -> float:
    """Return the playlist's whole duration in seconds for contributors, that of publicly visible items for others."""
    if may_contribute(viewer, playlist):
        return max(0.0, playlist.duration)
    load_public_totals(viewer, [playlist])
    return playlist.shown_duration or 0.0

"""Reads of playlists and their items."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

from django.db.models import QuerySet

from accounts.models import User
from playlists import mongo
from playlists.access import may_contribute, may_show_video
from playlists.models import Playlist, PlaylistItem, SavedPlaylist
from playlists.ordering import order_fields
from streamsite.visibility import Viewer, Visibility
from videos.models import Video

RECENT = ("-updated_at", "-id")
RECENTLY_SAVED = ("-created_at", "-id")
WATCH_LATER_TITLE = "Watch later"


def items_with_videos(playlist: Playlist) -> QuerySet[PlaylistItem]:
    """The items of a playlist with their videos and channels; order by ``order_of``.

    Whether the viewer may watch them is the caller's next step.
    """
    return PlaylistItem.objects.filter(playlist=playlist).select_related("video__channel")


def visible_items(viewer: Viewer, playlist: Playlist, rows: Iterable[PlaylistItem]) -> list[PlaylistItem]:
    """Those of the rows of ``items`` that the playlist shows to ``viewer``."""
    return [row for row in rows if may_show_video(viewer, playlist, row.video)]


def thumbnail_video(playlist: Playlist) -> Video | None:
    """The first video of the playlist, for its picture."""
    if not playlist.item_count:
        return None
    row = items_with_videos(playlist).order_by(*order_fields(playlist)).first()
    return row.video if row is not None else None


def thumbnail_videos(playlists: list[Playlist]) -> dict[str, Video]:
    """The first video of each playlist, by playlist id, in two reads however many they are."""
    first = mongo.first_video_ids({one.pk: order_fields(one)[0] for one in playlists if one.item_count})
    videos = Video.objects.select_related("channel").in_bulk(set(first.values())) if first else {}
    return {playlist_id: videos[video_id] for playlist_id, video_id in first.items() if video_id in videos}


def active_users(ids: Iterable[str | None]) -> dict[str, User]:
    """Active accounts by id, in one read; none when nobody is asked for."""
    wanted = {one for one in ids if one}
    if not wanted:
        return {}
    return {user.pk: user for user in User.objects.filter(pk__in=wanted, is_active=True)}


def watch_later_id(user_id: str) -> str:
    """The id of an account's watch later: it follows from the account's and tells nothing of it."""
    return hashlib.blake2b(user_id.encode(), digest_size=12, person=b"watch-later").hexdigest()


def get_watch_later(user: User) -> Playlist:
    """The account's watch later; one that is not stored (yet) when nothing was ever put there."""
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
    """The item by which each of some playlists holds a video, by playlist id; the first one of several."""
    rows = PlaylistItem.objects.filter(video_id=video_id, playlist_id__in=list(playlist_ids))
    found: dict[str, str] = {}
    for playlist_id, item_id in rows.values_list("playlist_id", "pk"):
        found.setdefault(playlist_id, item_id)
    return found


def has_saved(viewer: Viewer, playlist: Playlist) -> bool:
    """Whether ``viewer`` keeps the playlist in their library."""
    if not viewer.is_authenticated:
        return False
    return SavedPlaylist.objects.filter(user_id=str(viewer.pk), playlist=playlist).exists()


def load_public_totals(viewer: Viewer, playlists: Iterable[Playlist]) -> None:
    """Load how many items everybody sees, and how long they are, for the playlists that ``viewer`` does not fill."""
    unknown = [one for one in playlists if not _has_public_totals(one) and not may_contribute(viewer, one)]
    found = mongo.refresh_public_totals(unknown) if unknown else {}
    for one in unknown:
        one.shown_items, one.shown_duration = found[one.pk]


def _has_public_totals(playlist: Playlist) -> bool:
    return playlist.shown_duration is not None and playlist.shown_items is not None


def visible_item_count(viewer: Viewer, playlist: Playlist) -> int:
    """Return the number of all items for those who fill the playlist; for others of what everybody may see there."""
    if may_contribute(viewer, playlist):
        return playlist.item_count
    load_public_totals(viewer, [playlist])
    return playlist.shown_items or 0


def visible_duration(viewer: Viewer, playlist: Playlist) -> float:
    """Seconds of the whole playlist for those who fill it; for others of what everybody may see there."""
    if may_contribute(viewer, playlist):
        return max(0.0, playlist.duration)
    load_public_totals(viewer, [playlist])
    return playlist.shown_duration or 0.0

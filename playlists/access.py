"""The gates of playlists: who may list, open or change one."""

from __future__ import annotations

import re

from django.db.models import QuerySet

from playlists.models import Playlist, PlaylistItem
from streamsite.errors import Absent, Forbidden
from streamsite.visibility import Viewer, is_linkable, is_owner, listed
from videos.access import NOBODY

OBJECT_ID = re.compile(r"\A[A-Za-z0-9_-]{12,32}\Z")


def listed_playlists(owner_id: str) -> QuerySet[Playlist]:
    """The playlists of a channel that may appear in anybody's lists."""
    return Playlist.objects.filter(listed(), owner_id=owner_id).select_related("owner")


def own_playlists(owner_id: str) -> QuerySet[Playlist]:
    """Every playlist of an owner, for its owner."""
    return Playlist.objects.filter(owner_id=owner_id).select_related("owner")


def playlist_for_viewing(viewer: Viewer, playlist_id: str) -> Playlist:
    """The playlist, when ``viewer`` may open it; ``Absent`` otherwise."""
    if not OBJECT_ID.match(playlist_id):
        raise Absent
    playlist = Playlist.objects.select_related("owner").filter(pk=playlist_id).first()
    if playlist is None:
        raise Absent
    if is_owner(viewer, playlist.owner_id):
        return playlist
    if not playlist.owner.is_active:
        raise Absent
    if not is_linkable(playlist.visibility):
        raise Absent
    return playlist


def playlist_for_sharing(playlist_id: str) -> Playlist:
    """The playlist, when anybody with the link may open it; ``Absent`` otherwise, also for its owner."""
    return playlist_for_viewing(NOBODY, playlist_id)


def is_shared(playlist: Playlist) -> bool:
    """Whether anybody with the link may open the playlist."""
    return playlist.owner.is_active and is_linkable(playlist.visibility)


def playlist_for_editing(viewer: Viewer, playlist_id: str) -> Playlist:
    """The playlist, when ``viewer`` may change it; ``Forbidden`` when they can only see it."""
    playlist = playlist_for_viewing(viewer, playlist_id)
    if not is_owner(viewer, playlist.owner_id):
        raise Forbidden
    return playlist


def item_for_editing(playlist: Playlist, item_id: str) -> PlaylistItem:
    """An item of a playlist that was fetched for editing."""
    if not OBJECT_ID.match(item_id):
        raise Absent
    item = PlaylistItem.objects.filter(pk=item_id, playlist=playlist).first()
    if item is None:
        raise Absent
    return item

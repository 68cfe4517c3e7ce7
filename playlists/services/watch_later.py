"""Watch later: an ordinary playlist that every account has once, created on first use."""

from __future__ import annotations

from django.db import IntegrityError

from accounts.models import User
from playlists.models import Playlist, PlaylistItem
from playlists.queries import get_watch_later
from playlists.services.items import AlreadyInPlaylist, add_watchable, remove_item
from videos.access import video_for_watching


def add_to_watch_later(user: User, video_id: str) -> None:
    """Add a video that ``user`` may watch to the list. Idempotent, also with concurrent calls."""
    video = video_for_watching(user, video_id)  # before anything is created
    try:
        add_watchable(get_or_create_watch_later(user), user, video)
    except AlreadyInPlaylist:
        return


def remove_from_watch_later(user: User, video_id: str) -> None:
    """Remove the video from Watch later. Idempotent."""
    playlist = get_watch_later(user)
    for item in PlaylistItem.objects.filter(playlist_id=playlist.pk, video_id=video_id):
        remove_item(playlist, item)


def get_or_create_watch_later(user: User) -> Playlist:
    """Return the account's Watch later playlist, creating it if necessary. Its derived id makes it unique."""
    playlist = get_watch_later(user)
    if playlist._state.adding:
        try:
            playlist.save(force_insert=True)
        except IntegrityError:
            playlist = get_watch_later(user)
    return playlist

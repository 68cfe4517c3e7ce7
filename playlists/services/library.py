"""Save others' playlists to the library; a unique index keeps each once."""

from __future__ import annotations

from django.conf import settings
from django.db import IntegrityError
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import User
from playlists.models import Playlist, SavedPlaylist
from streamsite.errors import Conflict
from streamsite.row_limits import RowLimit


def save_playlist(user: User, playlist: Playlist) -> None:
    """Save the playlist, which was fetched for viewing, to the library. Idempotent, also with concurrent calls."""
    if playlist.owner_id == user.pk:
        raise Conflict(_("You own this playlist, so it's already in your playlists."))
    limit = settings.MAX_SAVED_PLAYLISTS_PER_USER
    cap = RowLimit(
        SavedPlaylist.objects.filter(user=user).count,
        limit,
        ngettext(
            "You can save up to %(limit)d playlist. Remove one first.",
            "You can save up to %(limit)d playlists. Remove one first.",
            limit,
        )
        % {"limit": limit},
    )
    row = SavedPlaylist(user=user, playlist=playlist)
    try:
        row.save(force_insert=True)
    except IntegrityError:
        return
    cap.confirm(row.delete)


def unsave_playlist(user: User, playlist_id: str) -> None:
    """Remove the playlist from the library, even if it can no longer be opened. Idempotent."""
    SavedPlaylist.objects.filter(user=user, playlist_id=playlist_id).delete()


def delete_saves(user_id: str) -> None:
    """Delete the saves of a deleted account."""
    SavedPlaylist.objects.filter(user_id=user_id).delete()

"""The playlist that a video goes to which the site fetches from an address."""

from __future__ import annotations

import logging

from accounts.models import User
from playlists.access import playlist_for_contributing, playlists_for_contributing
from playlists.services.items import AlreadyInPlaylist, add_video
from streamsite.errors import SiteError
from videos.imports.playlist_hook import PlaylistHook

logger = logging.getLogger("streamsite.imports")
MAX_CHOICES = 100


def _add(actor: User, playlist_id: str, video_id: str) -> None:
    """Add the video. A playlist that is full, sorted by others, or gone meanwhile stays as it is."""
    try:
        add_video(playlist_for_contributing(actor, playlist_id), actor, video_id)
    except AlreadyInPlaylist:
        return
    except SiteError as error:
        logger.info("an imported video was not added to its playlist: %s", error.code)


def _choices(actor: User) -> list[tuple[str, str]]:
    rows = playlists_for_contributing(actor.pk).filter(is_watch_later=False).order_by("-updated_at")
    return [(row.pk, row.title) for row in rows[:MAX_CHOICES]]


HOOK = PlaylistHook(require=playlist_for_contributing, add=_add, choices=_choices)

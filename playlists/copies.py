"""Denormalized copies of playlist titles: see ``streamsite.copied_texts``."""

from __future__ import annotations

from playlists import search
from playlists.models import Playlist
from streamsite.copied_texts import PLAYLIST_TITLE, CopiedText
from subscriptions.models import Notification
from subscriptions.notifications.notification_types import SHARE


def _update_invitations(playlist_id: str) -> None:
    playlist = Playlist.objects.filter(pk=playlist_id).first()
    if playlist is not None and playlist.collaborators:
        key = f"{SHARE}:playlist:{playlist_id}"
        rows = Notification.objects.filter(user_id__in=playlist.collaborators, key=key)
        rows.update(title=playlist.title)


COPIES = (
    CopiedText("subscriptions_notification.title", PLAYLIST_TITLE, _update_invitations),
    CopiedText(search.INDEX.table, PLAYLIST_TITLE, search.INDEX.refresh),
)

"""What happens to playlists when something else goes."""

from __future__ import annotations

from typing import Any

from django.dispatch import receiver

from accounts.erasure import account_erased
from playlists import services
from playlists.access import own_playlists
from videos.services import video_deleted


@receiver(video_deleted)
def leave_playlists(sender: Any, *, video_id: str, **extra: Any) -> None:
    """A deleted video leaves every playlist, counts and durations included."""
    services.forget_video(video_id)


@receiver(account_erased)
def erase_playlists(sender: Any, *, user_id: str, **extra: Any) -> None:
    """An erased account's playlists go with it."""
    for playlist in own_playlists(user_id).iterator():
        services.delete(playlist)

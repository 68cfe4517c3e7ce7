"""What happens to playlists when something else goes."""

from __future__ import annotations

from typing import Any

from django.dispatch import receiver

from playlists import services
from videos.services import video_deleted


@receiver(video_deleted)
def leave_playlists(sender: Any, *, video_id: str, **extra: Any) -> None:
    """A deleted video leaves every playlist, counts and durations included."""
    services.forget_video(video_id)

"""What happens to playlists when something else changes or goes."""

from __future__ import annotations

from typing import Any

from django.dispatch import receiver

from accounts.erasure import account_erased
from accounts.models import User
from playlists import ordering, services
from playlists.access import own_playlists
from playlists.models import Playlist, PlaylistItem
from playlists.services.members import invited
from playlists.services.playlists import erase
from subscriptions.notifications.kinds import SHARE
from subscriptions.notifications.services import notify
from videos.blocks import channel_blocked
from videos.models import Video
from videos.playback.rollup import views_counted
from videos.services import generation_completed, listing_refreshed, video_deleted, video_published


@receiver(video_deleted)
def leave_playlists(sender: Any, *, video_id: str, **extra: Any) -> None:
    """A deleted video leaves every playlist, counts and durations included."""
    services.forget_video(video_id)


@receiver(listing_refreshed)
def leave_playlists_for_good(sender: Any, *, video_id: str, **extra: Any) -> None:
    """Sent once a deleted video's row is gone, too: who added it in that very moment has it no longer."""
    if (
        PlaylistItem.objects.filter(video_id=video_id).exists()
        and not Video.objects.filter(pk=video_id).exists()
    ):
        services.forget_video(video_id)


@receiver(views_counted)
def follow_views(sender: Any, *, video_id: str, views: int, **extra: Any) -> None:
    """Playlists ordered by views keep up."""
    ordering.follow_views(video_id, views)


@receiver([video_published, generation_completed])
def follow_video(sender: Any, *, video_id: str, **extra: Any) -> None:
    """Playlists ordered by age, and the durations of all, keep up."""
    ordering.follow_video(video_id)


@receiver(invited)
def tell_of_invitation(sender: Any, *, playlist: Playlist, user: User, **extra: Any) -> None:
    """Who was invited hears of it."""
    notify(
        user.pk,
        SHARE,
        f"playlist:{playlist.pk}",
        url=playlist.get_absolute_url(),
        title=playlist.title,
        what="invited you to add to the playlist",
        actor=playlist.owner,
    )


@receiver(channel_blocked)
def end_collaboration(sender: Any, *, blocker_id: str, blocked_id: str, **extra: Any) -> None:
    """Two accounts of which one blocks the other share no playlist."""
    services.end_between(blocker_id, blocked_id)


@receiver(account_erased)
def erase_playlists(sender: Any, *, user_id: str, **extra: Any) -> None:
    """An erased account's playlists go with it, and it leaves those of others."""
    services.leave_all(user_id)
    services.forget_saves(user_id)
    for playlist in own_playlists(user_id).iterator():
        erase(playlist)

"""What happens to playlists when something else changes or goes."""

from __future__ import annotations

from typing import Any

from django.db.models import F
from django.dispatch import receiver

from accounts.deletion import account_erased
from accounts.models import User
from playlists import ordering, services
from playlists.access import own_playlists
from playlists.models import Playlist, PlaylistItem
from playlists.services.members import invited, uninvited
from playlists.services.playlists import erase, erased, playlist_described
from streamsite import copies
from subscriptions.notifications.notification_types import SHARE
from subscriptions.notifications.services import notify, take_back, withdraw
from videos.blocks import channel_blocked
from videos.models import Video
from videos.playback.aggregation import views_counted
from videos.services import generation_completed, listing_refreshed, video_deleted, video_published


@receiver(playlist_described)
def follow_in_search(sender: Any, *, playlist_id: str, **extra: Any) -> None:
    """Search finds it as it is now, or no longer, and invitations name it so."""
    copies.refresh(copies.PLAYLIST_TITLE, playlist_id)


@receiver(video_deleted)
def leave_playlists(sender: Any, *, video_id: str, **extra: Any) -> None:
    """A deleted video leaves every playlist, counts and durations included."""
    services.forget_video(video_id)


@receiver(listing_refreshed)
def follow_listing(sender: Any, *, video_id: str, **extra: Any) -> None:
    """Sent once a deleted video's row is gone, too: who added it in that very moment has it no longer.

    Also when others may see a video, or no longer.
    """
    holding = list(
        PlaylistItem.objects.filter(video_id=video_id).values_list("playlist_id", flat=True).order_by()
    )
    if not holding:
        return
    if not Video.objects.filter(pk=video_id).exists():
        services.forget_video(video_id)
        return
    # What everybody sees of these playlists may be more or less now.
    Playlist.objects.filter(pk__in=holding).update(shown_duration=None, shown_turn=F("shown_turn") + 1)


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


@receiver(uninvited)
def take_invitation_back(sender: Any, *, playlist_id: str, user_id: str, **extra: Any) -> None:
    """Who is no collaborator any more is not told that they are one."""
    take_back(user_id, SHARE, f"playlist:{playlist_id}")


@receiver(erased)
def forget_invitations(sender: Any, *, playlist_id: str, **extra: Any) -> None:
    """Nobody is told of an invitation to a playlist that is gone."""
    withdraw(playlist_id)


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

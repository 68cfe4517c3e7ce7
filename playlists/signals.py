"""What happens to playlists when something else changes or goes."""

from __future__ import annotations

from typing import Any

from django.db.models import F
from django.dispatch import receiver

from accounts.deletion import account_deleted
from accounts.models import User
from playlists import ordering, services
from playlists.access import own_playlists
from playlists.models import Playlist, PlaylistItem
from playlists.services.collaborators import collaborator_added, collaborator_removed
from playlists.services.playlists import delete_any_playlist, playlist_changed, playlist_deleted
from streamsite import copied_texts
from subscriptions.notifications.notification_types import SHARE
from subscriptions.notifications.services import notify, withdraw_about, withdraw_notification
from videos.models import Video
from videos.signals import (
    channel_blocked,
    generation_completed,
    listing_refreshed,
    video_deleted,
    video_published,
    views_counted,
)


@receiver(playlist_changed)
def refresh_title_copies(sender: Any, *, playlist_id: str, **extra: Any) -> None:
    """Search finds it as it is now, or no longer, and invitations name it so."""
    copied_texts.refresh_copies(copied_texts.PLAYLIST_TITLE, playlist_id)


@receiver(video_deleted)
def remove_deleted_video(sender: Any, *, video_id: str, **extra: Any) -> None:
    """A deleted video leaves every playlist, counts and durations included."""
    services.remove_deleted_video(video_id)


@receiver(listing_refreshed)
def update_after_listing_change(sender: Any, *, video_id: str, **extra: Any) -> None:
    """Sent once a deleted video's row is gone, too: who added it in that very moment has it no longer.

    Also when others may see a video, or no longer.
    """
    holding = list(
        PlaylistItem.objects.filter(video_id=video_id).values_list("playlist_id", flat=True).order_by()
    )
    if not holding:
        return
    if not Video.objects.filter(pk=video_id).exists():
        services.remove_deleted_video(video_id)
        return
    # What everybody sees of these playlists may be more or less now.
    Playlist.objects.filter(pk__in=holding).update(shown_duration=None, shown_turn=F("shown_turn") + 1)


@receiver(views_counted)
def update_view_order(sender: Any, *, video_id: str, views: int, **extra: Any) -> None:
    """Playlists ordered by views keep up."""
    ordering.update_view_keys(video_id, views)


@receiver([video_published, generation_completed])
def sync_published_video(sender: Any, *, video_id: str, **extra: Any) -> None:
    """Playlists ordered by age, and the durations of all, keep up."""
    ordering.sync_video(video_id)


@receiver(collaborator_added)
def notify_invitation(sender: Any, *, playlist: Playlist, user: User, **extra: Any) -> None:
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


@receiver(collaborator_removed)
def withdraw_invitation(sender: Any, *, playlist_id: str, user_id: str, **extra: Any) -> None:
    """Who is no collaborator any more is not told that they are one."""
    withdraw_notification(user_id, SHARE, f"playlist:{playlist_id}")


@receiver(playlist_deleted)
def withdraw_invitations(sender: Any, *, playlist_id: str, **extra: Any) -> None:
    """Nobody is told of an invitation to a playlist that is gone."""
    withdraw_about(playlist_id)


@receiver(channel_blocked)
def end_collaborations_on_block(sender: Any, *, blocker_id: str, blocked_id: str, **extra: Any) -> None:
    """Two accounts of which one blocks the other share no playlist."""
    services.end_collaborations_between(blocker_id, blocked_id)


@receiver(account_deleted)
def delete_playlists_of_account(sender: Any, *, user_id: str, **extra: Any) -> None:
    """An erased account's playlists go with it, and it leaves those of others."""
    services.leave_all_playlists(user_id)
    services.delete_saves(user_id)
    for playlist in own_playlists(user_id).iterator():
        delete_any_playlist(playlist)

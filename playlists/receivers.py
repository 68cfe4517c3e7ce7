"""Receivers: keep playlists in line with videos, accounts, and blocks; notify collaborators."""

from __future__ import annotations

from django.db.models import F
from django.dispatch import receiver

from accounts.models import User
from accounts.signals import account_deleted
from playlists import ordering, services
from playlists.access import own_playlists
from playlists.models import Playlist, PlaylistItem
from playlists.services.playlists import delete_any_playlist
from playlists.signals import collaborator_added, collaborator_removed, playlist_changed, playlist_deleted
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
def refresh_title_copies(sender: type, *, playlist_id: str, **extra: object) -> None:
    """Update search and the titles in invitations."""
    copied_texts.refresh_copies(copied_texts.PLAYLIST_TITLE, playlist_id)


@receiver(video_deleted)
def remove_deleted_video(sender: type, *, video_id: str, **extra: object) -> None:
    """Remove a deleted video from every playlist, counts and durations included."""
    services.remove_deleted_video(video_id)


@receiver(listing_refreshed)
def update_after_listing_change(sender: type, *, video_id: str, **extra: object) -> None:
    """Reset public totals of playlists with a video whose visibility changed; remove the video if it is gone.

    Sent again once a deleted video's row is gone, which covers items added during the deletion.
    """
    holding = list(
        PlaylistItem.objects.filter(video_id=video_id).values_list("playlist_id", flat=True).order_by()
    )
    if not holding:
        return
    if not Video.objects.filter(pk=video_id).exists():
        services.remove_deleted_video(video_id)
        return
    # The public totals of these playlists may have changed.
    Playlist.objects.filter(pk__in=holding).update(shown_duration=None, shown_turn=F("shown_turn") + 1)


@receiver(views_counted)
def update_view_order(sender: type, *, video_id: str, views: int, **extra: object) -> None:
    """Update the video's place in playlists ordered by views."""
    ordering.update_view_keys(video_id, views)


@receiver([video_published, generation_completed])
def sync_published_video(sender: type, *, video_id: str, **extra: object) -> None:
    """Update playlists ordered by age, and the durations of all."""
    ordering.sync_video(video_id)


@receiver(collaborator_added)
def notify_invitation(sender: type, *, playlist: Playlist, user: User, **extra: object) -> None:
    """Notify the new collaborator."""
    notify(
        user.pk,
        SHARE,
        f"playlist:{playlist.pk}",
        url=playlist.get_absolute_url(),
        title=playlist.title,
        actor=playlist.owner,
    )


@receiver(collaborator_removed)
def withdraw_invitation(sender: type, *, playlist_id: str, user_id: str, **extra: object) -> None:
    """Delete the invitation of a removed collaborator."""
    withdraw_notification(user_id, SHARE, f"playlist:{playlist_id}")


@receiver(playlist_deleted)
def withdraw_invitations(sender: type, *, playlist_id: str, **extra: object) -> None:
    """Delete invitations to a deleted playlist."""
    withdraw_about(playlist_id)


@receiver(channel_blocked)
def end_collaborations_on_block(sender: type, *, blocker_id: str, blocked_id: str, **extra: object) -> None:
    """End collaborations between two accounts of which one blocks the other."""
    services.end_collaborations_between(blocker_id, blocked_id)


@receiver(account_deleted)
def delete_playlists_of_account(sender: type, *, user_id: str, **extra: object) -> None:
    """Delete a deleted account's playlists, collaborations, and saves."""
    services.leave_all_playlists(user_id)
    services.delete_saves(user_id)
    for playlist in own_playlists(user_id).iterator():
        delete_any_playlist(playlist)

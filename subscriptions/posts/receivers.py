"""Receivers: keep posts in line with accounts and videos."""

from __future__ import annotations

from django.dispatch import receiver

from accounts.signals import account_deleted
from subscriptions.posts import services
from videos.signals import video_deleted


@receiver(account_deleted)
def delete_posts_of_account(sender: type, user_id: str, **extra: object) -> None:
    """Delete a deleted account's posts and their images."""
    services.delete_for_channel(user_id)


@receiver(video_deleted)
def detach_deleted_video(sender: type, *, video_id: str, **extra: object) -> None:
    """Detach a deleted video from posts."""
    services.detach_video(video_id)

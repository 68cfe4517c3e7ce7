"""What becomes of videos when their channel's account is closed, restored or erased."""

from __future__ import annotations

from typing import Any

from django.dispatch import receiver

from accounts.erasure import account_closed, account_erased, account_restored
from videos import reactions, services, tasks
from videos.access import own_videos
from videos.models import Upload
from videos.playback import figures, history
from videos.uploads import parts


@receiver([account_closed, account_restored])
def follow_the_account(sender: type, user_id: str, **extra: Any) -> None:
    """Its videos leave the lists, or come back; a channel may have many, so a worker does it."""
    tasks.enqueue_relisting(user_id)


@receiver(account_erased)
def erase_videos(sender: type, user_id: str, **extra: Any) -> None:
    """Remove the account's videos, files and all, and what it left as a viewer. Runs in a worker."""
    for video in own_videos(user_id).iterator():
        services.delete(video)
    reactions.forget_user(user_id)
    history.clear(user_id)
    figures.forget_channel(user_id)


@receiver(services.video_deleted)
def stop_its_upload(sender: type, video_id: str, **extra: Any) -> None:
    """The bytes of an unfinished upload go with its draft; whoever still sends finds it absent."""
    for upload_id in Upload.objects.filter(video_id=video_id).values_list("pk", flat=True):
        parts.remove(upload_id)

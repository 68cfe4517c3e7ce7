"""What becomes of videos when their channel's account is closed, restored or erased."""

from __future__ import annotations

from typing import Any

from django.db.models.signals import post_save
from django.dispatch import receiver

from accounts.models import User
from accounts.signals import account_deactivated, account_deleted, account_reactivated, user_renamed
from videos import blocks, facets, services, tasks
from videos.access import own_videos
from videos.captions import services as caption_services
from videos.comments import following
from videos.comments import services as comments
from videos.models import Caption, Upload, Video
from videos.moderation import cases
from videos.playback import history, statistics
from videos.reactions import services as reaction_services
from videos.search import channels, index
from videos.uploads import partial_file


@receiver([account_deactivated, account_reactivated])
def relist_on_account_change(sender: type, user_id: str, **extra: Any) -> None:
    """Its videos and comments leave the lists, or come back; there may be many, so a worker does it."""
    tasks.enqueue_relisting(user_id)


@receiver(account_deleted)
def delete_account_data(sender: type, user_id: str, **extra: Any) -> None:
    """Remove the account's videos, files and all, and what it left as a viewer. Runs in a worker."""
    for video in own_videos(user_id).iterator():
        services.delete(video)
    reaction_services.delete_for_user(user_id)
    history.clear_history(user_id)
    comments.delete_for_author(user_id)
    blocks.delete_for_user(user_id)
    cases.delete_for_user(user_id)
    statistics.delete_for_channel(user_id)
    channels.INDEX.remove(user_id)


@receiver(post_save, sender=User)
def index_new_channel(sender: type, instance: User, created: bool, **extra: Any) -> None:
    """A new account can be found by its name at once, however it was made."""
    if created and instance.is_active:
        channels.index_channel(instance)


@receiver(blocks.channel_blocked)
def end_follows_on_block(sender: type, blocker_id: str, blocked_id: str, **extra: Any) -> None:
    """Neither of two accounts of which one blocks the other follows a thread of the other's."""
    following.delete_between(blocker_id, blocked_id)


@receiver(user_renamed)
def refresh_channel_name(sender: type, user_id: str, **extra: Any) -> None:
    """Search finds a channel by its name, and its videos; these may be many, so a worker does it."""
    channels.INDEX.refresh(user_id)
    tasks.enqueue_name_refresh(user_id)


@receiver(caption_services.tracks_changed)
def refresh_captions(sender: type, video_id: str, **extra: Any) -> None:
    """Lists can be asked for videos with captions, and what is said is searched."""
    has_any = Caption.objects.filter(video_id=video_id).exists()
    Video.objects.filter(pk=video_id).exclude(has_captions=has_any).update(has_captions=has_any)
    facets.refresh_facets(Video._meta.db_table, {"_id": video_id})
    index.refresh_document(video_id)


@receiver(services.listing_refreshed)
def refresh_search_document(sender: type, video_id: str, **extra: Any) -> None:
    """Search finds it as it is now, or no longer."""
    index.refresh_document(video_id)


@receiver(services.video_deleted)
def cancel_upload(sender: type, video_id: str, **extra: Any) -> None:
    """The bytes of an unfinished upload go with its draft; whoever still sends finds it absent."""
    ids = list(Upload.objects.filter(video_id=video_id).values_list("pk", flat=True))
    joined = list(Upload.objects.filter(joined_into__in=ids).values_list("pk", flat=True)) if ids else []
    for upload_id in ids + joined:
        partial_file.delete_file(upload_id)

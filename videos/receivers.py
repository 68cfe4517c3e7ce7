"""Handlers of the signals of accounts, videos and the task queue."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db.models.signals import post_save
from django.dispatch import receiver
from django.utils import timezone

from accounts.models import User
from accounts.signals import (
    account_deactivated,
    account_deleted,
    account_reactivated,
    channel_mark_changed,
    user_renamed,
)
from streamsite.tasks.backend import enqueue_once
from streamsite.tasks.signals import CANCELLED, FAILED, task_dead, task_revived
from videos import (
    blocks,
    facet_store,
    hidden_store,
    quota_store,
    schedules,
    sensitive_marks,
    services,
    tasks,
)
from videos.access import own_videos
from videos.comments import following
from videos.comments import services as comments
from videos.files import bucket
from videos.models import Caption, Case, Upload, Video
from videos.moderation import cases, emails
from videos.playback import history_store, statistics_store
from videos.processing import pipeline
from videos.reactions import services as reaction_services
from videos.search import channels, index
from videos.signals import (
    case_decided,
    channel_blocked,
    download_offered,
    files_abandoned,
    generation_completed,
    listing_refreshed,
    tracks_changed,
    video_deleted,
    video_retitled,
    video_row_deleted,
    visibility_scheduled,
)
from videos.uploads import partial_file


@receiver([account_deactivated, account_reactivated])
def relist_on_account_change(sender: type, user_id: str, **extra: object) -> None:
    """Queue the update of lists with the account's videos and comments, of which there may be many."""
    tasks.enqueue_relisting(user_id)


@receiver(account_deleted)
def delete_account_data(sender: type, user_id: str, **extra: object) -> None:
    """Delete the account's videos with their files, and the rows that it made as a viewer. Runs in a worker."""
    for video in own_videos(user_id).iterator():
        services.delete(video)
    reaction_services.delete_for_user(user_id)
    history_store.clear_history(user_id)
    hidden_store.delete_for_user(user_id)
    quota_store.delete_for_account(user_id)
    comments.delete_for_author(user_id)
    blocks.delete_for_user(user_id)
    cases.delete_for_user(user_id)
    statistics_store.delete_for_channel(user_id)
    channels.INDEX.remove(user_id)


@receiver(post_save, sender=User)
def index_new_channel(sender: type, instance: User, created: bool, **extra: object) -> None:
    """Add a new account to the search for channels."""
    if created and instance.is_active:
        channels.index_channel(instance)


@receiver(channel_blocked)
def end_follows_on_block(sender: type, blocker_id: str, blocked_id: str, **extra: object) -> None:
    """Stop both accounts from following threads of the other."""
    following.delete_between(blocker_id, blocked_id)


@receiver(user_renamed)
def refresh_channel_name(sender: type, user_id: str, **extra: object) -> None:
    """Update the name in the search for channels, and queue the update of its copies, which may be many."""
    channels.INDEX.refresh(user_id)
    tasks.enqueue_name_refresh(user_id)


@receiver(channel_mark_changed)
def refresh_sensitive_videos(sender: type, user_id: str, **extra: object) -> None:
    """Mark the channel's videos as sensitive, or no longer; two commands however many they are."""
    sensitive_marks.refresh_channel(user_id)


@receiver(tracks_changed)
def refresh_captions(sender: type, video_id: str, **extra: object) -> None:
    """Update the filter by captions, and the captions that search knows."""
    has_any = Caption.objects.filter(video_id=video_id).exists()
    Video.objects.filter(pk=video_id).exclude(has_captions=has_any).update(has_captions=has_any)
    facet_store.refresh_facets(Video._meta.db_table, {"_id": video_id})
    index.refresh_document(video_id)


@receiver(listing_refreshed)
def refresh_search_document(sender: type, video_id: str, **extra: object) -> None:
    """Update the video in the search index, or remove it."""
    index.refresh_document(video_id)


@receiver(video_deleted)
def cancel_upload(sender: type, video_id: str, **extra: object) -> None:
    """Delete the bytes of the video's unfinished upload; requests that still add to it get a 404."""
    ids = list(Upload.objects.filter(video_id=video_id).values_list("pk", flat=True))
    joined = list(Upload.objects.filter(joined_into__in=ids).values_list("pk", flat=True)) if ids else []
    for upload_id in ids + joined:
        partial_file.delete_file(upload_id)


@receiver(case_decided)
def email_case_decision(sender: type, case: Case, **extra: object) -> None:
    """Queue the email to the owner, with the link to appeal."""
    if emails.concerns_owner(case):
        tasks.mail_decision.enqueue(case.pk)


@receiver(visibility_scheduled)
def wake_for_schedule(sender: type, at: datetime, **extra: object) -> None:
    """Queue the task that applies schedules for that time."""
    tasks.change_visibility.using(run_after=at).enqueue()


@receiver(video_retitled)
def enqueue_title_refresh(sender: type, video_id: str, **extra: object) -> None:
    """Queue the update of copies of the title, of which there may be a million."""
    tasks.follow_title.enqueue(video_id)


@receiver(generation_completed)
def apply_waiting_schedule(sender: type, video_id: str, **extra: object) -> None:
    """Queue a change of visibility whose time came while the video was processed."""
    if schedules.is_due(video_id):
        tasks.change_visibility.enqueue()


@receiver(download_offered)
def enqueue_download(sender: type, video_id: str, **extra: object) -> None:
    """Queue the making of the file for download, unless it is queued already."""
    enqueue_once(tasks.make_download, f"download:{video_id}", video_id)


@receiver(generation_completed)
def enqueue_placing_completed(sender: type, video_id: str, **extra: object) -> None:
    """Queue the move of a complete video to where ``MEDIA_STORAGE`` says."""
    tasks.enqueue_placing(video_id)


@receiver(video_row_deleted)
def enqueue_deleting_viewer_rows(sender: type, video_id: str, **extra: object) -> None:
    """Queue the deletion of a deleted video's rows, which may be a million, if the transaction commits."""
    moment = timezone.now() + timedelta(seconds=tasks.DELETE_DELAY_SECONDS)
    tasks.forget_video.using(run_after=moment).enqueue(video_id)


@receiver(files_abandoned)
def enqueue_removing_files(sender: type, video_id: str, **extra: object) -> None:
    """Queue the removal of the video's old files from the bucket; the task is repeated until the bucket answers."""
    if bucket.is_configured():
        tasks.tidy_media.enqueue(video_id)


@receiver(task_dead)
def mark_failed(
    sender: object, task_path: str, args: Sequence[object], error: str, code: str = FAILED, **extra: object
) -> None:
    """Mark the video of a processing job that was set aside as failed, so that its owner knows."""
    if task_path == tasks.process_video.module_path and args:
        pipeline.fail_video(str(args[0]), (code, error) if code == CANCELLED else pipeline.OUT_OF_ATTEMPTS)


@receiver(task_revived)
def mark_queued(sender: object, task_path: str, args: Sequence[object], **extra: object) -> None:
    """Mark the video of a processing job that runs again as queued. Raises ``Conflict`` when it cannot."""
    if task_path == tasks.process_video.module_path and args:
        services.requeue(str(args[0]))

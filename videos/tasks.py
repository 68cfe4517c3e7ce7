"""Thin tasks: they take ids, tolerate missing rows and may run again.

Their names stay as they are, because queued jobs store them.
"""

from __future__ import annotations

import logging
import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.contrib.admin.utils import quote
from django.urls import reverse
from django.utils import timezone
from django_tasks import task

from accounts.models import User
from streamsite import copied_texts, sweep_count
from streamsite.tasks import admin_links, queue
from streamsite.tasks.backend import MAIL, enqueue_once
from videos import hidden_store, schedules, services
from videos.access import own_videos
from videos.comments import services as comments
from videos.files import bucket, bucket_site, relocation
from videos.imports import fetching
from videos.models import Status, Video
from videos.moderation import emails
from videos.playback import aggregation, history_store, session_store, statistics_store
from videos.processing import bucket_cleanup, cleanup, downloads, pipeline, priority, sources
from videos.reactions import services as reaction_services
from videos.search import channels, finders, rebuild

logger = logging.getLogger("streamsite.schedules")

COUNT_DELAY_SECONDS = 3
DELETE_DELAY_SECONDS = 5

DEMO_PRIORITY = -50
REBUILD_SHARE = 50  # percent of the time


@task(queue_name="transcode")
def process_video(video_id: str, few_rungs: bool = False) -> None:
    """Transcode an uploaded video, with only the largest and a small rendition if ``few_rungs``."""
    pipeline.process(video_id, few_rungs=few_rungs)


@task(queue_name="transcode")
def make_download(video_id: str) -> None:
    """Create the file for download of a video that was processed before its owner offered one."""
    downloads.make_missing_download(video_id)


@task(queue_name="storage")
def place_media(video_id: str) -> None:
    """Copy a complete video into the bucket, and let the copy on the disk go once nothing refers to it."""
    if not bucket.is_default_storage():
        return
    bucket_site.require_own_prefix()
    if relocation.move_to_bucket(video_id) is not None:
        later = timezone.now() + timedelta(seconds=relocation.settle_seconds())
        tidy_media.using(run_after=later).enqueue(video_id)


@task(queue_name="storage")
def tidy_media(video_id: str) -> None:
    """Remove the generations that a video does not name, or no longer, from the disk and the bucket."""
    bucket_site.require_own_prefix()
    relocation.remove_old_copies(video_id)


@task(queue_name="imports")
def fetch_import(import_id: str) -> None:
    """Download the file that an import names, and queue its video for processing."""
    fetching.run(import_id, enqueue=enqueue_processing)


@admin_links.register_admin_link(process_video)
@admin_links.register_admin_link(make_download)
@admin_links.register_admin_link(place_media)
def _admin_page(video_id: str) -> str:
    return reverse("admin:videos_video_change", args=[quote(video_id)])


@task()
def relist_channel(channel_id: str) -> None:
    """Update lists after a change of a channel's account: its videos and its comments.

    The state may change meanwhile, and the job of that change end first: whoever ends last has to see the last state.
    """
    state, followed = _is_active(channel_id), None
    if state is None:
        channels.INDEX.refresh(channel_id)
    while state is not followed:
        if state is not None:
            (comments.restore_for_author if state else comments.hide_for_author)(channel_id)
        for video_id in own_videos(channel_id).values_list("pk", flat=True).iterator():
            services.refresh_listing(video_id)
        channels.INDEX.refresh(channel_id)
        state, followed = _is_active(channel_id), state


def _is_active(channel_id: str) -> bool | None:
    return User.objects.filter(pk=channel_id).values_list("is_active", flat=True).first()


@task()
def follow_name(channel_id: str) -> None:
    """Update all copies of a channel's name."""
    copied_texts.refresh_copies(copied_texts.CHANNEL_NAME, channel_id)


@task()
def follow_title(video_id: str) -> None:
    """Update all copies of a video's title."""
    copied_texts.refresh_copies(copied_texts.VIDEO_TITLE, video_id)


@task()
def change_visibility() -> None:
    """Apply scheduled visibility changes that are due.

    In a database that is older than the files they may have been canceled since: then they wait for the operator.
    """
    if schedules.is_any_due() and (older := sweep_count.stale_database_message()):
        logger.warning("scheduled changes of visibility wait: %s", older)
        return
    services.apply_schedule()


@task(queue_name="storage")
def sweep_bucket() -> dict[str, int]:
    """Remove folders of the bucket that no video is served from; return their counts."""
    return bucket_cleanup.sweep_bucket().as_dict()


@task()
def sweep() -> dict[str, int]:
    """Remove what killed processes left behind, and queue work that they forgot."""
    if bucket.is_configured():
        enqueue_once(sweep_bucket, "sweep bucket")
    return run_sweep().as_dict()


@task()
def remove_sources() -> dict[str, int]:
    """Remove original files that the site keeps no longer; return the counts."""
    return sources.remove_due_sources()


def run_sweep(*, force: bool = False) -> cleanup.CleanupReport:
    """Sweep as the periodic task does, or with ``force``."""
    return cleanup.sweep(
        task_path=process_video.module_path, enqueue=enqueue_processing, place=enqueue_placing, force=force
    )


@task()
def rebuild_search() -> int:
    """Rebuild the search index and all indexes of names, half of the time at rest; return the number of videos."""
    finders.rebuild_name_indexes()
    return rebuild.rebuild_index(pace=rebuild.Pace(REBUILD_SHARE))


@task(priority=10)
def count_views() -> int:
    """Fold recorded heartbeats into the statistics."""
    return aggregation.aggregate_pending()


@task()
def forget_video(video_id: str) -> None:
    """Delete rows that viewers left with a deleted video. Rows of an existing one, as after a restore, stay."""
    if Video.objects.filter(pk=video_id).exists():
        return
    for forget in (
        reaction_services.delete_for_video,
        history_store.delete_for_video,
        hidden_store.delete_for_video,
        session_store.delete_for_video,
        statistics_store.delete_for_video,
        comments.delete_for_target,
    ):
        forget(video_id)


@task(queue_name=MAIL)
def mail_decision(case_id: str) -> None:
    """Email a decision to the owner of what was reported."""
    emails.email_owner(case_id)


def enqueue_view_counting() -> None:
    """Queue the counting of views, at most once per ``COUNT_DELAY_SECONDS``."""
    window = int(time.time() / COUNT_DELAY_SECONDS) + 1
    due = datetime.fromtimestamp(window * COUNT_DELAY_SECONDS, UTC)
    enqueue_once(count_views.using(run_after=due), f"count views {window}")


def enqueue_relisting(channel_id: str) -> None:
    """Queue the relisting of a channel's videos."""
    relist_channel.enqueue(channel_id)


def enqueue_name_refresh(channel_id: str) -> None:
    """Queue the update of copies of a channel's name."""
    follow_name.enqueue(channel_id)


def enqueue_processing(video: Video) -> None:
    """Queue the processing of a video; within ``atomic()`` the job exists only if the transaction commits."""
    process_video.using(priority=priority.job_priority(video)).enqueue(video.pk)


def enqueue_import(import_id: str) -> None:
    """Queue the download of an import; within ``atomic()`` the job exists only if the transaction commits."""
    fetch_import.enqueue(import_id)


def enqueue_placing(video_id: str) -> None:
    """Queue the copying of a complete video into the bucket, if that is where it belongs."""
    if bucket.is_default_storage():
        enqueue_once(place_media, f"place:{video_id}", video_id)


@dataclass(frozen=True)
class QueuePlace:
    """Where a video's job stands while it waits: the number of jobs ``ahead``, and what else it ``waits_for``."""

    ahead: int | None = None
    waits_for: str | None = None


def queue_place(video: Video) -> QueuePlace:
    """Return where the job of a video stands."""
    job = queue.find_waiting(process_video.module_path, video.pk) if video.status == Status.QUEUED else None
    if job is None:
        return QueuePlace()
    return QueuePlace(
        ahead=queue.count_ahead(job), waits_for=job["waiting"]["for"] if "waiting" in job else None
    )


def enqueue_demo_processing(video: Video) -> None:
    """Queue a demo clip behind everything that people have uploaded."""
    process_video.using(priority=DEMO_PRIORITY).enqueue(video.pk, few_rungs=True)

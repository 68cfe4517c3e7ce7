"""Thin tasks: they take ids, tolerate missing rows and may run again."""

from __future__ import annotations

from typing import Any

from django.dispatch import receiver
from django_tasks import task

from streamsite.tasks.signals import task_dead
from videos import pipeline, services
from videos.access import own_videos

DEMO_PRIORITY = -50


@task(queue_name="transcode")
def process_video(video_id: str) -> None:
    """Make an uploaded video playable."""
    pipeline.process(video_id)


@task()
def relist_channel(channel_id: str) -> None:
    """Bring the lists in line with the state of a channel's account."""
    for video_id in own_videos(channel_id).values_list("pk", flat=True).iterator():
        services.refresh_listing(video_id)


def enqueue_relisting(channel_id: str) -> None:
    """Queue the relisting of a channel's videos."""
    relist_channel.enqueue(channel_id)


def enqueue_processing(video_id: str) -> None:
    """Queue the processing of a video; within ``atomic()`` the job exists only if the transaction commits."""
    process_video.enqueue(video_id)


def enqueue_demo_processing(video_id: str) -> None:
    """Queue a demo clip behind everything that people have uploaded."""
    process_video.using(priority=DEMO_PRIORITY).enqueue(video_id)


@receiver(task_dead)
def mark_failed(sender: Any, *, task_path: str, args: list[Any], **extra: Any) -> None:
    """A processing job was set aside: the owner has to know."""
    if task_path == process_video.module_path and args:
        pipeline.give_up(str(args[0]))

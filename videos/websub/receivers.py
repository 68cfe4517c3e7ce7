"""Receivers: what may change a feed lets its subscribers get it anew."""

from __future__ import annotations

from django.dispatch import receiver
from django.utils import timezone

from videos.models import Video
from videos.signals import listing_refreshed, video_retitled, video_row_deleted
from videos.websub import store, tasks, topics


@receiver([listing_refreshed, video_retitled])
def queue_channel_feed(sender: type, video_id: str, **extra: object) -> None:
    """Queue the feed of the video's channel."""
    video = Video.objects.select_related("channel").filter(pk=video_id).first()
    if video is not None:
        _queue(video)


@receiver(video_row_deleted)
def queue_feed_without_video(sender: type, video: Video, **extra: object) -> None:
    """Queue the feed of a deleted video's channel."""
    if video.listed:
        _queue(video)


def _queue(video: Video) -> None:
    if store.mark_due([topics.channel_topic(video.channel)], timezone.now()):
        tasks.enqueue_feed_updates()

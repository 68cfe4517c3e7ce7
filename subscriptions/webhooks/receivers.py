"""Receivers: turn events elsewhere into events of webhooks, so that no other app depends on them."""

from __future__ import annotations

from collections.abc import Mapping

from django.dispatch import receiver

from accounts.models import User
from accounts.signals import account_deleted
from streamsite.ids import object_id
from subscriptions.notifications.comment_receivers import ChangedComment
from subscriptions.signals import subscription_changed
from subscriptions.webhooks import delivery_store, listeners, payloads, services
from subscriptions.webhooks.events import (
    COMMENT_CREATED,
    SUBSCRIPTION_CREATED,
    SUBSCRIPTION_DELETED,
    VIDEO_DELETED,
    VIDEO_FAILED,
    VIDEO_PUBLISHED,
    VIDEO_READY,
)
from subscriptions.webhooks.queueing import queue_event
from videos.comments.targets import VIDEO
from videos.models import Comment, Video
from videos.models.comment import CommentState
from videos.signals import (
    comment_posted,
    comment_state_changed,
    video_completed,
    video_failed,
    video_first_listed,
    video_row_deleted,
)

Data = Mapping[str, object] | None


@receiver(video_completed)
def queue_ready(sender: type, video_id: str, **extra: object) -> None:
    """Queue the event of a processed video."""
    _queue_processing(VIDEO_READY, video_id)


@receiver(video_failed)
def queue_failed(sender: type, video_id: str, **extra: object) -> None:
    """Queue the event of a video that cannot be processed."""
    _queue_processing(VIDEO_FAILED, video_id)


def _queue_processing(event: str, video_id: str) -> None:
    video = Video.objects.select_related("channel").filter(pk=video_id).first()
    if video is not None:
        queue_event(
            event,
            video.channel_id,
            f"{video_id}:{video.attempt}",
            lambda is_site: payloads.video_data(video, is_open=not is_site),
            about=[video_id],
        )


@receiver(video_first_listed)
def queue_published(sender: type, video: Video, **extra: object) -> None:
    """Queue the event of a video that appears in lists."""
    queue_event(
        VIDEO_PUBLISHED,
        video.channel_id,
        video.pk,
        lambda is_site: payloads.video_data(video, is_open=True),
        about=[video.pk],
    )


@receiver(video_row_deleted)
def queue_deleted(sender: type, video_id: str, video: Video, **extra: object) -> None:
    """Queue the event of a deleted video, of which a site's webhook is told if it was listed."""

    def build(is_site: bool) -> Data:
        return None if is_site and not video.listed else payloads.video_data(video, is_open=True)

    delivery_store.delete_about([video_id], types=[COMMENT_CREATED])
    queue_event(VIDEO_DELETED, video.channel_id, video_id, build)


@receiver(comment_posted)
def queue_comment(sender: type, comment: Comment, is_new: bool, **extra: object) -> None:
    """Queue the event of a comment that became visible."""
    if not is_new or comment.state != CommentState.SHOWN:
        return

    def build(is_site: bool) -> Data:
        is_listed = comment.about == VIDEO and Video.objects.filter(pk=comment.subject, listed=True).exists()
        return None if is_site and not is_listed else payloads.comment_data(comment)

    about = [comment.pk, comment.author_id, comment.subject]
    queue_event(COMMENT_CREATED, comment.owner_id, comment.pk, build, about=about)


@receiver(comment_state_changed)
def forget_comments(
    sender: type, rows: list[ChangedComment], now: CommentState | None, **extra: object
) -> None:
    """Delete what was sent about deleted comments."""
    if now is None:
        delivery_store.delete_about(row["_id"] for row in rows)


@receiver(subscription_changed)
def queue_subscription(
    sender: type, channel_id: str, subscriber_id: str, is_new: bool, **extra: object
) -> None:
    """Queue the event of a subscription that began or ended."""
    if not listeners.anyone_wants_subscriptions():
        return

    def build(is_site: bool) -> Data:
        users = User.objects.in_bulk([channel_id, subscriber_id])
        channel = users.get(channel_id)
        if channel is None or not channel.is_active:
            return None
        return payloads.subscription_data(channel, users.get(subscriber_id))

    event = SUBSCRIPTION_CREATED if is_new else SUBSCRIPTION_DELETED
    queue_event(event, channel_id, object_id(), build, about=[subscriber_id])


@receiver(account_deleted)
def forget_account(sender: type, user_id: str, **extra: object) -> None:
    """Delete a deleted account's webhooks, and what was sent about it."""
    services.delete_for_user(user_id)

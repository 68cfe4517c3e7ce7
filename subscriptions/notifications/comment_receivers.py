"""Receivers: send and withdraw notifications when comments change."""

from __future__ import annotations

from typing import TypedDict

from django.dispatch import receiver

from subscriptions import tasks
from subscriptions.notifications import comment_notifications, services
from subscriptions.notifications.notification_types import APPROVED, HEART
from videos.comments import following
from videos.models import Comment
from videos.models.comment import CommentState
from videos.signals import (
    channel_blocked,
    comment_hearted,
    comment_posted,
    comment_state_changed,
    comment_unhearted,
)


class ChangedComment(TypedDict):
    """A comment whose state changed; ``state`` is the former one."""

    _id: str
    about: str
    subject: str
    owner_id: str
    state: CommentState


@receiver(comment_posted)
def send_comment_notifications(
    sender: type,
    comment: Comment,
    is_new: bool,
    mentioned: list[str],
    unmentioned: list[str],
    approved: bool,
    **extra: object,
) -> None:
    """Notify those a comment concerns, queue notifying the thread's followers, and tell its author of an approval."""
    if unmentioned:
        comment_notifications.withdraw_mentions(comment, unmentioned)
    if is_new or mentioned:
        comment_notifications.notify_comment_posted(
            comment, is_new=is_new, mentioned=mentioned, approved=approved
        )
    if is_new and comment.parent and following.has_explicit_followers(comment.parent):
        tasks.enqueue_follower_notifications(comment.pk)
    if approved:
        comment_notifications.notify_author(comment, APPROVED)


@receiver(comment_hearted)
def send_heart_notification(sender: type, comment: Comment, **extra: object) -> None:
    """Notify the comment's author of the owner's heart."""
    comment_notifications.notify_author(comment, HEART)


@receiver(comment_unhearted)
def withdraw_heart_notification(sender: type, comment: Comment, **extra: object) -> None:
    """Delete the notification of a removed heart."""
    services.withdraw_notification(comment.author_id, HEART, comment.pk)


@receiver(comment_state_changed)
def track_comment_states(
    sender: type, rows: list[ChangedComment], now: CommentState | None, **extra: object
) -> None:
    """Withdraw notifications of removed comments, and update the count of comments held for review."""
    if now is None:
        services.withdraw_about(*(row["_id"] for row in rows))
    if now == CommentState.HELD or any(row["state"] == CommentState.HELD for row in rows):
        for about, subject, owner_id in {(row["about"], row["subject"], row["owner_id"]) for row in rows}:
            comment_notifications.update_held_notification(
                about, subject, owner_id, is_news=now == CommentState.HELD
            )


@receiver(channel_blocked)
def withdraw_from_blocked(sender: type, blocker_id: str, blocked_id: str, **extra: object) -> None:
    """Withdraw the blocker's notifications about the blocked account."""
    services.withdraw_from_actor(blocker_id, blocked_id)

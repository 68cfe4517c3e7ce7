"""Send and withdraw notifications when comments change."""

from __future__ import annotations

from typing import Any

from django.dispatch import receiver

from subscriptions import tasks
from subscriptions.notifications import comments as telling
from subscriptions.notifications import services
from subscriptions.notifications.notification_types import APPROVED, HEART
from videos.blocks import channel_blocked
from videos.comments import following, states
from videos.comments import services as comments
from videos.models import Comment
from videos.models.comment import State


@receiver(comments.said)
def tell_of_comment(
    sender: type,
    comment: Comment,
    is_new: bool,
    called: list[str],
    uncalled: list[str],
    approved: bool,
    **extra: Any,
) -> None:
    """Tell those whom it concerns now, the followers of its thread by a worker, and its author of an approval."""
    if uncalled:
        telling.call_no_more(comment, uncalled)
    if is_new or called:
        telling.tell(comment, is_new=is_new, called=called, approved=approved)
    if is_new and comment.parent and following.has_followers(comment.parent):
        tasks.enqueue_telling(comment.pk)
    if approved:
        telling.tell_author(comment, APPROVED, "Your comment was approved")


@receiver(comments.hearted)
def tell_of_heart(sender: type, comment: Comment, **extra: Any) -> None:
    """Tell the author that the owner loved it."""
    telling.tell_author(comment, HEART)


@receiver(comments.unhearted)
def take_heart_back(sender: type, comment: Comment, **extra: Any) -> None:
    """The author is no longer told of a heart that is gone."""
    services.take_back(comment.author_id, HEART, comment.pk)


@receiver(states.changed)
def follow_states(sender: type, rows: list[dict[str, Any]], now: State | None, **extra: Any) -> None:
    """Withdraw what was told of removed comments, and keep count of those that wait for their owner's review."""
    if now is None:
        services.withdraw(*(row["_id"] for row in rows))
    if now == State.HELD or any(row["state"] == State.HELD for row in rows):
        for about, subject, owner_id in {(row["about"], row["subject"], row["owner_id"]) for row in rows}:
            telling.count_held(about, subject, owner_id, is_news=now == State.HELD)


@receiver(channel_blocked)
def hear_no_more(sender: type, blocker_id: str, blocked_id: str, **extra: Any) -> None:
    """Withdraw what the blocker was told about the blocked account."""
    services.take_back_between(blocker_id, blocked_id)

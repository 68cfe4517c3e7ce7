"""Receivers: queue what is to reach browsers, and forget the browsers of sessions and accounts that end."""

from __future__ import annotations

from django.dispatch import receiver

from accounts.signals import account_deleted, sessions_ended
from subscriptions import tasks
from subscriptions.notifications.push import store
from subscriptions.signals import channel_announced, notification_created


@receiver(notification_created)
def push_notification(sender: type, notification_id: str, push_ids: list[str], **extra: object) -> None:
    """Queue sending a notification to the account's browsers."""
    tasks.enqueue_push(notification_id, push_ids)


@receiver(channel_announced)
def push_announcement(sender: type, broadcast_id: str, **extra: object) -> None:
    """Queue sending an announcement to the browsers of the channel's followers."""
    tasks.enqueue_announcement(broadcast_id)


@receiver(sessions_ended)
def delete_subscriptions_of_sessions(
    sender: type, user_id: str, session_id: str | None, keep: str | None, **extra: object
) -> None:
    """Delete the subscriptions of browsers that were signed out."""
    if session_id is not None:
        store.delete_for_session(session_id)
    else:
        store.delete_for_user(user_id, keep_session=keep)


@receiver(account_deleted)
def delete_subscriptions_of_account(sender: type, user_id: str, **extra: object) -> None:
    """Delete a deleted account's subscriptions."""
    store.delete_for_user(user_id)

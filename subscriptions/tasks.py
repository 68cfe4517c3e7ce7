"""Tasks: notification emails, notifications of thread followers, subscriptions of inactive accounts.

Their names stay as they are, because queued jobs store them.
"""

from __future__ import annotations

from django_tasks import task

from streamsite.tasks.backend import MAIL, enqueue_once
from subscriptions import inactive
from subscriptions.notifications import comment_notifications, digest


@task(queue_name=MAIL)
def send_mails() -> int:
    """Queue an email for every account with something due. Return how many."""
    users = digest.user_ids_due()
    for user_id in users:
        enqueue_once(send_mail, f"digest:{user_id}", user_id)
    return len(users)


@task(queue_name=MAIL)
def send_mail(user_id: str) -> bool:
    """Send one account's email. Return whether anything was due."""
    return digest.send_digest(user_id)


@task()
def tell_followers(comment_id: str) -> int:
    """Notify the followers of a thread of one reply. Return how many were notified."""
    return comment_notifications.notify_followers(comment_id)


@task()
def follow_account(user_id: str) -> None:
    """Update an account's subscriptions to whether it is active."""
    inactive.sync_account(user_id)


def enqueue_follower_notifications(comment_id: str) -> None:
    """Queue notifying the followers of a thread of a reply."""
    tell_followers.enqueue(comment_id)


def enqueue_account_sync(user_id: str) -> None:
    """Queue updating an account's subscriptions to whether it is active."""
    follow_account.enqueue(user_id)

"""Thin tasks: what people are told, by email and of threads; subscriptions of accounts that are closed or restored."""

from __future__ import annotations

from django_tasks import task

from streamsite.tasks.backend import MAIL, enqueue_once
from subscriptions import inactive
from subscriptions.notifications import comment_notifications, digest


@task(queue_name=MAIL)
def send_mails() -> int:
    """Queue a mail for everybody to whom something is due; how many."""
    users = digest.user_ids_due()
    for user_id in users:
        enqueue_once(send_mail, f"digest:{user_id}", user_id)
    return len(users)


@task(queue_name=MAIL)
def send_mail(user_id: str) -> bool:
    """One account's mail."""
    return digest.send_digest(user_id)


@task()
def tell_followers(comment_id: str) -> int:
    """Tell those who follow a thread of one reply; return how many are."""
    return comment_notifications.notify_followers(comment_id)


@task()
def follow_account(user_id: str) -> None:
    """Let subscriptions wait while an account is closed."""
    inactive.sync_account(user_id)


def enqueue_follower_notifications(comment_id: str) -> None:
    """Queue telling the followers of a thread of a reply."""
    tell_followers.enqueue(comment_id)


def enqueue_account_sync(user_id: str) -> None:
    """Queue bringing an account's subscriptions in line with its state."""
    follow_account.enqueue(user_id)

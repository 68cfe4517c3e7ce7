"""Tasks: notifications by email and in browsers, of thread followers, subscriptions of inactive accounts, webhooks.

Their names stay as they are, because queued jobs store them.
"""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone
from django_tasks import task

from streamsite.tasks.backend import MAIL, PUSH, WEBHOOKS, enqueue_once
from streamsite.tasks.errors import PermanentFailure, RetryLater
from subscriptions import inactive
from subscriptions.notifications import comment_notifications, digest
from subscriptions.notifications.push import delivery
from subscriptions.notifications.push.sending import Outcome
from subscriptions.webhooks import delivering

# Before the second try of what a push service did not take.
PUSH_PAUSE_SECONDS = 60


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


@task(queue_name=PUSH)
def push_announcement(broadcast_id: str, after: str = "") -> int:
    """Queue sending an announcement to browsers of some followers, and the same for the next ones. Return how many."""
    found = delivery.next_receivers(broadcast_id, after)
    for push_ids in found.parts:
        push.enqueue(broadcast_id, push_ids)
    if found.after:
        push_announcement.enqueue(broadcast_id, found.after)
    return sum(map(len, found.parts))


@task(queue_name=PUSH)
def push(entry_id: str, push_ids: list[str]) -> None:
    """Send a notification or announcement to browsers, and queue it for those whose service cannot take it now."""
    for result in delivery.deliver(entry_id, push_ids):
        if result.outcome == Outcome.LATER:
            pause = timedelta(seconds=max(PUSH_PAUSE_SECONDS, result.retry_after))
            push_again.using(run_after=timezone.now() + pause).enqueue(entry_id, result.push_id)


@task(queue_name=PUSH)
def push_again(entry_id: str, push_id: str) -> None:
    """Send a notification or announcement to one browser."""
    for result in delivery.deliver(entry_id, [push_id]):
        if result.outcome == Outcome.REFUSED:
            raise PermanentFailure(result.why)
        later = RetryLater(result.why)
        later.at_least = timedelta(seconds=result.retry_after)
        raise later


@task()
def follow_account(user_id: str) -> None:
    """Update an account's subscriptions to whether it is active."""
    inactive.sync_account(user_id)


@task(queue_name=WEBHOOKS)
def send_webhooks() -> int:
    """Send the events that are due to webhooks. Return how many were sent."""
    return delivering.send_due()


def enqueue_webhooks() -> None:
    """Queue sending events to webhooks; within ``atomic()`` only if that commits."""
    send_webhooks.enqueue()


def enqueue_follower_notifications(comment_id: str) -> None:
    """Queue notifying the followers of a thread of a reply."""
    tell_followers.enqueue(comment_id)


def enqueue_push(entry_id: str, push_ids: list[str]) -> None:
    """Queue sending a notification to browsers."""
    push.enqueue(entry_id, push_ids)


def enqueue_announcement(broadcast_id: str) -> None:
    """Queue sending an announcement to the browsers of a channel's followers."""
    push_announcement.enqueue(broadcast_id)


def enqueue_account_sync(user_id: str) -> None:
    """Queue updating an account's subscriptions to whether it is active."""
    follow_account.enqueue(user_id)

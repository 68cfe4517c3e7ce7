"""Jobs of the hub. They take ids, tolerate missing rows, and may run again."""

from __future__ import annotations

from django_tasks import task

from streamsite.tasks.backend import WEBHOOKS
from videos.websub import delivering, verification


@task(queue_name=WEBHOOKS)
def verify_feed_subscription(subscription_id: str) -> bool:
    """Ask a callback whether it wants a feed. Return whether it does."""
    return verification.verify(subscription_id)


@task(queue_name=WEBHOOKS)
def send_feed_updates() -> int:
    """Send changed feeds to their subscribers. Return how many were sent one."""
    return delivering.send_due()


def enqueue_websub_verification(subscription_id: str) -> None:
    """Queue asking a callback whether it wants a feed."""
    verify_feed_subscription.enqueue(subscription_id)


def enqueue_feed_updates() -> None:
    """Queue sending changed feeds."""
    send_feed_updates.enqueue()

"""Thin tasks: emails of what people are told."""

from __future__ import annotations

from django_tasks import task

from streamsite.tasks.backend import MAIL, enqueue_once
from subscriptions.notifications import digest


@task(queue_name=MAIL)
def send_mails() -> int:
    """Queue a mail for everybody to whom something is due; how many."""
    users = digest.due_users()
    for user_id in users:
        enqueue_once(send_mail, f"digest:{user_id}", user_id)
    return len(users)


@task(queue_name=MAIL)
def send_mail(user_id: str) -> bool:
    """One account's mail."""
    return digest.send(user_id)

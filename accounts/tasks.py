"""Thin tasks: mail, and the end of an account's waiting time. They take ids and may run again."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django_tasks import task

from accounts import erasure, mail
from accounts.backends import reset_candidates
from accounts.models import User
from streamsite.tasks.backend import MAIL


@task(queue_name=MAIL)
def mail_user(kind: str, user_id: str, to: str = "", details: dict[str, Any] | None = None) -> None:
    """Send the mail ``kind`` to the account's address, or to ``to``."""
    user = User.objects.filter(pk=user_id).first()
    if user is not None:
        mail.send(kind, user, to or user.email, **(details or {}))


@task(queue_name=MAIL)
def mail_reset(address: str) -> None:
    """Send a reset link to whoever has this address; nothing happens when nobody does."""
    for user in reset_candidates(address):
        mail.send("reset", user, user.email)


@task()
def erase_account(user_id: str) -> None:
    """Erase the account when its waiting time is over and was not ended by its owner."""
    erasure.erase_when_due(user_id)


def enqueue_mail(kind: str, user: User, *, to: str = "", **details: Any) -> None:
    """Queue a mail; within ``atomic()`` it exists only if the transaction commits."""
    mail_user.enqueue(kind, user.pk, to, details)


def enqueue_reset(address: str) -> None:
    """Queue a reset mail. The same work is done here whether or not anybody has the address."""
    mail_reset.enqueue(address)


def enqueue_erasure(user_id: str, due: datetime) -> None:
    """Queue the end of the waiting time."""
    erase_account.using(run_after=due).enqueue(user_id)

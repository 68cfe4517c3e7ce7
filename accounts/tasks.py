"""Tasks: account email and the deletion of closed accounts."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta

from django.utils import timezone
from django_tasks import task

from accounts import deletion, email_tokens, mail
from accounts.backends import accounts_for_reset
from accounts.models import User
from accounts.registration import queue
from streamsite import sweep_count
from streamsite.mail.retry_schedule import max_pause
from streamsite.mongo.retry import run_in_transaction
from streamsite.tasks.backend import MAIL, enqueue_once
from streamsite.tasks.errors import PermanentFailure, RetryLater
from streamsite.tasks.lease import current_lease

logger = logging.getLogger("streamsite.accounts")

# How often a held-up deletion checks again.
RETRY_INTERVAL = timedelta(hours=1)
# Sign-ups of so long a time share one email to the reviewers.
REMINDER_DELAY = timedelta(minutes=5)
# Someone is waiting for an email with a link, so it goes before notifications.
LINK_PRIORITY = 10
LINK_EXPIRED = "Not sent because its link has expired. A new one can be requested."


@task(queue_name=MAIL)
def mail_user(kind: str, user_id: str, to: str = "", details: dict[str, object] | None = None) -> bool:
    """Send the email ``kind`` to ``to`` unless its link or content is outdated. Return whether it was sent.

    Jobs of earlier versions may lack ``to``: their mail goes to the account's address at sending time.
    ``details["asked_at"]`` is when it was requested, if not when the job was queued.
    """
    user = User.objects.filter(pk=user_id).first()
    if user is None or not mail.still_applies(kind, user, details or {}):
        return False
    context, to = dict(details or {}), to or user.email
    lifetime = _link_lifetime(kind, user, to, str(context.pop("asked_at", "")))
    try:
        mail.send(kind, user, to, **context)
    except RetryLater as error:
        error.at_most = max_pause(lifetime) if lifetime is not None else None
        raise
    return True


@task(queue_name=MAIL)
def mail_reset(address: str) -> None:
    """Queue an email with a reset link for every account with this address: one job each, so none is sent twice."""
    asked_at = current_lease().enqueued_at or timezone.now()

    def queue_all() -> None:
        for user in accounts_for_reset(address):
            enqueue_mail("reset", user, asked_at=asked_at.isoformat())

    run_in_transaction(queue_all)


@task()
def erase_account(user_id: str) -> None:
    """Delete the account if its waiting period is over and its owner has not restored it.

    If the database is older than the files (a restored backup), the owner may have restored the account since: it then
    waits for the operator.
    """
    if deletion.is_due(user_id) and (older := sweep_count.stale_database_message()):
        logger.warning("account %s is not erased yet: %s", user_id, older)
        enqueue_erasure(user_id, timezone.now() + RETRY_INTERVAL)
        return
    deletion.delete_if_due(user_id)


def _link_lifetime(kind: str, user: User, to: str, asked_at: str) -> timedelta | None:
    """Return the lifetime of the email's link, or ``None``. Raises ``PermanentFailure`` if it has expired."""
    lifetime = email_tokens.link_lifetime(kind)
    if lifetime is None:
        return None
    asked = datetime.fromisoformat(asked_at) if asked_at else current_lease().enqueued_at
    is_late = asked is not None and timezone.now() >= asked + lifetime
    if is_late or not email_tokens.is_link_valid(kind, user, to):
        raise PermanentFailure(LINK_EXPIRED)
    return lifetime


@task(queue_name=MAIL)
def remind_reviewers() -> None:
    """Queue an email to the staff who may approve accounts, one job each, while accounts wait for that."""
    waiting = queue.waiting_accounts().count()

    def queue_all() -> None:
        for user in queue.reviewers():
            enqueue_mail("registration_queue", user, waiting=waiting)

    if waiting:
        run_in_transaction(queue_all)


def enqueue_review_reminder() -> None:
    """Queue the reviewers' email; accounts that come before it is sent share it."""
    later = timezone.now() + REMINDER_DELAY
    enqueue_once(remind_reviewers.using(run_after=later), "registrations:reminder")


def enqueue_mail(kind: str, user: User, *, to: str = "", **details: object) -> None:
    """Queue an email to ``to``, or to the account's current address; within ``atomic()`` only if that commits.

    The address is fixed now, so that whoever changes it during a mail outage does not receive the warnings about it.
    """
    to = to or user.email
    if not to:
        return
    priority = LINK_PRIORITY if email_tokens.link_lifetime(kind) is not None else 0
    mail_user.using(priority=priority).enqueue(kind, user.pk, to, details)


def enqueue_reset(address: str) -> None:
    """Queue a reset email. Does the same work whether or not the address is known."""
    mail_reset.using(priority=LINK_PRIORITY).enqueue(address)


def enqueue_erasure(user_id: str, due: datetime) -> None:
    """Queue the deletion of a closed account at the end of its waiting period."""
    erase_account.using(run_after=due).enqueue(user_id)

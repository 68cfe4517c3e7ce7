"""The staff's decisions about accounts that wait for approval."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from django.contrib.auth.hashers import make_password
from django.http import HttpRequest
from django.utils import timezone

from accounts import access, audit, tasks
from accounts.models import RegistrationState, User
from accounts.registration.queue import waiting_accounts
from accounts.security_epoch import raise_epoch
from accounts.signals import account_reactivated
from streamsite.mongo.retry import run_in_transaction
from streamsite.sanitize import clean_text

MAX_NOTE = 1_000
# Between a refusal and the deletion of the account, so that its owner is told first.
DELETION_DELAY = timedelta(minutes=10)


def approve(user: User, *, actor: User | None, note: str = "", request: HttpRequest | None = None) -> bool:
    """Let the account sign in and tell its owner by email. Return whether it was waiting."""
    changes: dict[str, object] = {"is_active": True, "registration_state": RegistrationState.NONE}
    if not _decide(user, actor, "approved", changes):
        return False
    account_reactivated.send(sender=User, user_id=user.pk)
    audit.record("registration_approved", user.pk, request=request, actor=actor)
    tasks.enqueue_mail("registration_approved", user, note=_clean(note))
    return True


def decline(user: User, *, actor: User | None, note: str = "", request: HttpRequest | None = None) -> bool:
    """Tell the owner by email and delete the account, which frees its username. Return whether it was waiting."""
    due = timezone.now() + DELETION_DELAY
    changes: dict[str, object] = {
        "registration_state": RegistrationState.DECLINED,
        "erase_at": due,
        "password": make_password(None),
    }
    if not _decide(user, actor, "declined", changes):
        return False
    tasks.enqueue_erasure(user.pk, due)
    audit.record("registration_declined", user.pk, request=request, actor=actor)
    tasks.enqueue_mail("registration_declined", user, note=_clean(note))
    return True


def _decide(user: User, actor: User | None, reason: str, changes: Mapping[str, object]) -> bool:
    """Apply ``changes`` if the account still waits. Raises ``Forbidden`` for an actor who may not act on it."""

    def change() -> bool:
        now = waiting_accounts().filter(pk=user.pk).first()
        if now is None:
            return False
        access.require_manageable(actor, now)
        raise_epoch(now, keep=None, reason=reason, **changes)
        return True

    return run_in_transaction(change)


def _clean(note: str) -> str:
    return clean_text(note)[:MAX_NOTE]

"""Deactivation of accounts.

A deactivated account is hidden and signed out at once. After a waiting period, in which its owner can undo it, it is
deleted.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings
from django.http import HttpRequest
from django.utils import timezone

from accounts import audit, sign_in, tasks
from accounts.models import User
from accounts.security_epoch import raise_epoch
from accounts.signals import account_deactivated, account_reactivated
from streamsite.mongo.retry import run_in_transaction


def deactivate(request: HttpRequest, user: User) -> datetime:
    """Deactivate the account, queue its deletion, and return the date. Idempotent.

    Raises ``Conflict`` if the credentials were changed since ``user`` was checked.
    """
    due = timezone.now() + timedelta(days=settings.ERASE_AFTER_DAYS)

    def close() -> bool:
        if not User.objects.filter(pk=user.pk, is_active=True).exists():
            return False
        raise_epoch(user, reason="account_closed", is_active=False, erase_at=due)
        tasks.enqueue_erasure(user.pk, due)
        tasks.enqueue_mail("erase_asked", user, due=due.date().isoformat())
        return True

    closed = run_in_transaction(close)
    account_deactivated.send(sender=User, user_id=user.pk)
    if closed:
        audit.record("erase_asked", user.pk, request=request)
    return due


def reactivate_by_credentials(request: HttpRequest, *, login: str, password: str, otp: str = "") -> User:
    """Reactivate the closed account with this name and password: see ``reactivate``.

    Raises what signing in raises; an active account counts as invalid credentials here.
    """
    user = sign_in.verify_password(request, login, password)
    if user.is_active:
        raise sign_in.InvalidCredentials
    return reactivate(request, user, otp)


def reactivate(request: HttpRequest, user: User, otp: str = "") -> User:
    """End the waiting period of an account whose password was just checked. Does not sign anyone in.

    Raises ``AccountSuspended``, ``OtpRequired``, ``OtpInvalid``, or ``Throttled``.
    """
    if not user.is_active and not isinstance(why := sign_in.inactive_error(user), sign_in.AccountClosed):
        raise why
    sign_in.verify_second_factor(request, user, otp)

    def end_waiting() -> bool:
        waiting = User.objects.filter(pk=user.pk, is_active=False, erase_at__gt=timezone.now())
        if not waiting.exists():
            return False
        raise_epoch(user, reason="restored", is_active=True, erase_at=None)
        return True

    if run_in_transaction(end_waiting):
        account_reactivated.send(sender=User, user_id=user.pk)
        audit.record("restored", user.pk, request=request)
        tasks.enqueue_mail("restored", user)
    current = User.objects.get(pk=user.pk)
    if not current.is_active:  # erased, suspended or changed since the password was checked
        raise sign_in.InvalidCredentials
    return current

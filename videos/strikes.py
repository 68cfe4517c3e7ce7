"""Strikes: violations that staff found, which count for 90 days. Three at once pause an account's publishing."""

from __future__ import annotations

from datetime import timedelta

from django.db import IntegrityError
from django.utils import timezone

from accounts.models import User
from streamsite.errors import Forbidden
from videos.models import Case, Strike

COUNTS_FOR = timedelta(days=90)
MOST = 3


class Paused(Forbidden):
    """Too many strikes: the account may watch, and appeal, but not publish."""

    detail = "This account cannot publish for the time being, because of repeated violations."


def add(user_id: str, case: Case) -> None:
    """Count the case against the account. Safe to repeat."""
    try:
        Strike(user_id=user_id, case=case, expires_at=timezone.now() + COUNTS_FOR).save(force_insert=True)
    except IntegrityError:
        return


def withdraw(case: Case) -> None:
    """Count the case no longer. Safe to repeat."""
    Strike.objects.filter(case=case).delete()


def strikes(user_id: str) -> list[Strike]:
    """Those that count now, at most as many as matter."""
    rows = Strike.objects.filter(user_id=user_id, expires_at__gt=timezone.now())
    return list(rows.order_by("-expires_at")[:MOST])


def is_paused(user_id: str) -> bool:
    """Whether the account has too many strikes to publish anything."""
    return len(strikes(user_id)) >= MOST


def require_good(user: User) -> None:
    """Raise ``Paused`` when the account has too many strikes to publish anything, or to change what it published."""
    if is_paused(user.pk):
        raise Paused

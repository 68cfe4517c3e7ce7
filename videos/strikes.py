"""Strikes: violations found by staff that count for 90 days. Three at once pause an account's publishing."""

from __future__ import annotations

from datetime import timedelta

from django.db import IntegrityError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from streamsite.errors import Forbidden
from videos.models import Case, Strike

STRIKE_DURATION = timedelta(days=90)
MAX_STRIKES = 3


class PublishingPaused(Forbidden):
    """Too many strikes: the account may watch, and appeal, but not publish."""

    detail = _("You can't publish right now because of repeated violations.")


def add_strike(user_id: str, case: Case) -> None:
    """Count the case against the account. Idempotent."""
    try:
        Strike(user_id=user_id, case=case, expires_at=timezone.now() + STRIKE_DURATION).save(
            force_insert=True
        )
    except IntegrityError:
        return


def withdraw_strike(case: Case) -> None:
    """Stop counting the case. Idempotent."""
    Strike.objects.filter(case=case).delete()


def active_strikes(user_id: str) -> list[Strike]:
    """Return the account's strikes that count now, up to ``MAX_STRIKES``."""
    rows = Strike.objects.filter(user_id=user_id, expires_at__gt=timezone.now())
    return list(rows.order_by("-expires_at")[:MAX_STRIKES])


def is_publishing_paused(user_id: str) -> bool:
    """Return whether the account has too many strikes to publish."""
    return len(active_strikes(user_id)) >= MAX_STRIKES


def require_may_publish(user: User) -> None:
    """Raise ``PublishingPaused`` when the account has too many strikes to publish or to change what it published."""
    if is_publishing_paused(user.pk):
        raise PublishingPaused

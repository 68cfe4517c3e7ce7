"""The queue of accounts that wait for approval, and the staff who may decide."""

from __future__ import annotations

from django.db.models import QuerySet

from accounts.models import RegistrationState, User

OLDEST = ("created_at", "id")
PERMISSION = "accounts.change_user"
MAX_REVIEWERS = 50


def waiting_accounts() -> QuerySet[User]:
    """Return the accounts that wait for approval; order by ``OLDEST``."""
    return User.objects.filter(registration_state=RegistrationState.WAITING, is_active=False, erase_at=None)


def reviewers() -> list[User]:
    """Return the active staff who may decide."""
    staff = (
        User.objects.filter(is_staff=True, is_active=True)
        .exclude(email="")
        .order_by("created_at")[:MAX_REVIEWERS]
    )
    return [user for user in staff if user.has_perm(PERMISSION)]

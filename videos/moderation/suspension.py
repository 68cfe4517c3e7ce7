"""Suspending a channel: nobody sees it or what it published, and its owner cannot sign in, until that is undone."""

from __future__ import annotations

from django.db.models import Q

from accounts import audit
from accounts.epoch import raise_epoch
from accounts.erasure import account_closed, account_restored
from accounts.models import User
from streamsite.mongo.retry import in_transaction


def suspend(user_id: str) -> None:
    """Safe to repeat. Staff are not suspended by this: whoever may do that does it in admin, on purpose."""
    if not _set_active(user_id, Q(is_active=True, is_staff=False), is_active=False, reason="suspended"):
        return
    account_closed.send(sender=User, user_id=user_id)
    audit.record("suspended", user_id)


def lift(user_id: str) -> None:
    """Undo it, unless the owner closed the account themselves meanwhile. Safe to repeat."""
    if _set_active(user_id, Q(is_active=False, erase_at=None), is_active=True, reason="suspension_lifted"):
        account_restored.send(sender=User, user_id=user_id)
        audit.record("suspension_lifted", user_id)


def _set_active(user_id: str, condition: Q, *, is_active: bool, reason: str) -> bool:
    """Change the account when ``condition`` holds, whatever its owner changes at the same time. Whether it held."""

    def change() -> bool:
        user = User.objects.filter(condition, pk=user_id).first()
        if user is not None:
            raise_epoch(user, reason=reason, is_active=is_active)
        return user is not None

    return in_transaction(change)

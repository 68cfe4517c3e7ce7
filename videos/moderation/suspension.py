"""Suspending a channel: nobody sees it or what it published, and its owner cannot sign in, until that is undone."""

from __future__ import annotations

from django.db.models import F

from accounts import api_tokens, audit, sessions
from accounts.erasure import account_closed, account_restored
from accounts.models import User


def suspend(user_id: str) -> None:
    """Safe to repeat. Staff are not suspended by this: whoever may do that does it in admin, on purpose."""
    rows = User.objects.filter(pk=user_id, is_active=True, is_staff=False)
    if not rows.update(is_active=False, security_epoch=F("security_epoch") + 1):
        return
    sessions.revoke_all(user_id, "suspended")
    api_tokens.revoke_all(user_id)
    account_closed.send(sender=User, user_id=user_id)
    audit.record("suspended", user_id)


def lift(user_id: str) -> None:
    """Undo it, unless the owner closed the account themselves meanwhile. Safe to repeat."""
    rows = User.objects.filter(pk=user_id, is_active=False, erase_at=None)
    if rows.update(is_active=True, security_epoch=F("security_epoch") + 1):
        account_restored.send(sender=User, user_id=user_id)
        audit.record("suspension_lifted", user_id)

"""Suspension of the account behind a reported channel, by the service that staff use in the admin."""

from __future__ import annotations

from django.utils.translation import gettext as _

from accounts import staff_actions
from accounts.models import User
from streamsite.errors import Conflict, Forbidden


def suspend(user_id: str, /, *, actor: User | None = None) -> None:
    """Suspend an account; its owner is mailed the decision instead. Idempotent.

    Accounts of staff are left alone: a superuser suspends them on the account's own page.
    """
    user = _person(user_id)
    if user is not None:
        staff_actions.suspend(user, actor=actor, notify_owner=False)


def reinstate(user_id: str, /, *, actor: User | None = None) -> None:
    """Reinstate a suspended account; one that its owner closed stays closed. Idempotent."""
    user = _person(user_id)
    if user is not None:
        staff_actions.reinstate(user, actor=actor, notify_owner=False)


def require_suspendable(user_id: str) -> None:
    """Raise ``Conflict`` for an account that its owner closed, and ``Forbidden`` for one of staff.

    A closed account can be restored, and a case that was decided without effect would be used up by then.
    """
    user = User.objects.filter(pk=user_id).first()
    if user is None:
        return
    if user.erase_at is not None:
        raise Conflict(_("The owner closed this account. Decide once it is restored or deleted."))
    if user.is_staff or user.is_superuser:
        raise Forbidden(_("Only a superuser can suspend staff accounts, on the account's page."))


def _person(user_id: str) -> User | None:
    """Return the account, ``None`` if it was deleted, closed by its owner, or has rights in the admin."""
    return User.objects.filter(pk=user_id, erase_at=None, is_staff=False, is_superuser=False).first()

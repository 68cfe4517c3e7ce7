"""Email addresses that a mail server refused for good: marked, shown to their owner and staff, given another chance.

The mark names the address that was refused, which may be one that waits for its confirmation. So it says nothing about
any other address of the account, and a change of address leaves it behind.
"""

from __future__ import annotations

from typing import Any

from django.utils import timezone

from accounts import audit
from accounts.models import User, email_key

MAX_REASON_LENGTH = 200
CLEARED: dict[str, Any] = {"undeliverable_key": "", "undeliverable_at": None, "undeliverable_reason": ""}


def mark_undeliverable(user: User, address: str, reason: str) -> None:
    """Note that a mail server refused ``address`` for good. ``reason`` is a sentence for its owner."""
    key = email_key(address)
    if key not in {user.email_key, email_key(user.pending_email)}:
        return
    User.objects.filter(pk=user.pk).update(
        undeliverable_key=key,
        undeliverable_at=timezone.now(),
        undeliverable_reason=reason[:MAX_REASON_LENGTH],
    )
    audit.record("email_refused", user.pk)


def clear_undeliverable(user: User, address: str) -> None:
    """Give ``address`` another chance: it was accepted, confirmed, or asked for again. Safe to repeat."""
    if user.undeliverable_key and user.undeliverable_key == email_key(address):
        User.objects.filter(pk=user.pk, undeliverable_key=user.undeliverable_key).update(**CLEARED)


def refused_address(user: User) -> str:
    """Return the account's address, or the one that waits for its confirmation, if it is marked; else ``""``."""
    if not user.undeliverable_key:
        return ""
    for address in (user.email, user.pending_email):
        if address and email_key(address) == user.undeliverable_key:
            return address
    return ""


def accepts_mail(user: User) -> bool:
    """Return whether mail that is not about the account itself may go to its address."""
    return bool(user.email) and refused_address(user) != user.email

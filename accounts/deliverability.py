"""Email addresses that a mail server rejected permanently.

A rejected address is marked, shown to its owner and to staff, and can be retried. The mark stores the rejected address
itself, which may be one that is still unconfirmed, so it does not affect any other address of the account and a change
of address drops it.
"""

from __future__ import annotations

from django.utils import timezone

from accounts import audit
from accounts.models import User, email_key

MAX_REASON_LENGTH = 200
CLEARED: dict[str, str | None] = {
    "undeliverable_key": "",
    "undeliverable_at": None,
    "undeliverable_reason": "",
}


def mark_undeliverable(user: User, address: str, reason: str) -> None:
    """Record that a mail server permanently rejected ``address``. ``reason`` is a sentence shown to the owner."""
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
    """Allow mail to ``address`` again after it was accepted, confirmed, or requested again. Idempotent."""
    if user.undeliverable_key and user.undeliverable_key == email_key(address):
        User.objects.filter(pk=user.pk, undeliverable_key=user.undeliverable_key).update(**CLEARED)


def refused_address(user: User) -> str:
    """Return the account's rejected address, confirmed or pending, or ``""``."""
    if not user.undeliverable_key:
        return ""
    for address in (user.email, user.pending_email):
        if address and email_key(address) == user.undeliverable_key:
            return address
    return ""


def accepts_mail(user: User) -> bool:
    """Return whether notification mail may be sent to the account's address."""
    return bool(user.email) and refused_address(user) != user.email

"""What becomes of subscriptions when an account is erased."""

from __future__ import annotations

from typing import Any

from django.dispatch import receiver

from accounts.erasure import account_erased
from subscriptions import services


@receiver(account_erased)
def erase_subscriptions(sender: type, user_id: str, **extra: Any) -> None:
    """Remove the account's subscriptions and those to it; the others' counters follow."""
    services.remove_all(user_id)

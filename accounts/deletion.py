"""The end of an account. ``closing`` begins the waiting time and undoes it; here is what happens when it is over.

Other apps listen to three signals, each sent with ``user_id`` and safe to repeat: ``account_closed`` (hide what is
the account's), ``account_restored`` (show it again) and ``account_erased`` (remove it, files included; the row goes
afterwards).
"""

from __future__ import annotations

import logging
from datetime import UTC, datetime

from django.db.models import F, QuerySet
from django.dispatch import Signal
from django.utils import timezone

from accounts import image_storage, mongo, totp
from accounts.models import User

logger = logging.getLogger("streamsite.accounts")

account_closed = Signal()
account_restored = Signal()
account_erased = Signal()


# The ``erase_at`` of an account whose erasure has begun: no clock is so wrong that it could still be restored.
BEGUN = datetime(1970, 1, 1, tzinfo=UTC)


def claim(user: User) -> bool:
    """Begin the erasure of a closed account if it still is as ``user`` was read. Return whether it is.

    From then on nothing restores it. An erasure that was interrupted can be claimed again.
    """
    rows = User.objects.filter(
        pk=user.pk, is_active=False, erase_at=user.erase_at, security_epoch=user.security_epoch
    )
    return bool(rows.update(erase_at=BEGUN, security_epoch=F("security_epoch") + 1))


def is_due(user_id: str) -> bool:
    """Return whether the account waits for its erasure and its time has come."""
    return _due(user_id).exists()


def _due(user_id: str) -> QuerySet[User]:
    return User.objects.filter(pk=user_id, is_active=False, erase_at__lte=timezone.now())


def erase_when_due(user_id: str) -> None:
    """Erase an account whose waiting time is over; one that was restored, or is gone, is left alone.

    The job of an earlier closing finds a later time and does nothing.
    """
    user = _due(user_id).first()
    if user is None or not claim(user):
        return
    account_erased.send(sender=User, user_id=user_id)
    totp.forget(user_id)
    mongo.forget(user_id)
    user.delete()
    image_storage.forget(user)
    logger.info("an account was erased")

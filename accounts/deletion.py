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

account_deactivated = Signal()
account_reactivated = Signal()
account_deleted = Signal()


# The ``erase_at`` of an account whose erasure has begun: no clock is so wrong that it could still be restored.
DELETION_STARTED = datetime(1970, 1, 1, tzinfo=UTC)


def claim_for_deletion(user: User) -> bool:
    """Begin the erasure of a closed account if it still is as ``user`` was read. Return whether it is.

    From then on nothing restores it. An erasure that was interrupted can be claimed again.
    """
    rows = User.objects.filter(
        pk=user.pk, is_active=False, erase_at=user.erase_at, security_epoch=user.security_epoch
    )
    return bool(rows.update(erase_at=DELETION_STARTED, security_epoch=F("security_epoch") + 1))


def is_due(user_id: str) -> bool:
    """Return whether the account waits for its erasure and its time has come."""
    return _accounts_due(user_id).exists()


def _accounts_due(user_id: str) -> QuerySet[User]:
    return User.objects.filter(pk=user_id, is_active=False, erase_at__lte=timezone.now())


def delete_if_due(user_id: str) -> None:
    """Erase an account whose waiting time is over; one that was restored, or is gone, is left alone.

    The job of an earlier closing finds a later time and does nothing.
    """
    user = _accounts_due(user_id).first()
    if user is None or not claim_for_deletion(user):
        return
    account_deleted.send(sender=User, user_id=user_id)
    totp.delete_for_user(user_id)
    mongo.delete_for_user(user_id)
    user.delete()
    image_storage.delete_for_user(user)
    logger.info("an account was erased")

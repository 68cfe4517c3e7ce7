"""Deletion of deactivated accounts after their waiting period, which ``deactivation`` starts and undoes."""

from __future__ import annotations

import logging
from datetime import UTC, datetime

from django.db.models import F, QuerySet
from django.utils import timezone

from accounts import auth_session_store, image_storage, sanction_store, totp_store
from accounts.models import User
from accounts.oidc import store as identity_store
from accounts.passkeys import store as passkey_store
from accounts.signals import account_deleted

logger = logging.getLogger("streamsite.accounts")

# The ``erase_at`` of an account whose deletion has started: in the past even for a badly wrong clock.
DELETION_STARTED = datetime(1970, 1, 1, tzinfo=UTC)


def claim_for_deletion(user: User) -> bool:
    """Start deleting a deactivated account unless it changed since it was read. Return whether to proceed.

    The account cannot be restored afterwards. An interrupted deletion can be claimed again.
    """
    rows = User.objects.filter(
        pk=user.pk, is_active=False, erase_at=user.erase_at, security_epoch=user.security_epoch
    )
    return bool(rows.update(erase_at=DELETION_STARTED, security_epoch=F("security_epoch") + 1))


def is_due(user_id: str) -> bool:
    """Return whether the account's waiting period is over."""
    return _accounts_due(user_id).exists()


def _accounts_due(user_id: str) -> QuerySet[User]:
    return User.objects.filter(pk=user_id, is_active=False, erase_at__lte=timezone.now())


def delete_if_due(user_id: str) -> None:
    """Delete an account whose waiting period is over; ignore one that was restored or no longer exists.

    The job of an earlier deactivation finds a later date and does nothing.
    """
    user = _accounts_due(user_id).first()
    if user is None or not claim_for_deletion(user):
        return
    account_deleted.send(sender=User, user_id=user_id)
    totp_store.delete_for_user(user_id)
    passkey_store.delete_for_user(user_id)
    identity_store.delete_for_user(user_id)
    auth_session_store.delete_for_user(user_id)
    sanction_store.delete_for_user(user_id)
    user.delete()
    image_storage.delete_for_user(user)
    logger.info("an account was erased")

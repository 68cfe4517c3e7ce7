"""The security epoch: a number on the account that every session and API token carries a copy of.

A copy that differs from the account's number is refused wherever somebody asks whether a session or token is live.
So raising the number ends everything that an older proof opened, including a sign-in that is still being processed.
"""

from __future__ import annotations

from functools import partial
from typing import Any

from django.db import transaction
from django.db.models import F

from accounts import api_tokens, mongo, sessions
from accounts.models import User
from streamsite.errors import Conflict
from streamsite.mongo.retry import run_in_transaction

CHANGED_MEANWHILE = "The account was changed from somewhere else in the meantime. Try again."


def raise_epoch(user: User, *, keep: str | None = None, reason: str, **changes: Any) -> User:
    """Set ``changes`` on the account and end what was opened before: sessions but ``keep``, and all API tokens.

    Call it for every change of what proves an identity, with the ``user`` that was checked: the change applies only
    while the account is still at ``user.security_epoch``, else ``Conflict`` is raised and nothing has changed. ``keep``
    is the id of the session that makes the change. ``reason`` is stored with the ended sessions. An address that
    waits for its confirmation is dropped, since it was entered with the old proof. Joins the transaction that the
    caller is in; sessions and tokens are then ended when it commits. Return the account as it is now.
    """
    values = {"pending_email": "", **changes}

    def change() -> None:
        rows = User.objects.filter(pk=user.pk, security_epoch=user.security_epoch)
        if not rows.update(**values, security_epoch=F("security_epoch") + 1):
            raise Conflict(CHANGED_MEANWHILE)
        if keep is not None:
            mongo.advance_epoch(keep, user.pk, user.security_epoch)
        transaction.on_commit(partial(_revoke_others, user.pk, reason, keep))

    run_in_transaction(change)
    return User.objects.get(pk=user.pk)


def _revoke_others(user_id: str, reason: str, keep: str | None) -> None:
    """Tidy up: the epoch alone already shuts these out."""
    sessions.revoke_all(user_id, reason, keep=keep)
    api_tokens.revoke_all(user_id)

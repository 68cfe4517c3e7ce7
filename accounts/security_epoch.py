"""The security epoch: a number on the account that every session and API token stores a copy of.

A session or token whose copy differs from the account's number is rejected wherever it is checked. Raising the number
therefore ends everything opened with older credentials, including a sign-in that is still in progress.
"""

from __future__ import annotations

from functools import partial

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext_lazy as _

from accounts import api_tokens, auth_session_store, sessions
from accounts.models import User
from streamsite.errors import Conflict
from streamsite.mongo.retry import run_in_transaction

CHANGED_MEANWHILE = _("Your account was changed elsewhere in the meantime. Try again.")


def raise_epoch(user: User, *, keep: str | None = None, reason: str, **changes: object) -> User:
    """Apply ``changes``, end the sessions except ``keep``, and delete the API tokens. Return the account.

    Call it for every change of credentials, with the ``user`` that was checked: the change applies only while the
    account is still at ``user.security_epoch``; otherwise ``Conflict`` is raised and nothing has changed. ``keep`` is
    the id of the session that makes the change. ``reason`` is stored with the ended sessions. A pending email address
    is dropped, since it was entered with the old credentials. Joins the caller's transaction; sessions and tokens end
    when it commits.
    """
    values = {"pending_email": "", **changes}

    def change() -> None:
        rows = User.objects.filter(pk=user.pk, security_epoch=user.security_epoch)
        if not rows.update(**values, security_epoch=F("security_epoch") + 1):
            raise Conflict(CHANGED_MEANWHILE)
        if keep is not None:
            auth_session_store.advance_epoch(keep, user.pk, user.security_epoch)
        transaction.on_commit(partial(_revoke_others, user.pk, reason, keep))

    run_in_transaction(change)
    return User.objects.get(pk=user.pk)


def _revoke_others(user_id: str, reason: str, keep: str | None) -> None:
    """Revoke the other sessions and the API tokens. The epoch alone already invalidates them."""
    sessions.revoke_all(user_id, reason, keep=keep)
    api_tokens.revoke_all(user_id)

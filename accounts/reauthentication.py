"""Require a recent proof of identity for actions that a stolen session alone must not allow.

Signing in is a proof, and so is entering the password or a second-factor code again (``credentials.confirm_identity``).
"""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from accounts import sessions
from accounts.models import User
from streamsite.errors import Forbidden


class ProofRequired(Forbidden):
    """403: the caller's last proof of identity is too old for this action."""

    code = "proof_required"
    detail = _(
        "For your security, confirm your identity first. Your last confirmation was over 10 minutes ago."
    )


def has_recent_proof(user: User, session_id: str | None) -> bool:
    """Return whether the user proved their identity in this session within the last ten minutes. Reads the database."""
    session = sessions.find_live_session(user, session_id or "", fresh=True)
    return session is not None and sessions.has_recent_proof(session)


def require_recent_proof(user: User, session_id: str | None) -> None:
    """Raise ``ProofRequired`` unless ``has_recent_proof``. API tokens have no session, so they never pass."""
    if not has_recent_proof(user, session_id):
        raise ProofRequired

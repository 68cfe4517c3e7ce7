"""Recent proof of identity: what a stolen session alone must not be enough for.

A sign-in is a proof, and so is a password or a code that is entered again (``credentials.confirm_identity``).
"""

from __future__ import annotations

from accounts import sessions
from accounts.models import User
from streamsite.errors import Forbidden


class ProofRequired(Forbidden):
    """403: the caller's last proof of identity is too old for this."""

    code = "proof_required"
    detail = "Confirm that it's you first: your last sign-in or confirmation is more than 10 minutes old."


def has_recent_proof(user: User, session_id: str | None) -> bool:
    """Whether the user proved the identity in this session within the last ten minutes. Reads the database."""
    session = sessions.find_live_session(user, session_id or "", fresh=True)
    return session is not None and sessions.has_recent_proof(session)


def require_recent_proof(user: User, session_id: str | None) -> None:
    """Raise ``ProofRequired`` unless ``is_recent``; an API token has no session and so never passes."""
    if not has_recent_proof(user, session_id):
        raise ProofRequired

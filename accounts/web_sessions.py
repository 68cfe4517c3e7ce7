"""Sign browsers in, and keep them signed in when the password changes."""

from __future__ import annotations

from collections.abc import Sequence

from django.contrib.auth import SESSION_KEY as USER_KEY
from django.contrib.auth import login, update_session_auth_hash
from django.http import HttpRequest

from accounts import sessions
from accounts.models import User
from streamsite.rate_limits import SIGN_INS, enforce

# The key of a web session under which the id of its session document is stored.
SESSION_KEY = "sid"
BACKEND = "accounts.backends.LoginBackend"


def sign_in(
    request: HttpRequest, user: User, *, remember: bool, amr: Sequence[str], is_proof: bool = True
) -> None:
    """Start a web session of ``user`` and end the browser's former one. A receiver creates the session document.

    ``is_proof`` is whether the sign-in counts as a recent proof of identity.
    Raises ``Throttled`` after many sign-ins in an hour, since each writes a session document and an audit event.
    """
    enforce(SIGN_INS, user.pk)
    former, owner = request.session.get(SESSION_KEY), request.session.get(USER_KEY)
    request.remember_me = remember  # type: ignore[attr-defined]
    request.amr = list(amr)  # type: ignore[attr-defined]
    request.is_proof = is_proof  # type: ignore[attr-defined]
    login(request, user, backend=BACKEND)
    if former and owner:
        sessions.revoke(former, owner, "signed_in_again")


def keep_signed_in(request: HttpRequest, user: User) -> None:
    """Keep a web session of ``user`` after a change of the password, under a new cookie."""
    if request.user.is_authenticated and request.user.pk == user.pk and request.session.session_key:
        update_session_auth_hash(request, user)

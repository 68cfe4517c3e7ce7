"""Signing a browser's pages in, and keeping them signed in when the password changes."""

from __future__ import annotations

from collections.abc import Sequence

from django.contrib.auth import SESSION_KEY as USER_KEY
from django.contrib.auth import login, update_session_auth_hash
from django.http import HttpRequest

from accounts import sessions
from accounts.models import User
from accounts.signals import SESSION_KEY
from streamsite.rate_limits import SIGN_INS, enforce

BACKEND = "accounts.backends.LoginBackend"


def sign_in(request: HttpRequest, user: User, *, remember: bool, amr: Sequence[str]) -> None:
    """Start a page session of ``user``; the signal's receiver opens the document that governs it.

    The one that the browser's cookie stood for until now ends. Raises ``Throttled`` after many in an hour: each leaves
    a session's document and an audit row.
    """
    enforce(SIGN_INS, user.pk)
    former, owner = request.session.get(SESSION_KEY), request.session.get(USER_KEY)
    request.remember_me = remember  # type: ignore[attr-defined]
    request.amr = list(amr)  # type: ignore[attr-defined]
    login(request, user, backend=BACKEND)
    if former and owner:
        sessions.revoke(former, owner, "signed_in_again")


def keep_signed_in(request: HttpRequest, user: User) -> None:
    """Let a page session of ``user`` outlive the change of the password, under a new cookie."""
    if request.user.is_authenticated and request.user.pk == user.pk and request.session.session_key:
        update_session_auth_hash(request, user)

"""Ends a page's session together with its session document: a revocation ends both."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.contrib.auth import logout
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.translation import gettext_lazy as _

from accounts import account_marks, sessions
from accounts.current_user import signed_in_user
from accounts.registration import login_only
from accounts.sign_in import SINGLE_FACTORS
from accounts.web_sessions import SESSION_KEY
from streamsite.errors import Forbidden
from streamsite.http_methods import SAFE_METHODS

# The same for everyone: no account is looked up, and shared caches need no ``Vary``.
PUBLIC_FILES = ("/media/profiles/", "/.well-known/jwks.json")


class SecondFactorRequired(Forbidden):
    """Staff signed in with a password alone. The error page of this code links to the settings."""

    code = "second_factor_needed"
    detail = _(
        "Staff must use two-factor authentication. Turn it on in Settings → Security, then sign in again with a code."
    )


class SessionGovernanceMiddleware:
    """Signs a page out whose session was revoked or has expired."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """End or extend the session, then set the cache header and the account mark of the response."""
        if request.path.startswith(PUBLIC_FILES) and not login_only.is_on():
            return self.get_response(request)
        signed_in = bool(request.session.session_key) and request.user.is_authenticated
        if signed_in:
            self._check_session(request)
        response = self.get_response(request)
        if request.user.is_authenticated or signed_in:
            account_marks.cache_control_for(request).set_default_on(response)
        if not request.path.startswith("/api/"):
            account_marks.update_cookie(request, response)
        return response

    @staticmethod
    def _check_session(request: HttpRequest) -> None:
        session_id = request.session.get(SESSION_KEY, "")
        user = signed_in_user(request)
        session = sessions.find_live_session(user, session_id, fresh=request.method not in SAFE_METHODS)
        if session is None:
            request.session_ended = True  # type: ignore[attr-defined]
            logout(request)
            return
        sessions.extend_session(session)
        if (
            settings.STAFF_NEED_TOTP
            and request.path.startswith("/admin/")
            and session["amr"] in SINGLE_FACTORS
        ):
            raise SecondFactorRequired

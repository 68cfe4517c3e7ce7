"""The account behind a request, for views that only signed-in people reach."""

from __future__ import annotations

from django.http import HttpRequest
from rest_framework.request import Request

from accounts.models import User
from accounts.web_sessions import SESSION_KEY
from streamsite.errors import NotSignedIn


def signed_in_user(request: HttpRequest | Request) -> User:
    """Return the account that is signed in. Raises ``NotSignedIn`` for visitors."""
    user: object = request.user
    if not isinstance(user, User):
        raise NotSignedIn
    return user


def page_session_id(request: HttpRequest) -> str | None:
    """Return the id of the session document behind a page's session, ``None`` when there is none."""
    session_id: object = request.session.get(SESSION_KEY)
    return session_id if isinstance(session_id, str) else None

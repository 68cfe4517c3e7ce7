"""Helpers and base views of the account endpoints."""

from __future__ import annotations

from typing import Any, ClassVar

from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _
from rest_framework.authentication import BaseAuthentication
from rest_framework.permissions import AllowAny, IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.throttling import BaseThrottle
from rest_framework.views import APIView

from accounts import credentials, reauthentication
from accounts.current_user import signed_in_user as signed_in_user  # views of the API import it from here
from accounts.models import ApiToken
from accounts.web_sessions import SESSION_KEY
from streamsite.api.parsing import StrictJSONParser
from streamsite.cache_headers import NEVER_STORED
from streamsite.errors import Invalid


def no_store(response: Response) -> Response:
    """Forbid caches to keep the response."""
    patch_vary_headers(response, ["Cookie", "Authorization"])
    return NEVER_STORED.set_on(response)


def current_session_id(request: Request) -> str | None:
    """Return the id of the session of the caller's token or page, ``None`` for an API token."""
    token: Any = request.auth
    if isinstance(token, ApiToken):
        return None
    if token is not None:
        return str(token["sid"])
    return request._request.session.get(SESSION_KEY)


def require_recent_proof(request: Request, password: str) -> None:
    """Require a sign-in of the last ten minutes, or the password. Raise ``Invalid``."""
    user = signed_in_user(request)
    if reauthentication.has_recent_proof(user, current_session_id(request)):
        return
    if not password:
        raise Invalid(_("Confirm your identity."), fields={"current_password": [_("Enter your password.")]})
    credentials.confirm_password(request._request, user, password)


class PersonalView(APIView):
    """Base of endpoints for signed-in people, closed to API tokens."""

    permission_classes = [IsAuthenticated]
    token_scopes: ClassVar[dict[str, None]] = dict.fromkeys(("GET", "POST", "PUT", "PATCH", "DELETE"))


class PublicAuthView(APIView):
    """Base of endpoints before sign-in. No identity is looked up, so a stale one cannot get in the way."""

    authentication_classes: list[type[BaseAuthentication]] = []
    permission_classes = [AllowAny]
    parser_classes = [StrictJSONParser]
    throttle_classes: list[type[BaseThrottle]] = []  # each has limits of its own, in services

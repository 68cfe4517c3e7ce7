"""What the account endpoints share."""

from __future__ import annotations

from typing import Any, ClassVar

from django.utils.cache import patch_vary_headers
from rest_framework.permissions import AllowAny, IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts import credentials, reauthentication
from accounts.models import ApiToken, User
from accounts.web_sessions import SESSION_KEY
from streamsite.api.parsing import StrictJSONParser
from streamsite.errors import Invalid, NotSignedIn


def no_store(response: Response) -> Response:
    response["Cache-Control"] = "no-store"
    patch_vary_headers(response, ["Cookie", "Authorization"])
    return response


def signed_in_user(request: Request) -> User:
    """The caller, for views that only signed-in people reach."""
    if not isinstance(request.user, User) and not request.user.is_authenticated:
        raise NotSignedIn
    return request.user


def current_session_id(request: Request) -> str | None:
    """The session of the caller's token or page."""
    token: Any = request.auth
    if isinstance(token, ApiToken):
        return None
    if token is not None:
        return str(token["sid"])
    return request._request.session.get(SESSION_KEY)


def require_recent_proof(request: Request, password: str) -> None:
    """Before a second factor is made: a sign-in of the last ten minutes, or the password once more."""
    user = signed_in_user(request)
    if reauthentication.has_recent_proof(user, current_session_id(request)):
        return
    if not password:
        raise Invalid("Prove that it is you.", fields={"current_password": ["Type your password."]})
    credentials.confirm_password(request._request, user, password)


class PersonalView(APIView):
    """What only the person may do: signed in, and never with an API token."""

    permission_classes = [IsAuthenticated]
    token_scopes: ClassVar[dict[str, None]] = dict.fromkeys(("GET", "POST", "PUT", "PATCH", "DELETE"))


class PublicAuthView(APIView):
    """Endpoints before anybody is signed in: no identity is looked for, so no stale one gets in the way."""

    authentication_classes: list[Any] = []
    permission_classes = [AllowAny]
    parser_classes = [StrictJSONParser]
    throttle_classes: list[Any] = []  # each has limits of its own, in services

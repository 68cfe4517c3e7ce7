"""What the account endpoints share."""

from __future__ import annotations

from typing import Any

from django.utils.cache import patch_vary_headers
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.models import User
from accounts.signals import SESSION_KEY
from streamsite.api.parsing import StrictJSONParser
from streamsite.errors import NotSignedIn


def no_store(response: Response) -> Response:
    response["Cache-Control"] = "no-store"
    patch_vary_headers(response, ["Cookie", "Authorization"])
    return response


def signed_in_user(request: Request) -> User:
    """The caller, for views that only signed-in people reach."""
    if not isinstance(request.user, User) and not request.user.is_authenticated:
        raise NotSignedIn
    return request.user  # type: ignore[return-value]


def current_session_id(request: Request) -> str | None:
    """The session of the caller's token or page."""
    token: Any = request.auth
    if token is not None:
        return str(token["sid"])
    return request._request.session.get(SESSION_KEY)


class PublicAuthView(APIView):
    """Endpoints before anybody is signed in: no identity is looked for, so no stale one gets in the way."""

    authentication_classes: list[Any] = []
    permission_classes = [AllowAny]
    parser_classes = [StrictJSONParser]
    throttle_classes: list[Any] = []  # each has limits of its own, in services

"""``/api/v1/auth``: register, sign in, refresh and check tokens, sign out."""

from __future__ import annotations

from collections.abc import Sequence

from django.http import HttpRequest
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import status
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from accounts import (
    audit,
    image_processing,
    mappers,
    refresh_cookie,
    services,
    sessions,
    sign_in,
    token_rotation,
)
from accounts.api.base import PublicAuthView, no_store
from accounts.authentication import verify_access_token
from accounts.models import User
from accounts.schemas import AccountDict, TokenGrantDict, VerifiedTokenDict
from accounts.serializers.registration import RegisterFormSerializer, RegisterSerializer
from accounts.serializers.tokens import RefreshSerializer, TokenSerializer, VerifySerializer
from streamsite.api.described import described
from streamsite.api.parsing import StrictJSONParser
from streamsite.rate_limits import REGISTER, SIGN_INS, enforce, refund_on_unavailable, throttle_key


class RegisterView(PublicAuthView):
    """Registration. A multipart form may have ``avatar`` and ``cover``."""

    parser_classes = [StrictJSONParser, MultiPartParser]

    @extend_schema(
        operation_id="auth_register",
        request={
            "application/json": RegisterSerializer,
            "multipart/form-data": RegisterFormSerializer,
        },
        responses={201: described(AccountDict)},
    )
    def post(self, request: Request) -> Response:
        """Create an account."""
        is_form = str(request.content_type).startswith("multipart/")
        data = (RegisterFormSerializer if is_form else RegisterSerializer).from_body(request)
        counted = (REGISTER, throttle_key(request._request))
        enforce(*counted)
        images = {name: data.pop(name) for name in image_processing.PROFILE_IMAGES if name in data}
        prepared = image_processing.prepare_images(images)
        with refund_on_unavailable(counted):
            user = services.create_account(request._request, **data, prepared=prepared)
        return no_store(Response(mappers.serialize_account(user), status=status.HTTP_201_CREATED))


class TokenView(PublicAuthView):
    """Sign-in. The refresh token is in a cookie (browser) or in the body (native)."""

    @extend_schema(
        operation_id="auth_token", request=TokenSerializer, responses={200: described(TokenGrantDict)}
    )
    def post(self, request: Request) -> Response:
        """Sign in."""
        data = TokenSerializer.from_body(request)
        inner = request._request
        user, amr = sign_in.authenticate(inner, data["login"], data["password"], data["otp"], data["passkey"])
        return open_session(inner, user, amr=amr, client=data["client"], remember=data["remember"])


class RefreshView(PublicAuthView):
    """Rotation of a refresh token, which can be used once."""

    @extend_schema(
        operation_id="auth_token_refresh",
        request=RefreshSerializer,
        responses={200: described(TokenGrantDict)},
    )
    def post(self, request: Request) -> Response:
        """Exchange a refresh token for new tokens."""
        raw = refresh_cookie.read(request._request)
        if raw:
            refresh_cookie.require_same_origin(request._request)
            return token_response(token_rotation.rotate_refresh_token(raw, client=sessions.BROWSER))
        given = RefreshSerializer.from_body(request)["refresh"]
        if not given:
            raise token_rotation.RefreshRefused(_("The refresh token is missing."), code="refresh_missing")
        return token_response(token_rotation.rotate_refresh_token(given, client=sessions.NATIVE))

    def handle_exception(self, exc: Exception) -> Response:
        """Delete the cookie with a refusal; throttling, CSRF failures and outages keep it."""
        response = super().handle_exception(exc)
        if isinstance(exc, token_rotation.RefreshRefused):
            refresh_cookie.delete(response)
        return response


class VerifyView(PublicAuthView):
    """Check of an access token."""

    @extend_schema(
        operation_id="auth_token_verify",
        request=VerifySerializer,
        responses={200: described(VerifiedTokenDict)},
    )
    def post(self, request: Request) -> Response:
        """Check an access token."""
        token = verify_access_token(VerifySerializer.from_body(request)["token"])
        return no_store(Response({name: token[name] for name in ("sub", "sid", "exp")}))


class LogoutView(PublicAuthView):
    """Sign-out."""

    @extend_schema(
        operation_id="auth_logout",
        request=RefreshSerializer,
        responses={204: OpenApiResponse(description="Signed out")},
    )
    def post(self, request: Request) -> Response:
        """End the session of the cookie, of the refresh token in the body, or of the bearer token. Always 204."""
        raw = refresh_cookie.read(request._request)
        if raw:
            refresh_cookie.require_same_origin(request._request)
        else:
            data = RefreshSerializer.from_body(request)
            raw = data["refresh"]
        token_rotation.log_out(raw, _bearer_token(request))
        response = Response(status=status.HTTP_204_NO_CONTENT)
        refresh_cookie.delete(response)
        return no_store(response)


def open_session(
    request: HttpRequest, user: User, *, amr: Sequence[str], client: str, remember: bool
) -> Response:
    """Start a session of ``user``, who was just authenticated by ``amr``; return its tokens. Raises ``Throttled``."""
    enforce(SIGN_INS, user.pk)
    session = sessions.create_session(request, user, client=client, remember=remember, amr=amr)
    audit.record("login", user.pk, request=request, session_id=session["_id"])
    if session["client"] == sessions.BROWSER:
        token_rotation.log_out(refresh_cookie.read(request), "")  # the cookie that this answer replaces
    return token_response(token_rotation.issue_tokens(user, session), with_user=True)


def token_response(grant: token_rotation.SessionTokens, *, with_user: bool = False) -> Response:
    """Return the tokens: the refresh token in a cookie for browsers, in the body for native clients."""
    body: dict[str, object] = {
        "access": grant.access,
        "token_type": "Bearer",
        "expires_in": sessions.ACCESS_SECONDS,
        "session_id": grant.session["_id"],
    }
    if with_user:
        body["user"] = mappers.serialize_account(grant.user)
    if grant.session["client"] == sessions.NATIVE:
        body["refresh"] = grant.refresh
    response = Response(body)
    if grant.session["client"] == sessions.BROWSER:
        refresh_cookie.write(response, grant)
    return no_store(response)


def _bearer_token(request: Request) -> str:
    scheme, _, credentials = request.META.get("HTTP_AUTHORIZATION", "").partition(" ")
    return credentials.strip() if scheme.lower() == "bearer" else ""

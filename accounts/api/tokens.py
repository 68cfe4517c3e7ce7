"""``/api/v1/auth``: register, sign in, refresh, verify, log out."""

from __future__ import annotations

from typing import Any

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
from accounts.api.images import get_uploaded_file
from accounts.authentication import TokenRefused, authenticate_bearer
from accounts.schemas import AccountDict, TokenGrantDict, VerifiedTokenDict
from accounts.serializers.registration import RegisterFormSerializer, RegisterSerializer
from accounts.serializers.tokens import RefreshSerializer, TokenSerializer, VerifySerializer
from streamsite.api.described import described
from streamsite.api.parsing import StrictJSONParser
from streamsite.errors import SiteError
from streamsite.rate_limits import REGISTER, SIGN_INS, enforce, refund_on_unavailable, throttle_key


class RegisterView(PublicAuthView):
    """Create an account. A multipart form may bring ``avatar`` and ``cover``."""

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
        data = RegisterSerializer.from_body(request)
        counted = (REGISTER, throttle_key(request._request))
        enforce(*counted)
        is_form = str(request.content_type).startswith("multipart/")
        sent = [name for name in image_processing.PROFILE_IMAGES if is_form and name in request.data]
        prepared = image_processing.prepare_images({name: get_uploaded_file(request, name) for name in sent})
        with refund_on_unavailable(counted):
            user = services.create_account(request._request, **data, prepared=prepared)
        return no_store(Response(mappers.serialize_account(user), status=status.HTTP_201_CREATED))


class TokenView(PublicAuthView):
    """Sign in: an access token, and a refresh token in a cookie (browser) or in the body (native)."""

    @extend_schema(
        operation_id="auth_token", request=TokenSerializer, responses={200: described(TokenGrantDict)}
    )
    def post(self, request: Request) -> Response:
        data = TokenSerializer.from_body(request)
        inner = request._request
        user, amr = sign_in.authenticate(inner, data["login"], data["password"], data["otp"])
        enforce(SIGN_INS, user.pk)
        session = sessions.create_session(
            inner, user, client=data["client"], remember=data["remember"], amr=amr
        )
        audit.record("login", user.pk, request=inner, session_id=session["_id"])
        if session["client"] == sessions.BROWSER:
            token_rotation.log_out(refresh_cookie.read(inner), "")  # the cookie that this answer replaces
        return token_response(token_rotation.issue_tokens(user, session), with_user=True)


class RefreshView(PublicAuthView):
    """Rotate: the refresh token sent is used up, a new pair comes back."""

    @extend_schema(
        operation_id="auth_token_refresh",
        request=RefreshSerializer,
        responses={200: described(TokenGrantDict)},
    )
    def post(self, request: Request) -> Response:
        raw = refresh_cookie.read(request._request)
        if raw:
            refresh_cookie.require_same_origin(request._request)
            try:
                return token_response(token_rotation.rotate_refresh_token(raw, client=sessions.BROWSER))
            except token_rotation.RefreshRefused as refusal:
                return refusal_response(request, refusal)
        data = RefreshSerializer.from_body(request)
        given = data["refresh"]
        if not given:
            return refusal_response(
                request, token_rotation.RefreshRefused("No refresh token was sent.", code="refresh_missing")
            )
        try:
            return token_response(token_rotation.rotate_refresh_token(given, client=sessions.NATIVE))
        except token_rotation.RefreshRefused as refusal:
            return refusal_response(request, refusal)


class VerifyView(PublicAuthView):
    """Ask whether an access token is good."""

    @extend_schema(
        operation_id="auth_token_verify",
        request=VerifySerializer,
        responses={200: described(VerifiedTokenDict)},
    )
    def post(self, request: Request) -> Response:
        data = VerifySerializer.from_body(request)
        raw = data["token"]
        try:
            _, token = authenticate_bearer(raw, fresh=True)
        except TokenRefused as refusal:
            if refusal.code == "token_invalid" and token_rotation.is_refresh_token(raw):
                raise TokenRefused("This is a refresh token.", code="wrong_token_type") from None
            raise
        return no_store(Response({name: token[name] for name in ("sub", "sid", "exp")}))


class LogoutView(PublicAuthView):
    """End the session of the cookie, of the native token in the body, or of the bearer token. Always 204."""

    @extend_schema(
        operation_id="auth_logout",
        request=RefreshSerializer,
        responses={204: OpenApiResponse(description="Signed out")},
    )
    def post(self, request: Request) -> Response:
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


def token_response(grant: token_rotation.SessionTokens, *, with_user: bool = False) -> Response:
    body: dict[str, Any] = {
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


def refusal_response(request: Request, refusal: SiteError) -> Response:
    """A refusal of the refresh call deletes the cookie; throttling, CSRF failures and outages keep it."""
    body = {
        "code": refusal.code,
        "detail": refusal.detail,
        "request_id": getattr(request, "request_id", ""),
    }
    response = Response(body, status=refusal.status)
    refresh_cookie.delete(response)
    return no_store(response)


def _bearer_token(request: Request) -> str:
    scheme, _, credentials = request.META.get("HTTP_AUTHORIZATION", "").partition(" ")
    return credentials.strip() if scheme.lower() == "bearer" else ""

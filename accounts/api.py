"""``/api/v1/auth`` and ``/api/v1/me``."""

from __future__ import annotations

from typing import Any

from django.utils.cache import patch_vary_headers
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import status
from rest_framework.permissions import AllowAny, IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts import cookies, mappers, services, sessions
from accounts import serializers as shapes
from accounts.authentication import authenticate_bearer
from accounts.models import User
from accounts.signals import SESSION_KEY
from streamsite.api.parsing import StrictJSONParser
from streamsite.errors import Absent, NotSignedIn, SiteError
from streamsite.limits import REGISTER, client_address, enforce


def _no_store(response: Response) -> Response:
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


class RegisterView(PublicAuthView):
    """Create an account."""

    @extend_schema(
        operation_id="auth_register",
        request=shapes.RegisterSerializer,
        responses={201: shapes.AccountSerializer},
    )
    def post(self, request: Request) -> Response:
        form = shapes.RegisterSerializer(data=request.data)
        form.is_valid(raise_exception=True)
        enforce(REGISTER, client_address(request._request))
        user = services.register(**form.validated_data)
        return _no_store(Response(mappers.own_account(user), status=status.HTTP_201_CREATED))


class TokenView(PublicAuthView):
    """Sign in: an access token, and a refresh token in a cookie (browser) or in the body (native)."""

    @extend_schema(
        operation_id="auth_token", request=shapes.TokenSerializer, responses={200: shapes.GrantSerializer}
    )
    def post(self, request: Request) -> Response:
        form = shapes.TokenSerializer(data=request.data)
        form.is_valid(raise_exception=True)
        data = form.validated_data
        user = services.check_login(request._request, data["login"], data["password"])
        session = sessions.start(request._request, user, client=data["client"], remember=data["remember"])
        return _granted(sessions.grant(user, session), with_user=True)


class RefreshView(PublicAuthView):
    """Rotate: the refresh token sent is used up, a new pair comes back."""

    @extend_schema(
        operation_id="auth_token_refresh",
        request=shapes.RefreshSerializer,
        responses={200: shapes.GrantSerializer},
    )
    def post(self, request: Request) -> Response:
        raw = cookies.read(request._request)
        if raw:
            cookies.require_own_page(request._request)
            try:
                return _granted(sessions.refresh(raw, client=sessions.BROWSER))
            except sessions.RefreshRefused as refusal:
                return _refused(request, refusal)
        form = shapes.RefreshSerializer(data=request.data)
        form.is_valid(raise_exception=True)
        given = form.validated_data["refresh"]
        if not given:
            return _refused(
                request, sessions.RefreshRefused("No refresh token was sent.", code="refresh_missing")
            )
        try:
            return _granted(sessions.refresh(given, client=sessions.NATIVE))
        except sessions.RefreshRefused as refusal:
            return _refused(request, refusal)


class VerifyView(PublicAuthView):
    """Ask whether an access token is good."""

    @extend_schema(
        operation_id="auth_token_verify",
        request=shapes.VerifySerializer,
        responses={200: shapes.VerifiedSerializer},
    )
    def post(self, request: Request) -> Response:
        form = shapes.VerifySerializer(data=request.data)
        form.is_valid(raise_exception=True)
        raw = form.validated_data["token"]
        _, token = authenticate_bearer(raw, fresh=True)
        return _no_store(Response({name: token[name] for name in ("sub", "sid", "exp")}))


class LogoutView(PublicAuthView):
    """End the session of the cookie, of the native token in the body, or of the bearer token. Always 204."""

    @extend_schema(
        operation_id="auth_logout",
        request=shapes.RefreshSerializer,
        responses={204: OpenApiResponse(description="Signed out")},
    )
    def post(self, request: Request) -> Response:
        raw = cookies.read(request._request)
        if raw:
            cookies.require_own_page(request._request)
        else:
            form = shapes.RefreshSerializer(data=request.data)
            form.is_valid(raise_exception=True)
            raw = form.validated_data["refresh"]
        sessions.logout(raw, _bearer(request))
        response = Response(status=status.HTTP_204_NO_CONTENT)
        cookies.delete(response)
        return _no_store(response)


class LogoutAllView(APIView):
    """End every session of the caller, this one included."""

    permission_classes = [IsAuthenticated]

    @extend_schema(operation_id="auth_logout_all", request=None, responses={200: shapes.RevokedSerializer})
    def post(self, request: Request) -> Response:
        revoked = sessions.revoke_all(signed_in_user(request).pk, "logout_all")
        response = Response({"revoked": revoked})
        cookies.delete(response)
        return _no_store(response)


class SessionsView(APIView):
    """The devices that are signed in."""

    permission_classes = [IsAuthenticated]

    @extend_schema(operation_id="auth_sessions", responses={200: shapes.SessionSerializer(many=True)})
    def get(self, request: Request) -> Response:
        listed = sessions.listing(signed_in_user(request).pk, current_session_id(request))
        return _no_store(Response({"next": None, "previous": None, "results": listed}))


class SessionView(APIView):
    """One device."""

    permission_classes = [IsAuthenticated]

    @extend_schema(operation_id="auth_session_revoke", responses={204: OpenApiResponse(description="Ended")})
    def delete(self, request: Request, session_id: str) -> Response:
        if not sessions.revoke(session_id, signed_in_user(request).pk, "revoked_by_user"):
            raise Absent
        return _no_store(Response(status=status.HTTP_204_NO_CONTENT))


class MeView(APIView):
    """The caller's own account."""

    permission_classes = [IsAuthenticated]

    @extend_schema(operation_id="me", responses={200: shapes.AccountSerializer})
    def get(self, request: Request) -> Response:
        return _no_store(Response(mappers.own_account(signed_in_user(request))))

    @extend_schema(
        operation_id="me_update", request=shapes.ProfileSerializer, responses={200: shapes.AccountSerializer}
    )
    def patch(self, request: Request) -> Response:
        form = shapes.ProfileSerializer(data=request.data, partial=True)
        form.is_valid(raise_exception=True)
        user = services.update_profile(signed_in_user(request), form.validated_data)
        return _no_store(Response(mappers.own_account(user)))


def _granted(grant: sessions.Grant, *, with_user: bool = False) -> Response:
    body: dict[str, Any] = {
        "access": grant.access,
        "token_type": "Bearer",
        "expires_in": sessions.ACCESS_SECONDS,
        "session_id": grant.session["_id"],
    }
    if with_user:
        body["user"] = mappers.own_account(grant.user)
    if grant.session["client"] == sessions.NATIVE:
        body["refresh"] = grant.refresh
    response = Response(body)
    if grant.session["client"] == sessions.BROWSER:
        cookies.write(response, grant)
    return _no_store(response)


def _refused(request: Request, refusal: SiteError) -> Response:
    """A refusal of the refresh call deletes the cookie; throttling, CSRF failures and outages keep it."""
    body = {
        "code": refusal.code,
        "detail": refusal.detail,
        "request_id": getattr(request, "request_id", ""),
    }
    response = Response(body, status=refusal.status)
    cookies.delete(response)
    return _no_store(response)


def _bearer(request: Request) -> str:
    scheme, _, credentials = request.META.get("HTTP_AUTHORIZATION", "").partition(" ")
    return credentials.strip() if scheme.lower() == "bearer" else ""

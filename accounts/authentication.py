"""API authentication: access token, personal API token, or web session with CSRF token."""

from __future__ import annotations

from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from rest_framework.authentication import BaseAuthentication, CSRFCheck, SessionAuthentication
from rest_framework.request import Request
from rest_framework_simplejwt.authentication import JWTAuthentication
from rest_framework_simplejwt.exceptions import ExpiredTokenError, TokenBackendError, TokenError

from accounts import api_tokens, kept_callers, sessions, token_rotation
from accounts.models import ApiToken, User
from accounts.registration import rules
from accounts.tokens import AccessToken
from streamsite import csrf
from streamsite.errors import CsrfFailed, Forbidden, Invalid, SiteError
from streamsite.http_methods import SAFE_METHODS
from streamsite.mongo.engine import kept_documents
from streamsite.site_settings.features import require_public_api


class TokenRefused(SiteError):
    """401 for an invalid bearer token."""

    status, code = 401, "token_invalid"
    detail = gettext_lazy("The access token is invalid.")


class BearerAuthentication(JWTAuthentication):
    """``Authorization: Bearer <access token>``. ``request.auth`` is the token."""

    def authenticate(self, request: Request) -> tuple[User, AccessToken] | None:  # type: ignore[override]
        """Return user and token, or ``None`` without a bearer token. Raises ``TokenRefused`` or ``Invalid``."""
        raw = request.META.get("HTTP_AUTHORIZATION", "")
        if not raw:
            return None
        if "," in raw:
            raise Invalid(_("Send exactly one Authorization header."), code="parse_error")
        scheme, _space, credentials = raw.partition(" ")
        if scheme.lower() != "bearer":
            return None
        return authenticate_bearer(credentials.strip(), fresh=request.method not in SAFE_METHODS)

    def authenticate_header(self, request: Request) -> str:
        """Return the challenge of 401 responses."""
        return 'Bearer realm="api"'


def authenticate_bearer(raw: str, *, fresh: bool) -> tuple[User, AccessToken]:
    """Return user and token of an access token whose session is live. Raises ``TokenRefused``.

    ``fresh=False`` may return what was found a moment ago, for requests that change nothing.
    """
    mark = kept_callers.current_mark()
    if not fresh and (kept := kept_callers.find(raw, mark)) is not None:
        return kept
    user, token = _look_up_bearer(raw, fresh=fresh)
    kept_callers.keep(raw, mark, user, token)
    return user, token


def _look_up_bearer(raw: str, *, fresh: bool) -> tuple[User, AccessToken]:
    if not raw or " " in raw or not raw.isascii():
        raise TokenRefused
    try:
        token = AccessToken(raw)  # type: ignore[arg-type]
    except ExpiredTokenError:
        raise TokenRefused(_("The access token has expired."), code="token_expired") from None
    except (TokenError, TokenBackendError):
        raise TokenRefused from None
    with kept_documents.bypass():
        user = User.objects.filter(pk=token["sub"]).first()
    if user is None or not user.is_active:
        raise TokenRefused(_("This account isn't active."), code="user_inactive")
    if sessions.find_live_session(user, token["sid"], fresh=fresh) is None:
        raise TokenRefused(_("This session has ended."), code="session_revoked")
    return user, token


def verify_access_token(raw: str) -> AccessToken:
    """Return a valid access token. Raise ``TokenRefused``, for a refresh token with code ``wrong_token_type``."""
    try:
        return authenticate_bearer(raw, fresh=True)[1]
    except TokenRefused as refusal:
        if refusal.code == "token_invalid" and token_rotation.is_refresh_token(raw):
            raise TokenRefused(
                _("This is a refresh token. Send an access token."), code="wrong_token_type"
            ) from None
        raise


class ApiTokenAuthentication(BaseAuthentication):
    """``Authorization: Token sst_...``: a personal token. ``request.auth`` is the ``ApiToken``.

    Its scopes limit it. A view names the scopes it needs in ``token_scopes`` (by method; ``None`` allows no API token);
    otherwise safe methods need ``read`` and all others ``write``.
    """

    def authenticate(self, request: Request) -> tuple[User, ApiToken] | None:
        """Return user and token, or ``None`` without an API token.

        Raises ``TokenRefused``, ``Forbidden``, or ``Invalid``.
        """
        raw = request.META.get("HTTP_AUTHORIZATION", "")
        scheme, _space, credentials = raw.partition(" ")
        if scheme.lower() != "token":
            return None
        if "," in raw:
            raise Invalid(_("Send exactly one Authorization header."), code="parse_error")
        token = api_tokens.find_by_text(credentials.strip())
        if token is None:
            raise TokenRefused(_("The API token is invalid."))
        if token.expires_at <= timezone.now():
            raise TokenRefused(_("The API token has expired."), code="token_expired")
        if not token.user.is_active:
            raise TokenRefused(_("This account isn't active."), code="user_inactive")
        if not api_tokens.is_current(token):
            raise TokenRefused(_("The API token is invalid."))
        _require_scope(request, token)
        api_tokens.record_use(token)
        return token.user, token

    def authenticate_header(self, request: Request) -> str:
        """Return the challenge of 401 responses."""
        return 'Token realm="api"'


def _require_scope(request: Request, token: ApiToken) -> None:
    view: object = request.parser_context.get("view") if request.parser_context else None
    usual = "read" if request.method in SAFE_METHODS else "write"
    needed = getattr(view, "token_scopes", {}).get(request.method, usual)
    if needed is None:
        raise Forbidden(_("API tokens can't do this. Sign in instead."))
    if needed not in token.scopes and not (needed == "upload" and "write" in token.scopes):
        raise Forbidden(_("This API token doesn't have the “%(scope)s” permission.") % {"scope": needed})


class PageSessionAuthentication(SessionAuthentication):
    """Authenticates by the web session.

    Unsafe methods need the CSRF token in a header, so that no body is read for it.
    """

    def authenticate(self, request: Request) -> Any:
        """Return the signed-in account. Raises ``NotSignedIn`` for visitors of a login-only site.

        Where the API is not public, raises ``ApiNotPublic`` for visitors' calls that no page of the site made.

        It is the last of the API's authenticators, so no other one found an account. Preflights stay open.
        """
        found = super().authenticate(request)
        if found is None and request.method != "OPTIONS" and rules.is_login_required():
            raise rules.visitor_refusal()
        if found is None and request.method != "OPTIONS":
            require_public_api(request._request)
        return found

    def enforce_csrf(self, request: Request) -> None:
        """Raise ``CsrfFailed`` unless the request carries a valid CSRF token."""
        copy = csrf.copy_with_form(request._request)
        check = CSRFCheck(lambda inner: None)  # type: ignore[arg-type]
        check.process_request(copy)
        reason = check.process_view(copy, None, (), {})  # type: ignore[arg-type]
        if reason:
            raise CsrfFailed

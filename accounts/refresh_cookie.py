"""The refresh cookie, and the check that a request carrying it comes from this site."""

from __future__ import annotations

from datetime import UTC, datetime

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _

from accounts.token_rotation import SessionTokens
from streamsite.errors import CsrfFailed

PATH = "/api/v1/auth"
NAME = "__Secure-refresh" if settings.IS_HTTPS else "refresh"


def read(request: HttpRequest) -> str:
    """Return the refresh token in the cookie, or ``""``."""
    return str(request.COOKIES.get(NAME, ""))


def write(response: HttpResponseBase, grant: SessionTokens) -> None:
    """Set the cookie; without "remember me" it ends with the browser session."""
    session = grant.session
    expires = min(session["idle_exp"], session["abs_exp"])
    aware = expires if expires.tzinfo else expires.replace(tzinfo=UTC)
    response.set_cookie(
        NAME,
        grant.refresh,
        max_age=max(1, int((aware - datetime.now(UTC)).total_seconds())) if session["remember"] else None,
        path=PATH,
        secure=settings.IS_HTTPS,
        httponly=True,
        samesite="Strict",
    )


def delete(response: HttpResponseBase) -> None:
    """Delete the cookie, with the attributes it was set with."""
    response.set_cookie(
        NAME,
        "",
        max_age=0,
        expires="Thu, 01 Jan 1970 00:00:00 GMT",
        path=PATH,
        secure=settings.IS_HTTPS,
        httponly=True,
        samesite="Strict",
    )


def require_same_origin(request: HttpRequest) -> None:
    """Raise ``CsrfFailed`` unless the request carries our header and no sign of another site."""
    if not request.headers.get("X-Requested-With"):
        raise CsrfFailed(_("The X-Requested-With header is missing."))
    origin = request.headers.get("Origin")
    if origin is not None and origin not in _own_origins(request):
        raise CsrfFailed
    if request.headers.get("Sec-Fetch-Site", "same-origin") != "same-origin":
        raise CsrfFailed


def _own_origins(request: HttpRequest) -> set[str]:
    scheme = "https" if settings.IS_HTTPS else "http"
    return {settings.SITE_URL, f"{scheme}://{request.get_host()}"}

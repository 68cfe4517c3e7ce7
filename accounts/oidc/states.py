"""States: what the site remembers of somebody whom it has sent to a provider, until they come back, once."""

from __future__ import annotations

import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode
from datetime import timedelta
from typing import TypedDict, cast

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from accounts.passkeys import challenges

LIFETIME = timedelta(minutes=10)
# Lax: coming back is a navigation from the provider's site.
COOKIE = "__Host-oidc" if settings.IS_HTTPS else "oidc"
MIN_COOKIE_LENGTH = 20
MAX_LENGTH = 100


class State(TypedDict):
    """The purpose of a redirect to a provider. ``user`` is the id of the signed-in account, "" when signing in."""

    intent: str
    next: str
    user: str
    remember: bool


def issue(provider_id: str, browser: str, state: State) -> str:
    """Store a state for a provider and a browser, and return its name."""
    value = challenges.issue(f"oidc:{provider_id}", browser, lifetime=LIFETIME, data=dict(state))
    return urlsafe_b64encode(value).rstrip(b"=").decode()


def consume(value: str, provider_id: str, browser: str) -> State | None:
    """Use a state up and return it, ``None`` unless it is this provider's and browser's, unused, and not too old."""
    if not value.isascii() or len(value) > MAX_LENGTH:
        return None
    try:
        raw = urlsafe_b64decode(value + "=" * (-len(value) % 4))
    except ValueError:
        return None
    if urlsafe_b64encode(raw).rstrip(b"=").decode() != value:
        return None  # a state has one spelling, since nonce and verifier are derived from it
    found = challenges.consume(raw, f"oidc:{provider_id}", browser)
    return cast("State", found) if found is not None else None


def read_browser(request: HttpRequest) -> str:
    """Return the name of the browser in its cookie, or ``""``."""
    value = str(request.COOKIES.get(COOKIE, ""))
    return value if len(value) >= MIN_COOKIE_LENGTH else ""


def browser_of(request: HttpRequest) -> str:
    """Return the name of the browser, a new one if it has none. ``set_browser`` must follow."""
    return read_browser(request) or secrets.token_urlsafe(24)


def set_browser(response: HttpResponseBase, browser: str) -> None:
    """Set the cookie with the name of the browser, for as long as a state lives."""
    response.set_cookie(
        COOKIE,
        browser,
        max_age=int(LIFETIME.total_seconds()),
        path="/",
        secure=settings.IS_HTTPS,
        httponly=True,
        samesite="Lax",
    )

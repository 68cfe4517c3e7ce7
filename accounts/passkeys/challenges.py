"""Challenges: random values that an authenticator signs for one purpose, in one browser, once, within five minutes.

Before sign-in a cookie names the browser, and a challenge counts together with it only. Afterwards the session does.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from accounts.passkeys import challenge_store

LIFETIME = timedelta(minutes=5)
CHALLENGE_BYTES = 32
# What a challenge is for. One of them never stands for another.
SIGN_IN, SECOND_FACTOR, PROOF, REGISTRATION = "sign_in", "second_factor", "proof", "registration"
PURPOSES = (SIGN_IN, SECOND_FACTOR, PROOF)
# "__Host-": no other host or path, and no plain connection, can set it.
COOKIE = "__Host-passkey" if settings.IS_HTTPS else "passkey"
MIN_COOKIE_LENGTH = 20


def issue(
    purpose: str,
    bound_to: str,
    *,
    lifetime: timedelta = LIFETIME,
    data: Mapping[str, object] | None = None,
) -> bytes:
    """Store and return a challenge for the browser or session named ``bound_to``. ``consume`` returns ``data``."""
    challenge = secrets.token_bytes(CHALLENGE_BYTES)
    expires = datetime.now(UTC) + lifetime
    challenge_store.insert(
        {
            "_id": _digest(challenge),
            "purpose": purpose,
            "bound_to": _digest(bound_to.encode()),
            "expires_at": expires,
            "purge_at": expires,
            "data": dict(data or {}),
        }
    )
    return challenge


def consume(challenge: bytes, purpose: str, bound_to: str) -> dict[str, object] | None:
    """Use a challenge up and return its data, ``None`` if it is of another purpose or browser, used, or too old."""
    if not bound_to:
        return None
    return challenge_store.consume(
        _digest(challenge), purpose, _digest(bound_to.encode("utf-8", "replace")), datetime.now(UTC)
    )


def read_browser(request: HttpRequest) -> str:
    """Return the name of the browser in its cookie, or ``""``."""
    value = str(request.COOKIES.get(COOKIE, ""))
    return value if len(value) >= MIN_COOKIE_LENGTH else ""


def browser_of(request: HttpRequest) -> str:
    """Return the name of the browser, a new one if it has none. ``set_browser`` must follow.

    A name that is there stays, so that the challenges of several tabs count.
    """
    return read_browser(request) or secrets.token_urlsafe(24)


def set_browser(response: HttpResponseBase, browser: str) -> None:
    """Set the cookie with the name of the browser, for as long as a challenge lives."""
    response.set_cookie(
        COOKIE,
        browser,
        max_age=int(LIFETIME.total_seconds()),
        path="/",
        secure=settings.IS_HTTPS,
        httponly=True,
        samesite="Strict",
    )


def _digest(value: bytes) -> str:
    return hashlib.sha256(value).hexdigest()

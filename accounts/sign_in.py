"""Proving who one is: name and password, then the second factor when the account has one."""

from __future__ import annotations

from collections.abc import Callable

from django.contrib.auth import authenticate
from django.http import HttpRequest

from accounts import audit, totp
from accounts.backends import find_by_login
from accounts.models import User
from accounts.second_factor import use_code
from accounts.usernames import normalise
from streamsite.errors import SiteError, Throttled
from streamsite.limits import LOGIN_PER_ADDRESS, LOGIN_PER_USER, enforce, give_back, throttle_key

PASSWORD_ONLY = ["pwd"]


class InvalidCredentials(SiteError):
    """One answer for a wrong password, an unknown name and an inactive account."""

    status, code = 401, "invalid_credentials"
    detail = "The name or the password is not right."


class OtpRequired(SiteError):
    """The password was right; the code of the second factor is missing."""

    status, code = 401, "otp_required"
    detail = "Send the code of your authenticator app, or a recovery code."


def check(request: HttpRequest, login: str, password: str, otp: str = "") -> tuple[User, list[str]]:
    """The account and how it was proved (``amr``). Raises the errors above, ``OtpInvalid`` or ``Throttled``."""
    user = check_password(request, login, password)
    return user, check_second_factor(request, user, otp)


def _active(request: HttpRequest, login: str, password: str) -> User | None:
    user = authenticate(request, username=login, password=password)
    return user if isinstance(user, User) else None


def check_password(
    request: HttpRequest,
    login: str,
    password: str,
    find: Callable[[HttpRequest, str, str], User | None] = _active,
) -> User:
    """The account behind a name and a password. Raises ``InvalidCredentials`` or ``Throttled``.

    Failures count per account name and address, and per address; a stranger's failures do not lock the owner out.
    Each attempt is counted before it is looked at, and taken back when it was right, so that parallel ones cannot
    slip through.
    """
    address = throttle_key(request)
    per_user = f"{normalise(login.strip())[:80]}|{address}"
    try:
        enforce(LOGIN_PER_USER, per_user)
        enforce(LOGIN_PER_ADDRESS, address)
    except Throttled:
        audit.record("login", None, request=request, result="throttled")
        raise
    user = find(request, login, password)
    if user is None:
        known = find_by_login(login)
        audit.record("login", known.pk if known else None, request=request, result="invalid_credentials")
        raise InvalidCredentials
    give_back(LOGIN_PER_USER, per_user)
    give_back(LOGIN_PER_ADDRESS, address)
    return user


def check_second_factor(request: HttpRequest, user: User, otp: str) -> list[str]:
    """How the account was proved, once its code is checked. Raises ``OtpRequired``, ``OtpInvalid`` or ``Throttled``."""
    if not totp.is_enabled(user.pk):
        return PASSWORD_ONLY
    if not otp.strip():
        audit.record("login", user.pk, request=request, result="otp_required")
        raise OtpRequired
    return [*PASSWORD_ONLY, use_code(request, user, otp, is_signed_in=False)]

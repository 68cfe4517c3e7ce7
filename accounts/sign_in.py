"""Proving who one is: name and password, then the second factor when the account has one."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.http import HttpRequest
from django.utils import timezone
from django.utils.formats import date_format

from accounts import audit, totp
from accounts.backends import find_by_login, is_password_correct
from accounts.models import User
from accounts.second_factor import use_code
from accounts.usernames import normalize_username
from streamsite.errors import SiteError, Throttled
from streamsite.rate_limits import (
    LOGIN_PER_ACCOUNT,
    LOGIN_PER_ADDRESS,
    LOGIN_PER_USER,
    enforce,
    increment,
    max_events,
    refund,
    refund_on_unavailable,
    throttle_key,
)

PASSWORD_ONLY = ["pwd"]


class InvalidCredentials(SiteError):
    """One answer for a wrong password and an unknown name, whether or not the account is active."""

    status, code = 401, "invalid_credentials"
    detail = "The name or the password is not right."


class AccountClosed(SiteError):
    """The password was right; the owner closed the account and can restore it until it is erased."""

    status, code = 401, "user_inactive"

    def __init__(self, user: User, until: datetime) -> None:
        self.user, self.until = user, until
        day = date_format(until, "F j, Y")
        super().__init__(f"You closed this account. You can restore it until {day}, when it is deleted.")

    @property
    def extra(self) -> dict[str, Any]:
        """``restore_until``, for programs that offer it."""
        return {"restore_until": self.until}


class AccountSuspended(InvalidCredentials):
    """The password was right; our moderators suspended the account.

    The API answers as to a wrong password, which its contract promises for inactive accounts; the log-in page says
    ``page_detail``.
    """

    page_detail = "Our moderators suspended this account."


class OtpRequired(SiteError):
    """The password was right; the code of the second factor is missing."""

    status, code = 401, "otp_required"
    detail = "Send the code of your authenticator app, or a recovery code."


def authenticate(request: HttpRequest, login: str, password: str, otp: str = "") -> tuple[User, list[str]]:
    """The account and how it was proved (``amr``). Raises the errors above, ``OtpInvalid`` or ``Throttled``."""
    user = authenticate_password(request, login, password)
    return user, verify_second_factor(request, user, otp)


def authenticate_password(request: HttpRequest, login: str, password: str) -> User:
    """Return the active account behind a name and a password.

    Raises what ``prove`` raises, and ``AccountClosed`` or ``AccountSuspended`` after a right password.
    """
    user = verify_password(request, login, password)
    if not user.is_active:
        audit.record("login", user.pk, request=request, result="user_inactive")
        raise inactive_error(user)
    return user


def verify_password(request: HttpRequest, login: str, password: str) -> User:
    """Return the account behind a name and a password, active or not.

    Raises ``InvalidCredentials``, ``Throttled``, or ``Unavailable`` when too many passwords are being checked.

    Failures count per account and address, and per address; a stranger's failures do not lock the owner out. Each
    attempt is counted before it is looked at, and taken back when it was right, so that parallel ones cannot slip
    through. What was typed has a counter that answers 429. The username and the email address of one account also
    share one that does not show: once it is used up, every password is wrong, or the answer would tell which address
    belongs to which name.
    """
    address = throttle_key(request)
    typed = f"{normalize_username(login.strip())[:80]}|{address}"
    account = find_by_login(login)
    shared = f"{account.pk}|{address}" if account is not None else typed
    try:
        enforce(LOGIN_PER_USER, typed)
        enforce(LOGIN_PER_ADDRESS, address)
    except Throttled as error:
        audit.record_throttled("login", None, error, request=request)
        raise
    attempts, _ = increment(LOGIN_PER_ACCOUNT, shared)
    counted = ((LOGIN_PER_USER, typed), (LOGIN_PER_ADDRESS, address), (LOGIN_PER_ACCOUNT, shared))
    with refund_on_unavailable(*counted):
        is_right = is_password_correct(account, password)
    if account is None or not is_right or attempts > max_events(LOGIN_PER_ACCOUNT):
        audit.record("login", account.pk if account else None, request=request, result="invalid_credentials")
        raise InvalidCredentials
    for limit, who in counted:
        refund(limit, who)
    return account


def inactive_error(user: User) -> SiteError:
    """Return why an inactive account cannot sign in. Only who gave its password may hear it."""
    if user.erase_at is None:
        return AccountSuspended()
    if user.erase_at <= timezone.now():  # about to be erased: there is nothing to come back to
        return InvalidCredentials()
    return AccountClosed(user, user.erase_at)


def verify_second_factor(request: HttpRequest, user: User, otp: str) -> list[str]:
    """How the account was proved, once its code is checked. Raises ``OtpRequired``, ``OtpInvalid`` or ``Throttled``."""
    if not totp.is_enabled(user.pk):
        return PASSWORD_ONLY
    if not otp.strip():
        audit.record("login", user.pk, request=request, result="otp_required")
        raise OtpRequired
    return [*PASSWORD_ONLY, use_code(request, user, otp, is_signed_in=False)]

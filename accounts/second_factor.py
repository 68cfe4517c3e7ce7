"""Trying a code of the second factor: how often one may, and who hears of failures."""

from __future__ import annotations

from django.http import HttpRequest

from accounts import audit, tasks, totp
from accounts.models import User
from streamsite.errors import SiteError
from streamsite.rate_limits import (
    OTP,
    OTP_FAILURES,
    OTP_TOTAL,
    RECOVERY,
    Limit,
    address_prefix,
    client_address,
    enforce,
    increment,
    refund,
    throttle_key,
)


class OtpInvalid(SiteError):
    """The password was right; the code was not, or was used before."""

    status, code = 401, "otp_invalid"
    detail = "This code is not right, or it was used before."


def use_code(request: HttpRequest, user: User, otp: str, *, is_signed_in: bool) -> str:
    """Use up a code: ``"otp"`` or ``"recovery"``. Raises ``OtpInvalid`` or ``Throttled``.

    Codes are counted by account and address, so that a stranger's failures do not lock the owner out, and by account
    alone against many addresses. Recovery codes have a counter of their own: whoever tries codes from elsewhere never
    locks them. ``is_signed_in`` says what the caller proved before: a session, or the password.
    """
    counters = _rate_limits(request, user, otp)
    for limit, who in counters:
        enforce(limit, who)
    how = totp.consume_code(user.pk, otp)
    if how is None:
        audit.record("login", user.pk, request=request, result="otp_invalid")
        _warn_owner(request, user, is_signed_in=is_signed_in)
        raise OtpInvalid
    for limit, who in counters:
        refund(limit, who)
    if how == "recovery":
        audit.record("recovery_code_used", user.pk, request=request)
        tasks.enqueue_mail("recovery_code_used", user, left=totp.load_status(user.pk)["recovery_codes"])
    return how


def rate_limit_key(request: HttpRequest, user: User) -> str:
    """Return what an account's tries from one address are counted under."""
    return f"{user.pk}|{throttle_key(request)}"


def _rate_limits(request: HttpRequest, user: User, otp: str) -> list[tuple[Limit, str]]:
    here = rate_limit_key(request, user)
    if totp.is_recovery_code(otp):
        return [(RECOVERY, here)]
    return [(OTP, here), (OTP_TOTAL, user.pk)]


def _warn_owner(request: HttpRequest, user: User, *, is_signed_in: bool) -> None:
    """Mail the owner at the fifth failure from anywhere, once in a quarter of an hour."""
    failures, _ = increment(OTP_FAILURES, user.pk)
    if failures != OTP_FAILURES.most:
        return
    audit.record("otp_attack", user.pk, request=request)
    tasks.enqueue_mail(
        "otp_failures",
        user,
        failures=failures,
        is_signed_in=is_signed_in,
        user_agent=request.headers.get("User-Agent", "")[:300],
        ip_prefix=address_prefix(client_address(request)),
    )

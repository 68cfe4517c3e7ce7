"""Check second-factor codes, with rate limits and a warning to the owner."""

from __future__ import annotations

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

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
    """The password was correct, but the code was wrong or already used."""

    status, code = 401, "otp_invalid"
    detail = _("That code is incorrect or has already been used.")


def use_code(request: HttpRequest, user: User, otp: str, *, is_signed_in: bool) -> str:
    """Consume a code and return its type, ``"otp"`` or ``"recovery"``. Raises ``OtpInvalid`` or ``Throttled``.

    Attempts are counted per account and address, so that a stranger's failures do not lock the owner out, and per
    account against attacks from many addresses. Recovery codes have a limit of their own that attempts at codes from
    elsewhere cannot use up. ``is_signed_in`` says what the caller has proved already: a session, or only the password.
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
    """Return the rate-limit key for an account's attempts from the request's address."""
    return f"{user.pk}|{throttle_key(request)}"


def _rate_limits(request: HttpRequest, user: User, otp: str) -> list[tuple[Limit, str]]:
    key = rate_limit_key(request, user)
    if totp.is_recovery_code(otp):
        return [(RECOVERY, key)]
    return [(OTP, key), (OTP_TOTAL, user.pk)]


def _warn_owner(request: HttpRequest, user: User, *, is_signed_in: bool) -> None:
    """Email the owner at the fifth failure, from any address, once per quarter of an hour."""
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

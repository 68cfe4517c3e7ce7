"""Changes of credentials: password, email address, second factor.

A change of the password or the second factor raises the security epoch (``accounts.security_epoch``) in the same
conditional update, so everything opened or emailed before is void and one of two concurrent changes is rejected. Other
changes apply only while the account is as it was when its password was checked.
"""

from __future__ import annotations

from django.contrib.auth.hashers import make_password
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import IntegrityError
from django.http import HttpRequest

from accounts import audit, deliverability, email_tokens, passwords, second_factor, sessions, tasks, totp
from accounts.backends import is_password_correct
from accounts.models import User, email_key
from accounts.security_epoch import CHANGED_MEANWHILE, raise_epoch
from streamsite.errors import Conflict, Invalid
from streamsite.mongo.retry import run_in_transaction
from streamsite.rate_limits import (
    EMAIL_LINK_ATTEMPTS,
    EMAIL_LINKS,
    OTP,
    PASSWORD_CHECK,
    PASSWORD_RESET,
    enforce,
    refund,
    refund_on_unavailable,
    throttle_key,
)


class WrongPassword(Invalid):
    """The password given as proof is wrong. 400, since clients would refresh and retry on 401."""

    code = "wrong_password"
    detail = "This is not your password."


class OtpNotAccepted(Invalid):
    """The code for turning the second factor on or off is wrong. 400, for the same reason as ``WrongPassword``."""

    code = "otp_invalid"
    detail = "This code is not right, or it was used before."


def confirm_password(request: HttpRequest, user: User, password: str) -> None:
    """Raise ``WrongPassword`` unless it is the account's, ``Throttled`` after ten failures in 15 minutes."""
    enforce(PASSWORD_CHECK, user.pk)
    with refund_on_unavailable((PASSWORD_CHECK, user.pk)):
        is_right = is_password_correct(user, password)
    if not is_right:
        raise WrongPassword(fields={"current_password": [WrongPassword.detail]})
    refund(PASSWORD_CHECK, user.pk)


def confirm_identity(
    request: HttpRequest, user: User, *, session_id: str | None, password: str, otp: str
) -> None:
    """Accept the password, or else a second-factor code, as a new proof of identity in this session.

    Raises ``WrongPassword``, ``OtpNotAccepted``, ``Invalid`` without either, ``Throttled``, or ``Conflict`` if the
    session has ended meanwhile.
    """
    if password:
        confirm_password(request, user, password)
    elif otp.strip():
        verify_code(request, user, otp)
    else:
        message = "Enter your password or, with two-factor authentication, a code."
        raise Invalid(message, fields={"current_password": [message]})
    if not sessions.record_proof(session_id or "", user):
        raise Conflict(CHANGED_MEANWHILE)
    audit.record("identity_confirmed", user.pk, request=request, session_id=session_id or "")


# --- password ---


def change_password(
    request: HttpRequest, user: User, *, current_password: str, new_password: str, session_id: str | None
) -> User:
    """Set a new password; end every session except ``session_id`` and every API token.

    Raises ``Conflict`` if the account was changed meanwhile, or ``WrongPassword``, ``Throttled``, or ``Invalid``.
    """
    try:
        confirm_password(request, user, current_password)
    except WrongPassword:
        audit.record("password_changed", user.pk, request=request, result="wrong_password")
        raise
    if new_password == current_password:
        raise Invalid(
            "Some fields are not right.", fields={"new_password": ["This is the password you have."]}
        )
    changed = _store_password(user, new_password, reason="password_changed", keep=session_id)
    audit.record("password_changed", user.pk, request=request)
    tasks.enqueue_mail("password_changed", changed)
    return changed


def request_password_reset(request: HttpRequest, address: str) -> None:
    """Email a reset link to the address's owner. Does the same work and reveals nothing if there is none."""
    enforce(PASSWORD_RESET, throttle_key(request))
    audit.record("password_reset_asked", None, request=request)
    tasks.enqueue_reset(address)


def reset_password(request: HttpRequest, raw: str, new_password: str) -> User:
    """Set a new password by an emailed link. Ends every session and API token; the second factor stays.

    Raises ``email_tokens.ResetInvalid`` or ``Invalid``. The link also confirms the address.
    """
    enforce(EMAIL_LINK_ATTEMPTS, throttle_key(request))
    user = email_tokens.read_reset_token(raw)
    try:
        user = _store_password(user, new_password, reason="password_reset")
    except Conflict:
        raise email_tokens.ResetInvalid from None
    _mark_verified(user)
    audit.record("password_reset", user.pk, request=request)
    tasks.enqueue_mail("password_changed", user)
    return user


def _store_password(user: User, password: str, *, reason: str, keep: str | None = None) -> User:
    if problems := passwords.password_problems(password, user):
        raise Invalid("Some fields are not right.", fields={"new_password": problems})
    return raise_epoch(user, keep=keep, reason=reason, password=make_password(password))


# --- email ---


def change_email(request: HttpRequest, user: User, address: str, *, current_password: str) -> User:
    """Email a confirmation link to the new address and notify the old one, which stays in use until confirmation."""
    address = clean_email(address)
    confirm_password(request, user, current_password)
    return request_email_confirmation(user, address, request=request) or User.objects.get(pk=user.pk)


def clean_email(address: str) -> str:
    """Return the email address in its stored form. Raises ``Invalid``."""
    address = User.objects.normalize_email(address.strip())
    try:
        validate_email(address)
    except ValidationError as error:
        raise Invalid("Some fields are not right.", fields={"email": list(error.messages)}) from None
    return address


def request_email_confirmation(
    user: User, address: str, *, request: HttpRequest | None = None, actor: User | None = None
) -> User | None:
    """Email a link to the new address, notify the old one, return the account; ``None`` if it has the address.

    ``actor`` is the staff member who entered the address; the old address is then notified even if unconfirmed.
    """
    if email_key(address) == user.email_key and user.email_verified:
        _set_pending_email(user, "")
        return None
    enforce(EMAIL_LINKS, user.pk)
    _set_pending_email(user, address)
    deliverability.clear_undeliverable(user, address)
    changed = User.objects.get(pk=user.pk)
    what = "email_change_asked" if actor is None else "staff_email_change"
    audit.record(what, user.pk, request=request, actor=actor)
    tasks.enqueue_mail("verify", changed, to=address)
    if actor is not None and user.email_key not in {"", email_key(address)}:
        tasks.enqueue_mail("staff_email_change", changed, to=user.email, new_address=address)
    elif user.email_verified:
        tasks.enqueue_mail("email_change", changed, to=user.email, new_address=address)
    return changed


def _set_pending_email(user: User, address: str) -> None:
    """Set the pending address unless the credentials changed since they were checked. Raises ``Conflict``.

    Otherwise the holder of an old password could take the account over again.
    """
    rows = User.objects.filter(pk=user.pk, security_epoch=user.security_epoch)
    if not rows.update(pending_email=address):
        raise Conflict(CHANGED_MEANWHILE)


def resend_verification(user: User) -> str:
    """Email the link again to the pending, unconfirmed, or rejected address. Return that address, or ``""``."""
    is_settled = user.email_verified and deliverability.accepts_mail(user)
    address = user.pending_email or ("" if is_settled else user.email)
    if address:
        enforce(EMAIL_LINKS, user.pk)
        deliverability.clear_undeliverable(user, address)
        tasks.enqueue_mail("verify", user, to=address)
    return address


def verify_email(request: HttpRequest, raw: str) -> User:
    """Mark the address of an emailed link as confirmed. Idempotent. Raises ``EmailLinkInvalid`` or ``Conflict``."""
    enforce(EMAIL_LINK_ATTEMPTS, throttle_key(request))
    user, key = email_tokens.read_email_token(raw)
    deliverability.clear_undeliverable(user, key)
    if key == user.email_key and user.email_verified:
        return user
    former = user.email if user.email_verified else ""
    if key == email_key(user.pending_email):
        changes: dict[str, str] = {"email": user.pending_email, "email_key": key, "pending_email": ""}
    else:
        changes = {}
    # The link proves an address and nothing else, so it depends on the addresses and ends no session.
    rows = User.objects.filter(pk=user.pk, email_key=user.email_key, pending_email=user.pending_email)
    try:
        changed = rows.update(email_verified=True, **changes)
    except IntegrityError:
        raise Conflict("Another account has confirmed this address.") from None
    if not changed:
        raise Conflict(CHANGED_MEANWHILE)
    audit.record("email_verified", user.pk, request=request)
    verified = User.objects.get(pk=user.pk)
    if former:
        tasks.enqueue_mail("email_changed", verified, to=former, new_address=verified.email)
    return verified


def _mark_verified(user: User) -> None:
    try:
        User.objects.filter(pk=user.pk, email_verified=False).update(email_verified=True)
    except IntegrityError:  # another account proved it first; the password is changed all the same
        return


# --- second factor ---


def enable_totp(request: HttpRequest, user: User, otp: str, *, session_id: str | None) -> list[str]:
    """Turn two-factor authentication on; end other sessions and API tokens. Return the recovery codes.

    Raises ``OtpNotAccepted``, ``Throttled``, or ``Conflict`` if the account was changed meanwhile.
    """

    def switch_on() -> list[str] | None:
        codes = totp.enable(user.pk, otp)
        if codes is not None:
            raise_epoch(user, keep=session_id, reason="totp_enabled")
        return codes

    counted = second_factor.rate_limit_key(request, user)
    enforce(OTP, counted)
    codes = run_in_transaction(switch_on)
    if codes is None:
        raise OtpNotAccepted(fields={"otp": [OtpNotAccepted.detail]})
    refund(OTP, counted)
    audit.record("totp_enabled", user.pk, request=request)
    tasks.enqueue_mail("totp_enabled", user)
    return codes


def disable_totp(request: HttpRequest, user: User, *, otp: str, session_id: str | None) -> None:
    """Turn two-factor authentication off by one of its codes; end other sessions and API tokens. Idempotent.

    The password alone is not enough, since it may be stolen. Raises ``Invalid`` without a code, ``OtpNotAccepted``,
    ``Throttled``, or ``Conflict`` if the account was changed meanwhile.
    """

    def switch_off() -> bool:
        was_on = totp.disable(user.pk)
        if was_on:
            raise_epoch(user, keep=session_id, reason="totp_disabled")
        return was_on

    require_code(otp)
    if not totp.is_enabled(user.pk):
        return
    verify_code(request, user, otp)
    if run_in_transaction(switch_off):
        audit.record("totp_disabled", user.pk, request=request)
        tasks.enqueue_mail("totp_disabled", user)


def renew_recovery_codes(request: HttpRequest, user: User, *, otp: str) -> list[str]:
    """Replace the recovery codes and return the ten new ones. Requires a code, as ``disable_totp`` does."""
    require_code(otp)
    if not totp.is_enabled(user.pk):
        raise Conflict("Two-factor authentication is off.")
    verify_code(request, user, otp)
    codes = totp.renew_recovery_codes(user.pk)
    if codes is None:
        raise Conflict(CHANGED_MEANWHILE)
    audit.record("recovery_codes_renewed", user.pk, request=request)
    return codes


def require_code(otp: str) -> None:
    """Raise ``Invalid`` if no code was sent."""
    if not otp.strip():
        message = "Enter a code from your authenticator app or a recovery code."
        raise Invalid(message, fields={"otp": [message]})


def verify_code(request: HttpRequest, user: User, otp: str) -> None:
    """Consume a signed-in user's code. Raises ``OtpNotAccepted`` or ``Throttled``."""
    try:
        second_factor.use_code(request, user, otp, is_signed_in=True)
    except second_factor.OtpInvalid:
        raise OtpNotAccepted(fields={"otp": [OtpNotAccepted.detail]}) from None

"""Changing what proves an identity: password, e-mail address, second factor.

Each change raises ``security_epoch`` in the update that makes it, under the condition that nobody else did: links
mailed before are void, and of two parallel changes one is refused.
"""

from __future__ import annotations

from typing import Any

from django.contrib.auth.hashers import make_password
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import IntegrityError
from django.db.models import F
from django.http import HttpRequest

from accounts import api_tokens, audit, links, passwords, sessions, sign_in, tasks, totp
from accounts.backends import is_password_right
from accounts.models import User, email_key
from streamsite.errors import Conflict, Invalid
from streamsite.limits import (
    LINK_TRIES,
    MAIL_LINKS,
    OTP,
    PASSWORD_CHECK,
    PASSWORD_RESET,
    enforce,
    give_back,
    given_back_when_unavailable,
    throttle_key,
)


class WrongPassword(Invalid):
    """The password that was to prove the caller is wrong. 400, or clients would refresh and try again."""

    code = "wrong_password"
    detail = "This is not your password."


class OtpNotAccepted(Invalid):
    """A code for switching the second factor on or off is wrong. 400, for the same reason."""

    code = "otp_invalid"
    detail = "This code is not right, or it was used before."


def confirm_password(request: HttpRequest, user: User, password: str) -> None:
    """Raise ``WrongPassword`` unless it is the account's, ``Throttled`` after ten wrong ones in 15 minutes."""
    enforce(PASSWORD_CHECK, user.pk)
    with given_back_when_unavailable((PASSWORD_CHECK, user.pk)):
        is_right = is_password_right(user, password)
    if not is_right:
        raise WrongPassword(fields={"current_password": [WrongPassword.detail]})
    give_back(PASSWORD_CHECK, user.pk)


# --- password ---


def change_password(
    request: HttpRequest, user: User, *, current_password: str, new_password: str, session_id: str | None
) -> User:
    """Set a new password; every other session and every API token ends.

    Raises ``WrongPassword``, ``Throttled`` or ``Invalid``.
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
    changed = _store_password(user, new_password)
    sessions.revoke_all(user.pk, "password_changed", keep=session_id)
    api_tokens.revoke_all(user.pk)
    audit.record("password_changed", user.pk, request=request)
    tasks.enqueue_mail("password_changed", changed)
    return changed


def ask_for_reset(request: HttpRequest, address: str) -> None:
    """Mail a reset link to whoever has the address. The same work, and no answer, whether or not anybody has."""
    enforce(PASSWORD_RESET, throttle_key(request))
    audit.record("password_reset_asked", None, request=request)
    tasks.enqueue_reset(address)


def reset_password(request: HttpRequest, raw: str, new_password: str) -> User:
    """A new password by a mailed link: every session and API token ends, the second factor stays.

    Raises ``links.ResetInvalid`` or ``Invalid``. The link also proves the address.
    """
    enforce(LINK_TRIES, throttle_key(request))
    user = links.read_reset_token(raw)
    try:
        user = _store_password(user, new_password)
    except Conflict:
        raise links.ResetInvalid from None
    sessions.revoke_all(user.pk, "password_reset")
    api_tokens.revoke_all(user.pk)
    _mark_verified(user)
    audit.record("password_reset", user.pk, request=request)
    tasks.enqueue_mail("password_changed", user)
    return user


def _store_password(user: User, password: str) -> User:
    if problems := passwords.problems(password, user):
        raise Invalid("Some fields are not right.", fields={"new_password": problems})
    _change_if_current(user, password=make_password(password))
    return User.objects.get(pk=user.pk)


def _change_if_current(user: User, **changes: Any) -> None:
    """Apply ``changes`` unless something that proves the identity has changed since ``user`` was read."""
    changed = User.objects.filter(pk=user.pk, security_epoch=user.security_epoch).update(
        **changes, security_epoch=F("security_epoch") + 1
    )
    if not changed:
        raise Conflict("Your account was changed from somewhere else meanwhile. Try again.")


# --- e-mail ---


def change_email(request: HttpRequest, user: User, address: str, *, current_password: str) -> User:
    """Ask the new address for its confirmation; until then the old one stays. The old one is told."""
    address = User.objects.normalize_email(address.strip())
    try:
        validate_email(address)
    except ValidationError as error:
        raise Invalid("Some fields are not right.", fields={"email": list(error.messages)}) from None
    confirm_password(request, user, current_password)
    if email_key(address) == user.email_key and user.email_verified:
        User.objects.filter(pk=user.pk).update(pending_email="")
        return User.objects.get(pk=user.pk)
    enforce(MAIL_LINKS, user.pk)
    User.objects.filter(pk=user.pk).update(pending_email=address)
    changed = User.objects.get(pk=user.pk)
    audit.record("email_change_asked", user.pk, request=request)
    tasks.enqueue_mail("verify", changed, to=address)
    if user.email_verified:
        tasks.enqueue_mail("email_change", changed, to=user.email, new_address=address)
    return changed


def resend_verification(user: User) -> str:
    """Mail the link again to the address that waits for its confirmation; that address, or an empty string."""
    address = user.pending_email or ("" if user.email_verified else user.email)
    if address:
        enforce(MAIL_LINKS, user.pk)
        tasks.enqueue_mail("verify", user, to=address)
    return address


def verify_email(request: HttpRequest, raw: str) -> User:
    """Take the address of a mailed link as proved. Safe to repeat. Raises ``EmailLinkInvalid`` or ``Conflict``."""
    enforce(LINK_TRIES, throttle_key(request))
    user, key = links.read_email_token(raw)
    if key == user.email_key and user.email_verified:
        return user
    former = user.email if user.email_verified else ""
    if key == email_key(user.pending_email):
        changes: dict[str, Any] = {"email": user.pending_email, "email_key": key, "pending_email": ""}
    else:
        changes = {}
    try:
        _change_if_current(user, email_verified=True, **changes)
    except IntegrityError:
        raise Conflict("Another account has confirmed this address.") from None
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


def enable_totp(request: HttpRequest, user: User, otp: str) -> list[str]:
    """Switch the second factor on. The recovery codes, shown once. Raises ``OtpNotAccepted`` or ``Throttled``."""
    enforce(OTP, user.pk)
    codes = totp.enable(user.pk, otp)
    if codes is None:
        raise OtpNotAccepted(fields={"otp": [OtpNotAccepted.detail]})
    give_back(OTP, user.pk)
    _raise_epoch(user)
    audit.record("totp_enabled", user.pk, request=request)
    tasks.enqueue_mail("totp_enabled", user)
    return codes


def disable_totp(request: HttpRequest, user: User, *, password: str, otp: str) -> None:
    """Switch the second factor off; the password or a code proves that it is the owner who asks."""
    _prove(request, user, password=password, otp=otp)
    if totp.disable(user.pk):
        _raise_epoch(user)
        audit.record("totp_disabled", user.pk, request=request)
        tasks.enqueue_mail("totp_disabled", user)


def renew_recovery_codes(request: HttpRequest, user: User, *, password: str, otp: str) -> list[str]:
    """Ten new recovery codes; the old ones are void."""
    _prove(request, user, password=password, otp=otp)
    codes = totp.renew_recovery_codes(user.pk)
    if codes is None:
        raise Conflict("Two-factor authentication is off.")
    audit.record("recovery_codes_renewed", user.pk, request=request)
    return codes


def _prove(request: HttpRequest, user: User, *, password: str, otp: str) -> None:
    if password:
        confirm_password(request, user, password)
        return
    if not otp:
        raise Invalid(
            "Prove that it is you.", fields={"current_password": ["Send your password, or a code as otp."]}
        )
    try:
        sign_in.use_code(request, user, otp)
    except sign_in.OtpInvalid:
        raise OtpNotAccepted(fields={"otp": [OtpNotAccepted.detail]}) from None


def _raise_epoch(user: User) -> None:
    User.objects.filter(pk=user.pk).update(security_epoch=F("security_epoch") + 1)

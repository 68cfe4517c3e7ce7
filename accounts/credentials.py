"""Changes of credentials: password and second factor. Those of the email address are in ``email_changes``.

A change of the password or the second factor raises the security epoch (``accounts.security_epoch``) in the same
conditional update, so everything opened or emailed before is void and one of two concurrent changes is rejected. Other
changes apply only while the account is as it was when its password was checked.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from django.contrib.auth.hashers import make_password
from django.db import IntegrityError
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts import (
    audit,
    email_tokens,
    password_sign_in,
    passwords,
    reauthentication,
    second_factor,
    sessions,
    tasks,
    totp,
)
from accounts.backends import is_password_correct
from accounts.current_user import page_session_id
from accounts.models import User
from accounts.passkeys import assertions, challenges
from accounts.passkeys import store as passkey_store
from accounts.passkeys.services import PasskeyNotAccepted
from accounts.passkeys.verification import Credential
from accounts.security_epoch import CHANGED_MEANWHILE, raise_epoch
from streamsite.errors import Conflict, Invalid
from streamsite.mongo.retry import run_in_transaction
from streamsite.rate_limits import (
    EMAIL_LINK_ATTEMPTS,
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
    detail = gettext_lazy("Incorrect password.")


class OtpNotAccepted(Invalid):
    """The code for turning the second factor on or off is wrong. 400, for the same reason as ``WrongPassword``."""

    code = "otp_invalid"
    detail = gettext_lazy("That code is incorrect or has already been used.")


def confirm_password(request: HttpRequest, user: User, password: str) -> None:
    """Raise ``WrongPassword`` unless it is the account's, ``Throttled`` after ten failures in 15 minutes."""
    enforce(PASSWORD_CHECK, user.pk)
    with refund_on_unavailable((PASSWORD_CHECK, user.pk)):
        is_right = is_password_correct(user, password)
    if not is_right:
        raise WrongPassword(fields={"current_password": [str(WrongPassword.detail)]})
    refund(PASSWORD_CHECK, user.pk)


def confirm_owner(request: HttpRequest, user: User, password: str) -> None:
    """Raise unless it is the account's password; of an account that has none, unless a proof on the page is recent.

    Raises ``WrongPassword``, ``Throttled``, or ``ProofRequired``.
    """
    if user.has_usable_password():
        confirm_password(request, user, password)
    else:
        reauthentication.require_recent_proof(user, page_session_id(request))


def confirm_identity(
    request: HttpRequest,
    user: User,
    *,
    session_id: str | None,
    password: str,
    otp: str,
    passkey: Credential | None = None,
) -> None:
    """Accept a passkey, the password, or else a second-factor code, as a new proof of identity in this session.

    Raises ``PasskeyNotAccepted``, ``WrongPassword``, ``OtpNotAccepted``, ``Invalid`` without any, ``Throttled``, or
    ``Conflict`` if the session has ended meanwhile.
    """
    if passkey is not None:
        confirm_passkey(request, user, passkey)
    elif password:
        confirm_password(request, user, password)
    elif otp.strip():
        verify_code(request, user, otp)
    else:
        message = _("Enter your password or a two-factor code.")
        raise Invalid(message, fields={"current_password": [message]})
    if not sessions.record_proof(session_id or "", user):
        raise Conflict(CHANGED_MEANWHILE)
    audit.record("identity_confirmed", user.pk, request=request, session_id=session_id or "")


def confirm_passkey(request: HttpRequest, user: User, credential: Credential) -> None:
    """Raise ``PasskeyNotAccepted`` unless one of the account's passkeys signed, ``Throttled`` after many failures."""
    try:
        assertions.prove(request, credential, challenges.PROOF, user_id=user.pk)
    except assertions.PasskeyInvalid:
        raise PasskeyNotAccepted from None


# --- password ---


def change_password(
    request: HttpRequest, user: User, *, current_password: str, new_password: str, session_id: str | None
) -> User:
    """Set a new password; end every session except ``session_id`` and every API token.

    An account without a password gets its first one. Raises ``Conflict`` if the account was changed meanwhile,
    ``Invalid``, or what ``confirm_owner`` raises.
    """
    password_sign_in.require_open()
    try:
        confirm_owner(request, user, current_password)
    except WrongPassword:
        audit.record("password_changed", user.pk, request=request, result="wrong_password")
        raise
    if new_password == current_password:
        raise Invalid(
            _("Please fix the errors below."),
            fields={"new_password": [_("Choose a password you aren't using now.")]},
        )
    changed = _store_password(user, new_password, reason="password_changed", keep=session_id)
    audit.record("password_changed", user.pk, request=request)
    tasks.enqueue_mail("password_changed", changed)
    return changed


def request_password_reset(request: HttpRequest, address: str) -> None:
    """Email a reset link to the address's owner. Does the same work and reveals nothing if there is none."""
    password_sign_in.require_open()
    enforce(PASSWORD_RESET, throttle_key(request))
    audit.record("password_reset_asked", None, request=request)
    tasks.enqueue_reset(address)


def reset_password(request: HttpRequest, raw: str, new_password: str) -> User:
    """Set a new password by an emailed link. Ends every session, API token, and passkey.

    Raises ``email_tokens.ResetInvalid`` or ``Invalid``. The second factor stays. The link also confirms the address.
    """
    password_sign_in.require_open()
    enforce(EMAIL_LINK_ATTEMPTS, throttle_key(request))
    user = email_tokens.read_reset_token(raw)
    had_passkeys = passkey_store.count_for_user(user.pk) > 0
    try:
        user = _store_password(
            user,
            new_password,
            reason="password_reset",
            then=partial(passkey_store.delete_for_user, user.pk),
        )
    except Conflict:
        raise email_tokens.ResetInvalid from None
    _mark_verified(user)
    audit.record("password_reset", user.pk, request=request)
    if had_passkeys:
        audit.record("passkeys_removed", user.pk, request=request)
        tasks.enqueue_mail("passkeys_removed", user)
    tasks.enqueue_mail("password_changed", user)
    return user


def _store_password(
    user: User,
    password: str,
    *,
    reason: str,
    keep: str | None = None,
    then: Callable[[], object] | None = None,
) -> User:
    """Set the password and return the account. ``then`` runs in the same transaction."""
    if problems := passwords.password_problems(password, user):
        raise Invalid(_("Please fix the errors below."), fields={"new_password": problems})
    hashed = make_password(password)

    def change() -> User:
        changed = raise_epoch(user, keep=keep, reason=reason, password=hashed)
        if then is not None:
            then()
        return changed

    return run_in_transaction(change)


def _mark_verified(user: User) -> None:
    try:
        User.objects.filter(pk=user.pk, email_verified=False).update(email_verified=True)
    except IntegrityError:  # another account confirmed it first; the password is changed anyway
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
        raise OtpNotAccepted(fields={"otp": [str(OtpNotAccepted.detail)]})
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
        raise Conflict(_("Two-factor authentication is off."))
    verify_code(request, user, otp)
    codes = totp.renew_recovery_codes(user.pk)
    if codes is None:
        raise Conflict(CHANGED_MEANWHILE)
    audit.record("recovery_codes_renewed", user.pk, request=request)
    return codes


def require_code(otp: str) -> None:
    """Raise ``Invalid`` if no code was sent."""
    if not otp.strip():
        message = _("Enter a code from your authenticator app or a recovery code.")
        raise Invalid(message, fields={"otp": [message]})


def verify_code(request: HttpRequest, user: User, otp: str) -> None:
    """Consume a signed-in user's code. Raises ``OtpNotAccepted`` or ``Throttled``."""
    try:
        second_factor.use_code(request, user, otp, is_signed_in=True)
    except second_factor.OtpInvalid:
        raise OtpNotAccepted(fields={"otp": [str(OtpNotAccepted.detail)]}) from None

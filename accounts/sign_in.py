"""Sign-in: username or email and password, then the second factor if the account has one."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts import audit, password_sign_in, sanctions, totp
from accounts.backends import find_by_login, is_password_correct
from accounts.models import RegistrationState, User
from accounts.passkeys import assertions, challenges
from accounts.passkeys.verification import Credential
from accounts.second_factor import use_code
from accounts.usernames import normalize_username
from streamsite import formats
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
# Two factors: the device, and the finger, face, or PIN by which it verified its user.
PASSKEY_ONLY = ["passkey"]
PROVIDER_ONLY = ["oidc"]
# Not enough where staff must have two factors.
SINGLE_FACTORS = (PASSWORD_ONLY, PROVIDER_ONLY)


class InvalidCredentials(SiteError):
    """The one error for a wrong password and an unknown name, whether or not the account is active."""

    status, code = 401, "invalid_credentials"
    detail = gettext_lazy("Incorrect username or password.")


class AccountClosed(SiteError):
    """The password was correct; the owner closed the account and can restore it until it is deleted."""

    status, code = 401, "user_inactive"

    def __init__(self, user: User, until: datetime) -> None:
        self.user, self.until = user, until
        day = formats.day(until)
        super().__init__(
            _(
                "You closed this account. It will be permanently deleted on %(date)s. You can restore it until then."
            )
            % {"date": day}
        )

    @property
    def extra(self) -> dict[str, object]:
        """``restore_until``, for clients that offer it."""
        return {"restore_until": self.until}


class AccountSuspended(InvalidCredentials):
    """The password was correct; moderators suspended the account.

    The API responds as to a wrong password, as its contract promises for inactive accounts; the sign-in page shows
    ``page_detail``.
    """

    def __init__(self, user: User) -> None:
        super().__init__()
        self.page_detail = sanctions.suspension_sentence(user.pk)


class ApprovalPending(SiteError):
    """The password was correct; staff have not approved the account yet."""

    status, code = 403, "approval_pending"
    detail = gettext_lazy("Your account is waiting for approval. We'll email you when it's ready.")


class OtpRequired(SiteError):
    """The password was correct; the second-factor code is missing."""

    status, code = 401, "otp_required"
    detail = gettext_lazy("Enter a code from your authenticator app or a recovery code.")


def authenticate(
    request: HttpRequest, login: str, password: str, otp: str = "", passkey: Credential | None = None
) -> tuple[User, list[str]]:
    """Return the account and how it was authenticated (``amr``).

    Raises this module's errors, ``OtpInvalid``, or ``Throttled``.
    """
    user = authenticate_password(request, login, password)
    return user, verify_second_factor(request, user, otp, passkey)


def authenticate_password(request: HttpRequest, login: str, password: str) -> User:
    """Return the active account with this name and password.

    Raises what ``verify_password`` raises, and after a correct password ``AccountClosed``, ``AccountSuspended``, or
    ``ApprovalPending``.
    """
    return require_active(request, verify_password(request, login, password))


def authenticate_passkey(request: HttpRequest, credential: Credential) -> tuple[User, list[str]]:
    """Return the account that signed this browser's challenge, and how it was authenticated (``amr``).

    The authenticator has verified its user, so no code is asked. Raises ``PasskeyInvalid``, ``PasskeysUnavailable``,
    ``Throttled``, ``AccountClosed``, ``AccountSuspended``, or ``ApprovalPending``.
    """
    password_sign_in.require_open()
    proof = assertions.prove(request, credential, challenges.SIGN_IN)
    return require_active(request, proof.user), PASSKEY_ONLY


def require_active(request: HttpRequest, user: User) -> User:
    """Return the account whose owner has just proved who they are, if it is active.

    Raises ``AccountClosed``, ``AccountSuspended``, or ``ApprovalPending``.
    """
    if not user.is_active and sanctions.end_if_due(user.pk):
        user = User.objects.get(pk=user.pk)
    if not user.is_active:
        audit.record("login", user.pk, request=request, result="user_inactive")
        raise inactive_error(user)
    return user


def verify_password(request: HttpRequest, login: str, password: str) -> User:
    """Return the account with this name and password, active or not.

    Raises ``InvalidCredentials``, ``PasswordSignInClosed``, ``Throttled``, or ``Unavailable`` if too many passwords are
    being checked.

    Failures count per account and address, and per address, so a stranger's failures do not lock the owner out.
    Attempts are counted before they are checked and refunded if correct, so concurrent ones cannot slip through. The
    name as typed has a limit that responds with 429. Username and email address of one account also share a limit that
    is not shown: above it, every password counts as wrong, because a visible limit would reveal which address belongs
    to which name.
    """
    password_sign_in.require_open()
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
    """Return the error for signing in to an inactive account. Show it only after a correct password."""
    if user.is_waiting:
        return ApprovalPending()
    if user.erase_at is None:
        return AccountSuspended(user)
    if user.registration_state == RegistrationState.DECLINED:  # it has no password any more
        return InvalidCredentials()
    if user.erase_at <= timezone.now():  # about to be deleted: it cannot be restored
        return InvalidCredentials()
    return AccountClosed(user, user.erase_at)


def verify_second_factor(
    request: HttpRequest,
    user: User,
    otp: str,
    passkey: Credential | None = None,
    first: Sequence[str] = tuple(PASSWORD_ONLY),
) -> list[str]:
    """Check the code or the passkey, if one is required, and return the authentication methods (``amr``).

    ``first`` is how the account was authenticated before.

    Raises ``OtpRequired``, ``OtpInvalid``, ``PasskeyInvalid``, or ``Throttled``.
    """
    if not totp.is_enabled(user.pk):
        return list(first)
    if passkey is not None:
        assertions.prove(request, passkey, challenges.SECOND_FACTOR, user_id=user.pk)
        return [*first, *PASSKEY_ONLY]
    if not otp.strip():
        audit.record("login", user.pk, request=request, result="otp_required")
        raise OtpRequired
    return [*first, use_code(request, user, otp, is_signed_in=False)]

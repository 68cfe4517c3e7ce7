"""Signed tokens for emailed links: short-lived, void once what they refer to has changed, and never stored."""

from __future__ import annotations

from datetime import timedelta
from typing import cast

from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.tokens import PasswordResetTokenGenerator
from django.core import signing
from django.utils.translation import gettext_lazy as _

from accounts.models import User, email_key
from streamsite.errors import Invalid

EMAIL_SALT = "streamsite.accounts.email"
MAX_TOKEN_LENGTH = 600
# The emails with a link that confirms an address.
CONFIRMATIONS = {"verify", "registration_waiting"}


class ResetInvalid(Invalid):
    """The one error for a wrong, used, superseded, or expired reset link."""

    code = "reset_invalid"
    detail = _("This link has expired or was already used. Request a new one.")


class EmailLinkInvalid(Invalid):
    """The one error for a wrong, superseded, or expired confirmation link."""

    code = "link_invalid"
    detail = _("This link has expired or was already used. Request a new one in your settings.")


class ResetTokenGenerator(PasswordResetTokenGenerator):
    """Django's token generator over everything whose change voids a reset link."""

    key_salt = "streamsite.accounts.reset"

    def _make_hash_value(self, user: AbstractBaseUser, timestamp: int) -> str:
        user = cast("User", user)
        return (
            f"{user.pk}|{user.password}|{user.email_key}|{user.security_epoch}|{user.is_active}|{timestamp}"
        )


_reset_tokens = ResetTokenGenerator()


def link_lifetime(kind: str) -> timedelta | None:
    """Return how long the link in an email of ``kind`` is valid; ``None`` if it has no expiring link."""
    if kind in {"reset", "staff_reset"}:
        return timedelta(seconds=settings.PASSWORD_RESET_TIMEOUT)
    return timedelta(seconds=settings.EMAIL_LINK_SECONDS) if kind in CONFIRMATIONS else None


def is_link_valid(kind: str, user: User, to: str) -> bool:
    """Return whether a link created now for an email of ``kind`` to the address ``to`` would be accepted."""
    if kind in CONFIRMATIONS:
        return _may_confirm(user) and email_key(to) in {user.email_key, email_key(user.pending_email)}
    # A reset link belongs to the address it was requested for; a former address must not receive one.
    return user.is_active and email_key(to) == user.email_key


def _may_confirm(user: User) -> bool:
    """Return whether the account may confirm an address; those that wait for approval may, too."""
    return user.is_active or user.is_waiting


def make_reset_token(user: User) -> str:
    """Return the token of a password reset link: ``<user id>.<Django's token>``."""
    return f"{user.pk}.{_reset_tokens.make_token(user)}"


def read_reset_token(raw: str) -> User:
    """Return the account whose password the token may reset. Raises ``ResetInvalid``."""
    user_id, _, token = raw[:MAX_TOKEN_LENGTH].partition(".")
    user = User.objects.filter(pk=user_id, is_active=True).first() if user_id and token else None
    if user is None or not _reset_tokens.check_token(user, token):
        raise ResetInvalid
    return user


def make_email_token(user: User, address: str) -> str:
    """Return the token of a link that confirms ``address``."""
    return signing.dumps([user.pk, email_key(address)], salt=EMAIL_SALT)


def read_email_token(raw: str) -> tuple[User, str]:
    """Return the account and the normalized address of a token. Raises ``EmailLinkInvalid``."""
    try:
        user_id, key = signing.loads(
            raw[:MAX_TOKEN_LENGTH], salt=EMAIL_SALT, max_age=settings.EMAIL_LINK_SECONDS
        )
    except (signing.BadSignature, ValueError, TypeError):
        raise EmailLinkInvalid from None
    user = User.objects.filter(pk=user_id).first()
    if (
        user is None
        or not _may_confirm(user)
        or not key
        or key not in {user.email_key, email_key(user.pending_email)}
    ):
        raise EmailLinkInvalid
    return user, str(key)

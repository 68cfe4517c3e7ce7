"""The links that are mailed: signed, short-lived, void once what they were about has changed. None is stored."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.contrib.auth.tokens import PasswordResetTokenGenerator
from django.core import signing

from accounts.models import User, email_key
from streamsite.errors import Invalid

EMAIL_SALT = "streamsite.accounts.email"
MAX_TOKEN_LENGTH = 600


class ResetInvalid(Invalid):
    """One answer for a wrong, used, overtaken or too old reset link."""

    code = "reset_invalid"
    detail = "This link is not valid any more. Ask for a new one."


class EmailLinkInvalid(Invalid):
    """One answer for a wrong, overtaken or too old link to an address."""

    code = "link_invalid"
    detail = "This link is not valid any more. Ask for a new one in your settings."


class ResetTokenGenerator(PasswordResetTokenGenerator):
    """Django's generator over everything whose change makes a reset link void."""

    key_salt = "streamsite.accounts.reset"

    def _make_hash_value(self, user: Any, timestamp: int) -> str:
        return (
            f"{user.pk}|{user.password}|{user.email_key}|{user.security_epoch}|{user.is_active}|{timestamp}"
        )


_reset_tokens = ResetTokenGenerator()


def link_lifetime(kind: str) -> timedelta | None:
    """Return for how long the link in a mail of ``kind`` is good; ``None`` when it holds no link that ends."""
    if kind in {"reset", "staff_reset"}:
        return timedelta(seconds=settings.PASSWORD_RESET_TIMEOUT)
    return timedelta(seconds=settings.EMAIL_LINK_SECONDS) if kind == "verify" else None


def is_link_valid(kind: str, user: User, to: str) -> bool:
    """Return whether a link made now for a mail of ``kind`` to the address ``to`` would be accepted."""
    if kind == "verify":
        return user.is_active and email_key(to) in {user.email_key, email_key(user.pending_email)}
    # A reset link belongs to the address it was asked for: after a change the former one must not receive another.
    return user.is_active and email_key(to) == user.email_key


def make_reset_token(user: User) -> str:
    """What a reset link carries: ``<user id>.<Django's token>``."""
    return f"{user.pk}.{_reset_tokens.make_token(user)}"


def read_reset_token(raw: str) -> User:
    """The account that ``raw`` may give a new password. Raises ``ResetInvalid``."""
    user_id, _, token = raw[:MAX_TOKEN_LENGTH].partition(".")
    user = User.objects.filter(pk=user_id, is_active=True).first() if user_id and token else None
    if user is None or not _reset_tokens.check_token(user, token):
        raise ResetInvalid
    return user


def make_email_token(user: User, address: str) -> str:
    """What a link carries that proves that mail to ``address`` reaches the account's owner."""
    return signing.dumps([user.pk, email_key(address)], salt=EMAIL_SALT)


def read_email_token(raw: str) -> tuple[User, str]:
    """The account and the compared form of the address. Raises ``EmailLinkInvalid``."""
    try:
        user_id, key = signing.loads(
            raw[:MAX_TOKEN_LENGTH], salt=EMAIL_SALT, max_age=settings.EMAIL_LINK_SECONDS
        )
    except (signing.BadSignature, ValueError, TypeError):
        raise EmailLinkInvalid from None
    user = User.objects.filter(pk=user_id, is_active=True).first()
    if user is None or not key or key not in {user.email_key, email_key(user.pending_email)}:
        raise EmailLinkInvalid
    return user, str(key)

"""Sign-in by username or email, taking the same time whether or not the account exists."""

from __future__ import annotations

from django.conf import settings
from django.contrib.auth.backends import ModelBackend
from django.contrib.auth.hashers import make_password
from django.http import HttpRequest

from accounts.models import User, email_key
from accounts.usernames import normalize_username
from streamsite.mongo.engine import kept_documents

# How many accounts that share an unconfirmed address are emailed.
MAX_SHARED_ACCOUNTS = 5


class LoginBackend(ModelBackend):
    """Django's backend, which also accepts email addresses and bounds password length."""

    def authenticate(
        self,
        request: HttpRequest | None,
        username: str | None = None,
        password: str | None = None,
        **extra: object,
    ) -> User | None:
        """Return the active account with this username or email address and password, or ``None``."""
        login = username if username is not None else str(extra.get("login", ""))
        user = find_by_login(login)
        proved = is_password_correct(user, password or "")
        return user if proved and user is not None and self.user_can_authenticate(user) else None

    def get_user(self, user_id: str) -> User | None:
        """Return the active account of a session, as it is now: its password decides whether the session goes on."""
        with kept_documents.bypass():
            return super().get_user(user_id)


def is_password_correct(user: User | None, password: str) -> bool:
    """Return whether ``password`` is the account's, active or not; does the same work if there is no account.

    Raises ``Unavailable`` if too many passwords are being checked.
    """
    if not password or len(password) > settings.PASSWORD_MAX_LENGTH:
        return False
    if user is None or not user.has_usable_password():
        make_password(password)  # an unknown name must take as long as a wrong password
        return False
    return user.check_password(password)


def find_by_login(login: str) -> User | None:
    """Return the account with this username or email address: the one that confirmed it, else the only one."""
    if "@" not in login:
        return User.objects.filter(username=normalize_username(login.strip())).first()
    candidates = _accounts_with_email(login)
    if candidates and candidates[0].email_verified:
        return candidates[0]
    return candidates[0] if len(candidates) == 1 else None


def accounts_for_reset(address: str) -> list[User]:
    """Return the active accounts to send a reset link for ``address``: the confirmed one, else all that entered it."""
    candidates = [user for user in _accounts_with_email(address) if user.is_active]
    return candidates[:1] if candidates and candidates[0].email_verified else candidates


def _accounts_with_email(address: str) -> list[User]:
    key = email_key(address)
    if not key:
        return []
    return list(
        User.objects.filter(email_key=key).order_by("-email_verified", "created_at")[:MAX_SHARED_ACCOUNTS]
    )

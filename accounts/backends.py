"""Checking a log-in: by username or e-mail, in the same time whether or not the account exists."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib.auth.backends import ModelBackend
from django.contrib.auth.hashers import make_password
from django.http import HttpRequest

from accounts.models import User
from accounts.usernames import normalise


class LoginBackend(ModelBackend):
    """Django's backend with e-mail addresses accepted as well, and bounded passwords."""

    def authenticate(
        self,
        request: HttpRequest | None,
        username: str | None = None,
        password: str | None = None,
        **extra: Any,
    ) -> User | None:
        login = username if username is not None else str(extra.get("login", ""))
        if not login or password is None or len(password) > settings.PASSWORD_MAX_LENGTH:
            return None
        user = find_by_login(login)
        if user is None or not user.has_usable_password():
            make_password(password)  # an unknown name must take the time of a wrong password
            return None
        if user.check_password(password) and self.user_can_authenticate(user):
            return user
        return None


def find_by_login(login: str) -> User | None:
    """The account named ``login``, or with that e-mail address: verified ones first, else the only one."""
    if "@" not in login:
        return User.objects.filter(username=normalise(login.strip())).first()
    candidates = list(User.objects.filter(email=User.objects.normalize_email(login.strip()))[:20])
    verified = [user for user in candidates if user.email_verified]
    if verified:
        return verified[0]
    return candidates[0] if len(candidates) == 1 else None

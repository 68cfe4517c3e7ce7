"""What can be done to an account. Forms, the API, admin and commands call these."""

from __future__ import annotations

from typing import Any

from django.contrib.auth import authenticate
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import IntegrityError
from django.http import HttpRequest

from accounts import passwords
from accounts.models import User
from accounts.usernames import normalise, validate_username
from streamsite.errors import Invalid, SiteError
from streamsite.limits import (
    LOGIN_PER_ADDRESS,
    LOGIN_PER_USER,
    client_address,
    hit,
    refuse_when_spent,
)
from streamsite.text import clean_line, clean_text

PROFILE_FIELDS = ("full_name", "bio")


class InvalidCredentials(SiteError):
    """One answer for a wrong password, an unknown name and an inactive account."""

    status, code = 401, "invalid_credentials"
    detail = "The name or the password is not right."


def register(*, username: str, email: str, password: str, full_name: str = "") -> User:
    """A new account. Raises ``Invalid`` with every problem by field."""
    username = normalise(username)
    user = User(
        username=username, email=User.objects.normalize_email(email.strip()), full_name=clean_line(full_name)
    )
    problems: dict[str, list[str]] = {}
    try:
        validate_username(username)
    except ValidationError as error:
        problems["username"] = list(error.messages)
    try:
        validate_email(user.email)
    except ValidationError as error:
        problems["email"] = list(error.messages)
    if weak := passwords.problems(password, user):
        problems["password"] = weak
    if "username" not in problems and User.objects.filter(username=username).exists():
        problems["username"] = ["This name is taken."]
    if problems:
        raise Invalid("Some fields are not right.", fields=problems)
    user.set_password(password)
    try:
        user.save(force_insert=True)
    except IntegrityError:  # somebody else took the name since the look above
        raise Invalid("Some fields are not right.", fields={"username": ["This name is taken."]}) from None
    return user


def check_login(request: HttpRequest, login: str, password: str) -> User:
    """The account behind a name and a password. Raises ``InvalidCredentials`` or ``Throttled``.

    Failures count per account name and address, and per address; a stranger's failures do not lock the owner out.
    """
    address = client_address(request)
    per_user = f"{normalise(login.strip())[:80]}|{address}"
    refuse_when_spent(LOGIN_PER_USER, per_user)
    refuse_when_spent(LOGIN_PER_ADDRESS, address)
    user = authenticate(request, username=login, password=password)
    if not isinstance(user, User):
        hit(LOGIN_PER_USER, per_user)
        hit(LOGIN_PER_ADDRESS, address)
        raise InvalidCredentials
    return user


def update_profile(user: User, changes: dict[str, Any]) -> User:
    """Change the display name and the text about the channel."""
    if "full_name" in changes:
        user.full_name = clean_line(str(changes["full_name"]))
    if "bio" in changes:
        user.bio = clean_text(str(changes["bio"]))
    user.save(update_fields=[name for name in PROFILE_FIELDS if name in changes] or None)
    return user

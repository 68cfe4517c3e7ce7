"""What can be done to an account. Forms, the API, admin and commands call these."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import IntegrityError
from django.http import HttpRequest

from accounts import audit, passwords, tasks
from accounts.models import User
from accounts.usernames import normalise, validate_username
from streamsite.errors import Invalid
from streamsite.text import clean_line, clean_text

PROFILE_FIELDS = ("full_name", "bio")


def register(request: HttpRequest, *, username: str, email: str, password: str, full_name: str = "") -> User:
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
    audit.record("register", user.pk, request=request)
    tasks.enqueue_mail("verify", user)
    return user


def update_profile(user: User, changes: dict[str, Any]) -> User:
    """Change the display name and the text about the channel."""
    if "full_name" in changes:
        user.full_name = clean_line(str(changes["full_name"]))
    if "bio" in changes:
        user.bio = clean_text(str(changes["bio"]))
    user.save(update_fields=[name for name in PROFILE_FIELDS if name in changes] or None)
    return user

"""What can be done to an account. Forms, the API, admin and commands call these."""

from __future__ import annotations

from collections.abc import Mapping

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import IntegrityError
from django.http import HttpRequest

from accounts import audit, image_storage, passwords, tasks
from accounts.models import User
from accounts.usernames import normalize_username, validate_username
from streamsite.errors import Invalid
from streamsite.sanitize import clean_line


def create_account(
    request: HttpRequest,
    *,
    username: str,
    email: str,
    password: str,
    full_name: str = "",
    prepared: Mapping[str, Mapping[str, bytes]] | None = None,
) -> User:
    """A new account. Raises ``Invalid`` with every problem by field.

    ``prepared`` are its pictures by kind, from ``images.prepare``; no file stays when no account is made.
    """
    username = normalize_username(username)
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
    if weak := passwords.password_problems(password, user):
        problems["password"] = weak
    if "username" not in problems and User.objects.filter(username=username).exists():
        problems["username"] = ["This name is taken."]
    if problems:
        raise Invalid("Some fields are not right.", fields=problems)
    user.set_password(password)
    try:
        with image_storage.stored_images(prepared or {}) as folders:
            user.avatar, user.cover = folders.get("avatar", ""), folders.get("cover", "")
            user.save(force_insert=True)
    except IntegrityError:  # somebody else took the name since the look above
        raise Invalid("Some fields are not right.", fields={"username": ["This name is taken."]}) from None
    audit.record("register", user.pk, request=request)
    tasks.enqueue_mail("verify", user)
    return user

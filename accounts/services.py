"""Account creation."""

from __future__ import annotations

from collections.abc import Mapping

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import IntegrityError
from django.http import HttpRequest
from django.utils.translation import gettext as _

from accounts import audit, image_storage, locale, passwords, tasks
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
    """Create and return an account. Raises ``Invalid`` with field errors.

    ``prepared`` holds images by type from ``image_processing.prepare_images``; their files are deleted if no account is
    created.
    """
    username = normalize_username(username)
    user = User(
        username=username,
        email=User.objects.normalize_email(email.strip()),
        full_name=clean_line(full_name),
        preferences=locale.first_preferences(),
    )
    if problems := _problems(user, password):
        raise Invalid(_("Please fix the errors below."), fields=problems)
    user.set_password(password)
    try:
        with image_storage.stored_images(prepared or {}) as folders:
            user.avatar, user.cover = folders.get("avatar", ""), folders.get("cover", "")
            user.save(force_insert=True)
    except IntegrityError:  # the name was taken since the check above
        raise Invalid(
            _("Please fix the errors below."), fields={"username": [_("That username is taken.")]}
        ) from None
    audit.record("register", user.pk, request=request)
    tasks.enqueue_mail("verify", user)
    return user


def _problems(user: User, password: str) -> dict[str, list[str]]:
    """Return what is wrong with a new account and its password, by field."""
    problems: dict[str, list[str]] = {}
    try:
        validate_username(user.username)
    except ValidationError as error:
        problems["username"] = list(error.messages)
    try:
        validate_email(user.email)
    except ValidationError as error:
        problems["email"] = list(error.messages)
    if weak := passwords.password_problems(password, user):
        problems["password"] = weak
    if "username" not in problems and User.objects.filter(username=user.username).exists():
        problems["username"] = [_("That username is taken.")]
    return problems

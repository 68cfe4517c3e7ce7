"""Password rules and their messages."""

from __future__ import annotations

from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from accounts.models import User


def password_problems(password: str, user: User) -> list[str]:
    """Return messages about what is wrong with ``password`` for ``user``; empty if it is acceptable.

    Passwords over the length limit are rejected before any validator runs.
    """
    if len(password) > settings.PASSWORD_MAX_LENGTH:
        return [_("Use a password of up to %(limit)d characters.") % {"limit": settings.PASSWORD_MAX_LENGTH}]
    try:
        validate_password(password, user)
    except ValidationError as error:
        return list(error.messages)
    return []

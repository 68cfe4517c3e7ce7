"""Checks of accounts for ``manage.py doctor``: administrators, and the key that signs access tokens."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from django.conf import settings

from accounts import admin_reminder
from accounts.models import User
from streamsite.doctor.registry import Finding, ok, problem, register_check, warning


def check_administrators() -> Iterator[Finding]:
    """Check that there is an administrator."""
    if admin_reminder.missing_admin_reminder():
        yield warning("There is no administrator.", f"Run {admin_reminder.COMMAND}.")
        return
    count = User.objects.filter(is_superuser=True, is_active=True).count()
    yield ok("There is one administrator." if count == 1 else f"There are {count} administrators.")


def check_signing_key() -> Iterator[Finding]:
    """Check that this user can read a key that signs access tokens."""
    keys = sorted(Path(settings.TOKEN_KEYS_DIR).glob("*.pem"))
    if not keys:
        yield problem("There is no key to sign access tokens with.", "Run manage.py prepare.")
        return
    try:
        keys[-1].read_bytes()
    except OSError as error:
        yield problem(
            f"The keys that sign access tokens cannot be read ({error.strerror}).",
            f"Give {settings.TOKEN_KEYS_DIR} to the site's user, or run this as that user.",
        )
    else:
        yield ok("Access tokens can be signed.")


register_check("Accounts", check_administrators, needs_database=True)
register_check("Accounts", check_signing_key)

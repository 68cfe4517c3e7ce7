"""``manage.py createsuperuser``: Django's command, with a password check also for ``--noinput``."""

import os

from django.contrib.auth.management.commands.createsuperuser import Command as DjangoCommand
from django.core.management.base import CommandError
from django.db import IntegrityError

from accounts import passwords
from accounts.models import User

PASSWORD = "DJANGO_SUPERUSER_PASSWORD"  # noqa: S105 - the name of a variable


class Command(DjangoCommand):
    """Creates an administrator: prompts at a terminal; with ``--noinput`` the password comes from the environment."""

    help = "Create an administrator."

    def handle(self, *args: object, **options: object) -> str | None:
        """Create the administrator. Raises ``CommandError``."""
        if options["interactive"]:
            if not self.stdin.isatty():
                raise CommandError(
                    "No terminal is attached. Use one, or pass --noinput with --username and --email, and set"
                    f" {PASSWORD} in the environment."
                )
        else:
            _require_good_password(options)
        try:
            message: str | None = super().handle(*args, **options)
        except IntegrityError:
            raise CommandError("That username is taken.") from None
        return message


def _require_good_password(options: dict[str, object]) -> None:
    """Raise ``CommandError`` if the password in the environment is missing or weak."""
    given = os.environ.get(PASSWORD, "")
    if not given:
        raise CommandError(f"Set {PASSWORD}, the new administrator's password, in the environment.")
    fields = {
        name: options[name] or os.environ.get(f"DJANGO_SUPERUSER_{name.upper()}", "")
        for name in ("username", "email")
    }
    if weak := passwords.password_problems(given, User(**fields)):
        raise CommandError(f"{PASSWORD} can't be used: {' '.join(weak)}")

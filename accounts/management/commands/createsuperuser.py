"""``manage.py createsuperuser``: Django's command, with a password check also for ``--noinput``."""

import os

from django.contrib.auth.management.commands.createsuperuser import Command as DjangoCommand
from django.core.exceptions import ValidationError
from django.core.management.base import CommandError, CommandParser
from django.db import IntegrityError

from accounts import passwords
from accounts.models import User
from streamsite.management.exit_codes import ExitCode
from streamsite.management.site_command import OperatorCommand, UsageError, add_dry_run

PASSWORD = "DJANGO_SUPERUSER_PASSWORD"  # noqa: S105 - the name of a variable


class Command(OperatorCommand, DjangoCommand):
    """Creates an administrator: prompts at a terminal; with ``--noinput`` the password comes from the environment."""

    help = "Create an administrator."
    if_stopped = "No account was created. Run the command again."

    def add_arguments(self, parser: CommandParser) -> None:
        """Add Django's arguments and ``--dry-run``."""
        super().add_arguments(parser)
        add_dry_run(parser)

    def handle(self, *args: object, **options: object) -> str | None:
        """Create the administrator, or say whether that would work. Raises ``CommandError``."""
        if options["interactive"]:
            if not (self.stdin.isatty() or options["dry_run"]):
                raise UsageError(
                    "No terminal is attached. Use one, or pass --noinput with --username and --email, and set"
                    f" {PASSWORD} in the environment."
                )
        else:
            _require_good_password(options)
        if options["dry_run"]:
            self.stdout.write(_preview(options))
            return None
        try:
            message: str | None = super().handle(*args, **options)
        except IntegrityError:
            raise CommandError("That username is taken.") from None
        except SystemExit:  # Django's answer to Ctrl-C
            raise CommandError(f"Stopped. {self.if_stopped}", returncode=ExitCode.INTERRUPTED) from None
        return message


def _preview(options: dict[str, object]) -> str:
    """Return what would be done with username and email, as far as they are known. Raises ``CommandError``."""
    given = _given(options)
    missing = [name for name, value in given.items() if not value]
    if missing and not options["interactive"]:
        raise UsageError(f"You must use --{missing[0]} with --noinput.")
    try:
        # Whatever is still to be asked for cannot be wrong yet.
        User(**given).full_clean(exclude={"password", *missing})
    except ValidationError as error:
        raise CommandError(" ".join(error.messages)) from None
    asked = f"ask for {', '.join([*missing, 'password'])}, and " if options["interactive"] else ""
    named = f" {given['username']}" if given["username"] else ""
    return f"Would {asked}create the administrator{named}. Nothing was changed."


def _given(options: dict[str, object]) -> dict[str, str]:
    """Return username and email of the command line or the environment, "" where neither has one."""
    return {
        name: str(options[name] or os.environ.get(f"DJANGO_SUPERUSER_{name.upper()}", ""))
        for name in ("username", "email")
    }


def _require_good_password(options: dict[str, object]) -> None:
    """Raise ``CommandError`` if the password in the environment is missing or weak."""
    given = os.environ.get(PASSWORD, "")
    if not given:
        raise CommandError(f"Set {PASSWORD}, the new administrator's password, in the environment.")
    if weak := passwords.password_problems(given, User(**_given(options))):
        raise CommandError(f"{PASSWORD} can't be used: {' '.join(weak)}")

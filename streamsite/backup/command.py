"""The base class and arguments of the backup commands."""

from __future__ import annotations

import argparse

from django.conf import settings
from django.core.management.base import CommandError, CommandParser

from streamsite.backup import snapshots
from streamsite.backup.errors import BackupError, Busy
from streamsite.management.exit_codes import ExitCode
from streamsite.management.site_command import OperatorCommand


class BackupCommand(OperatorCommand):
    """Makes a sentence of what can go wrong with a backup."""

    def execute(self, *args: object, **options: object) -> str | None:
        """Run the command. Raises ``CommandError``."""
        try:
            return super().execute(*args, **options)
        except Busy as error:
            raise CommandError(str(error), returncode=ExitCode.NOT_BEGUN) from None
        except BackupError as error:
            raise CommandError(str(error)) from None
        except OSError as error:
            place = f": {error.filename}" if error.filename else ""
            raise CommandError(f"{error.strerror or type(error).__name__}{place}") from None


def add_target(parser: CommandParser, note: str = "where the backups are") -> None:
    """Add the place of the backups, by default ``BACKUP_TO``."""
    parser.add_argument(
        "target", nargs="?", default=settings.BACKUP_TO, metavar="DIR|s3://BUCKET/PREFIX", help=note
    )


def parts(text: str) -> tuple[str, ...]:
    """Return the parts that a command line names, in their order. Raises ``ArgumentTypeError``."""
    given = {word.strip() for word in text.split(",") if word.strip()}
    if not given or not given <= set(snapshots.PARTS):
        raise argparse.ArgumentTypeError(f"use some of {', '.join(snapshots.PARTS)}, separated by commas")
    return tuple(part for part in snapshots.PARTS if part in given)

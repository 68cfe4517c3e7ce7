"""The bases of the site's commands."""

from __future__ import annotations

from django.core.management.base import BaseCommand, CommandError, CommandParser

from streamsite import change_mark, site_id
from streamsite.management.exit_codes import ExitCode

CONTINUES = "Run the command again: it continues."
CHANGED_NOTHING = "It changes nothing, so nothing is left half done."


class UsageError(CommandError):
    """The command line asks for something that does not exist or does not go together."""

    def __init__(self, message: str) -> None:
        super().__init__(message, returncode=ExitCode.WRONG_USE)


class OperatorCommand(BaseCommand):
    """A command that ends with one of ``ExitCode``, also when somebody presses Ctrl-C.

    ``if_stopped`` is the sentence for then: what was left, and how to go on.
    """

    if_stopped = CONTINUES

    def execute(self, *args: object, **options: object) -> str | None:
        """Run the command. Raises ``CommandError``, also for Ctrl-C."""
        try:
            return super().execute(*args, **options)
        except KeyboardInterrupt:
            if self.stderr.isatty():
                self.stderr.write("")  # behind the bar, and what the terminal shows of the key
            raise CommandError(f"Stopped. {self.if_stopped}", returncode=ExitCode.INTERRUPTED) from None
        finally:
            change_mark.renew()


class SiteCommand(OperatorCommand):
    """A command that runs only when the database and the data folder are of one site."""

    def execute(self, *args: object, **options: object) -> str | None:
        """Run the command, or raise ``CommandError`` with what is wrong and what to do.

        A database that does not answer is raised as what the driver says; ``manage.py`` makes a sentence of it.
        """
        try:
            site_id.require_match()
            return super().execute(*args, **options)
        except site_id.SiteMismatch as error:
            raise CommandError(str(error)) from None


def add_dry_run(parser: CommandParser, note: str = "say what would be done, and change nothing") -> None:
    """Add ``--dry-run``."""
    parser.add_argument("--dry-run", action="store_true", help=note)

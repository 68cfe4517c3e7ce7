"""``manage.py import_folder``: import a folder or a ZIP file of this machine into an account."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import CommandError, CommandParser

from accounts.models import User
from accounts.usernames import normalize_username
from streamsite.management.site_command import SiteCommand, UsageError, add_dry_run
from takeout.imports import codes, running
from takeout.imports.errors import BadArchive
from takeout.imports.report import Report, Row
from takeout.imports.sources import FOLDER, NAMES


class PrintedReport(Report):
    """A report whose rows are printed as they come."""

    def __init__(self, command: Command) -> None:
        super().__init__()
        self._command = command

    def _keep(self, row: Row) -> None:
        said = " ".join(part for part in (row.title or row.ref, row.url) if part)
        self._command.stdout.write(f"{row.kind}: {row.state}: {said}: {codes.sentence(row.code, row.detail)}")


class Command(SiteCommand):
    """Imports videos and their descriptions without sending them through the web server."""

    help = "Import a folder (as yt-dlp writes it) or an archive into an account. Safe to interrupt and to repeat."
    if_stopped = "Run the command again: what is here already is not imported twice."

    def add_arguments(self, parser: CommandParser) -> None:
        """Add the arguments."""
        parser.add_argument("path", type=Path, help="the folder, or a ZIP file")
        parser.add_argument("--owner", required=True, help="the username of the account that gets the videos")
        parser.add_argument(
            "--source",
            choices=list(NAMES),
            default=FOLDER,
            help="the program that wrote it (default: folder)",
        )
        add_dry_run(parser, "report what would come over, and change nothing")

    def handle(
        self, *args: object, path: Path, owner: str, source: str, dry_run: bool, **options: Any
    ) -> None:
        """Import, and print what did not come over. Raises ``CommandError``."""
        user = User.objects.filter(
            username=normalize_username(owner.removeprefix("@")), is_active=True
        ).first()
        if user is None:
            raise UsageError(f"There is no active account named {owner!r}.")
        if not path.exists():
            raise UsageError(f"{path} does not exist.")
        try:
            report = running.import_archive(
                user, path, source=source, is_dry=dry_run, make_report=lambda container: PrintedReport(self)
            )
        except BadArchive as error:
            raise CommandError(f"{path}: {codes.sentence(error.code, '')}") from None
        for kind, counts in report.as_dict().items():
            said = ", ".join(f"{number} {state}" for state, number in counts.items())
            self.stdout.write(f"{kind}: {said}")
        if dry_run:
            self.stdout.write("Nothing was changed.")

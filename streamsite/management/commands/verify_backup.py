"""``manage.py verify_backup``: look whether a backup is whole. Needs no running site and no database."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import CommandError, CommandParser

from streamsite.backup import keys, snapshots, verification
from streamsite.backup.command import BackupCommand, add_target
from streamsite.backup.errors import BackupError
from streamsite.backup.places import open_target
from streamsite.backup.targets import Target
from streamsite.management.site_command import CHANGED_NOTHING, UsageError
from streamsite.progress import Progress

MAX_SHOWN = 200


class Command(BackupCommand):
    """Reads every content and compares its hash, and looks for every file that a row names. Changes nothing.

    Exits with 1 when something is missing or damaged.
    """

    help = "Verify backups: every hash, and every file that the database names."
    if_stopped = f"{CHANGED_NOTHING} A second run starts over."
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        """Add the options."""
        add_target(parser)
        parser.add_argument("--snapshot", metavar="ID", help="one snapshot only (default: all)")
        parser.add_argument(
            "--quick", action="store_true", help="compare sizes of files instead of reading them"
        )
        parser.add_argument(
            "--passphrase-file",
            type=Path,
            metavar="FILE",
            help="also decrypt the keys (default: BACKUP_PASSPHRASE)",
        )

    def handle(self, *args: object, target: str, **options: Any) -> None:
        """Verify and print what is wrong."""
        if not target:
            raise UsageError("Say where the backup is: a folder, or s3://bucket/prefix.")
        place = open_target(target)
        progress, problems = Progress.of_command(), 0
        chosen, unreadable = _choose(place, options["snapshot"])
        found = verification.verify(
            place,
            chosen,
            progress,
            passphrase=keys.read_passphrase(options["passphrase_file"]),
            is_quick=options["quick"],
        )
        for line in (*unreadable, *found):
            problems += 1
            if problems <= MAX_SHOWN:
                progress.end()
                self.stderr.write(line)
        progress.end()
        if problems:
            found_some = "1 problem was found" if problems == 1 else f"{problems} problems were found"
            raise CommandError(f"{found_some} in {place.label}.")
        whole = "1 snapshot" if len(chosen) == 1 else f"{len(chosen)} snapshots"
        self.stdout.write(f"Whole: {whole} in {place.label}.")


def _choose(target: Target, snapshot_id: str | None) -> tuple[list[snapshots.Snapshot], list[str]]:
    """Return the snapshots to verify, and sentences about those that cannot be read. Raises ``BackupError``."""
    names = [snapshot_id] if snapshot_id else snapshots.ids(target)
    if not names:
        raise BackupError(f"{target.label} has no snapshot.")
    chosen, unreadable = [], []
    for name in names:
        try:
            chosen.append(snapshots.read(target, name))
        except BackupError as error:
            if snapshot_id:
                raise
            unreadable.append(str(error))
    return chosen, unreadable

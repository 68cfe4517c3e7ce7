"""``manage.py restore``: put a backup, or parts of it, back."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management import call_command
from django.core.management.base import CommandError, CommandParser

from streamsite import site_id
from streamsite.backup import keys, preview, restoring, snapshots
from streamsite.backup.command import BackupCommand, add_target, parts
from streamsite.backup.errors import BackupError
from streamsite.backup.places import open_target
from streamsite.backup.targets import Target
from streamsite.management.site_command import UsageError, add_dry_run
from streamsite.progress import Progress


class Command(BackupCommand):
    """Restores a snapshot into an empty database and data folder, and prepares the site.

    The site must not run. Exits with 1 when something was refused, or could not be restored; run again, it continues.
    """

    help = "Restore a backup. The site must not run. Safe to interrupt and repeat."
    requires_system_checks = ()  # they want what this command brings back

    def add_arguments(self, parser: CommandParser) -> None:
        """Add the options."""
        add_target(parser)
        parser.add_argument("--snapshot", metavar="ID", help="the snapshot to restore (default: the newest)")
        parser.add_argument(
            "--only", type=parts, metavar="PARTS", help="some of db,keys,media (default: what there is)"
        )
        parser.add_argument("--replace", action="store_true", help="drop what the database holds")
        parser.add_argument(
            "--other-site",
            action="store_true",
            help="restore into a database or folder with another site's id",
        )
        parser.add_argument(
            "--passphrase-file",
            type=Path,
            metavar="FILE",
            help="the passphrase of the keys (default: BACKUP_PASSPHRASE)",
        )

        add_dry_run(parser, "make every check, say what would be written, and change nothing")

    def handle(self, *args: object, target: str, only: tuple[str, ...] | None, **options: Any) -> None:
        """Restore, and prepare the site; or say what that would do."""
        if not target:
            raise UsageError("Say where the backup is: a folder, or s3://bucket/prefix.")
        place = open_target(target)
        snapshot = _choose(place, options["snapshot"], only)
        chosen = only or snapshots.parts_of(snapshot)
        wanted = restoring.Options(
            parts=chosen,
            passphrase=keys.read_passphrase(options["passphrase_file"]) if "keys" in chosen else "",
            replace=options["replace"],
            other_site=options["other_site"],
        )
        if options["dry_run"]:
            self._preview(place, snapshot, wanted)
            return
        self.stdout.write(f"Restoring {', '.join(chosen)} of {snapshot['id']}")
        done = restoring.restore(place, snapshot, wanted, Progress.of_command())
        self._tell(chosen, done)
        if "db" in chosen:
            self._prepare()
        if done.failed:
            raise CommandError(
                f"{len(done.failed)} files are damaged in the backup and were not restored. See the lines above."
            )

    def _preview(self, place: Target, snapshot: snapshots.Snapshot, wanted: restoring.Options) -> None:
        lines = list(preview.describe_restore(place, snapshot, wanted, Progress.of_command()))
        self.stdout.write(f"Would restore {', '.join(wanted.parts)} of {snapshot['id']}.")
        for line in lines:
            self.stdout.write(line)
        self.stdout.write("Nothing was changed.")

    def _tell(self, chosen: tuple[str, ...], done: restoring.Result) -> None:
        if "keys" in chosen:
            self.stdout.write(f"keys: {done.keys} written")
        if "db" in chosen:
            self.stdout.write(f"database: {done.documents:,} documents")
        if "media" in chosen:
            self.stdout.write(f"files: {done.files:,}, of which {done.written:,} were not there")
        for line in done.failed or ():
            self.stderr.write(line)

    def _prepare(self) -> None:
        """Migrate and create indexes, where database and files belong together now."""
        try:
            site_id.require_match()
        except site_id.SiteMismatch as error:
            self.stdout.write(f"Not prepared yet: {error}")
            return
        call_command("prepare", demo=False, setup_link=False, stdout=self.stdout, stderr=self.stderr)
        self.stdout.write("The site is prepared. Start it.")


def _choose(target: Target, snapshot_id: str | None, only: tuple[str, ...] | None) -> snapshots.Snapshot:
    """Return the named snapshot, or the newest with the parts that are wanted. Raises ``BackupError``."""
    if snapshot_id:
        return snapshots.read(target, snapshot_id)
    wanted = set(only or ("db", "media"))
    found = [snapshots.read(target, one) for one in reversed(snapshots.ids(target))]
    for snapshot in found:
        if wanted <= set(snapshots.parts_of(snapshot)):
            return snapshot
    if found and not only:
        return found[0]
    raise BackupError(f"{target.label} has no snapshot with {', '.join(sorted(wanted))}.")

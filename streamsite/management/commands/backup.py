"""``manage.py backup``: the database, the keys and the files, into a folder or a bucket."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import CommandParser

from streamsite.backup import creation, keys, preview, record_store, snapshots
from streamsite.backup.command import BackupCommand, add_target, parts
from streamsite.backup.places import open_target
from streamsite.backup.targets import Target
from streamsite.management.site_command import SiteCommand, UsageError
from streamsite.progress import Progress, format_bytes


class Command(BackupCommand, SiteCommand):
    """Makes a backup while the site runs. What an interrupted run has copied is kept and not copied again.

    Exits with 0 when the backup is complete, 1 when it is not, 3 when another one is being made.
    """

    help = "Back up the database, the keys and the files. The site may run. Safe to interrupt and repeat."

    def add_arguments(self, parser: CommandParser) -> None:
        """Add the options."""
        add_target(parser, "where the backups are (default: BACKUP_TO)")
        parser.add_argument(
            "--only", type=parts, default=snapshots.PARTS, metavar="PARTS", help="some of db,keys,media"
        )
        parser.add_argument(
            "--keep",
            type=int,
            default=0,
            metavar="N",
            help="remove all but the newest N snapshots afterwards",
        )
        parser.add_argument(
            "--passphrase-file",
            type=Path,
            metavar="FILE",
            help="encrypt the keys with the passphrase in FILE (default: BACKUP_PASSPHRASE)",
        )
        parser.add_argument(
            "--thorough",
            action="store_true",
            help="read every file, also those with the size and time of before",
        )
        what = parser.add_mutually_exclusive_group()
        what.add_argument("--dry-run", action="store_true", help="say what would be copied; write nothing")
        what.add_argument(
            "--list", action="store_true", help="list the snapshots and the last backup; write nothing"
        )

    def handle(self, *args: object, target: str, **options: Any) -> None:
        """Make a backup, or say what one would do."""
        place = self.open_place(target)
        if options["list"]:
            self._list(place)
        elif options["dry_run"]:
            for line in preview.describe(place, options["only"]):
                self.stdout.write(line)
            self.stdout.write("Nothing was written.")
        else:
            self._make(place, **options)

    def open_place(self, target: str) -> Target:
        """Return the target. Raises ``CommandError`` when there is none."""
        if not target:
            raise UsageError("Say where the backup goes: a folder, or s3://bucket/prefix. Or set BACKUP_TO.")
        return open_target(target)

    def _make(self, place: Target, *, only: tuple[str, ...], keep: int, **options: Any) -> None:
        if keep < 0:
            raise UsageError("--keep needs a number of at least 1.")
        wanted = creation.Options(
            parts=only,
            passphrase=keys.read_passphrase(options["passphrase_file"]) if "keys" in only else "",
            keep=keep,
            is_thorough=options["thorough"],
        )
        self._tell(place, creation.create(place, wanted, Progress.of_command()))

    def _tell(self, place: Target, made: creation.Result) -> None:
        snapshot = made.snapshot
        if database := snapshot["db"]:
            self.stdout.write(
                f"database: {database['documents']:,} documents in {len(database['collections'])} collections,"
                f" {format_bytes(database['bytes'])}"
            )
        if media := snapshot["media"]:
            self.stdout.write(
                f"files: {media['files']:,}, {format_bytes(media['bytes'])},"
                f" of which {format_bytes(made.copied)} were new"
            )
        if kept := snapshot["keys"]:
            self.stdout.write(
                f"keys: {kept['files']}, {'encrypted' if kept['is_encrypted'] else 'not encrypted'}"
            )
            if not (Path(settings.KEYS_DIR) / "secret_key").is_file():
                self.stdout.write(
                    "SECRET_KEY is not in the keys folder, so it is not in the backup: keep it yourself."
                )
        if made.removed.snapshots:
            self.stdout.write(
                f"removed: {len(made.removed.snapshots)} old snapshots, {made.removed.objects:,} contents"
            )
        self.stdout.write(f"Snapshot {snapshot['id']} is complete in {place.label}.")

    def _list(self, place: Target) -> None:
        for snapshot_id in snapshots.ids(place):
            found = snapshots.read(place, snapshot_id)
            sizes = [part["bytes"] for part in (found["db"], found["media"]) if part]
            self.stdout.write(
                f"{snapshot_id}  {','.join(snapshots.parts_of(found))}  {format_bytes(sum(sizes))}"
                f"  version {found['version']}"
            )
        if failure := record_store.last_failure():
            self.stdout.write(
                f"The last scheduled backup failed at {failure[0]:%Y-%m-%d %H:%M} UTC: {failure[1]}"
            )
        if last := record_store.last_backup():
            self.stdout.write(
                f"The site's last backup, {last.snapshot}, was complete at {last.finished_at:%Y-%m-%d %H:%M} UTC."
            )

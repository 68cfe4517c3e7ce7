"""``manage.py sweep``: remove orphan files and rows, list them, empty the trash, or restore from it."""

from django.conf import settings
from django.core.management.base import CommandError, CommandParser

from streamsite import trash
from streamsite.management.site_command import SiteCommand
from videos import tasks
from videos.files import bucket
from videos.processing import bucket_cleanup, cleanup


class Command(SiteCommand):
    """Runs the periodic sweep now and prints what it found. Exits with status 1 when something was left in place."""

    help = (
        "Move files without a video to the trash, remove drafts without an upload and expired uploads, "
        "queue forgotten videos."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Add the options."""
        what = parser.add_mutually_exclusive_group()
        what.add_argument(
            "--dry-run",
            action="store_true",
            help="list what would be moved or deleted without changing anything",
        )
        what.add_argument(
            "--force", action="store_true", help="allow moving more than 5%% or 20 of a kind at once"
        )
        what.add_argument(
            "--empty-trash", action="store_true", help="permanently delete everything in the trash now"
        )
        what.add_argument(
            "--restore",
            nargs="*",
            metavar="NAME",
            help="restore files from the trash: by video ID or date, or all",
        )

    def handle(
        self,
        *args: object,
        restore: list[str] | None,
        empty_trash: bool,
        dry_run: bool,
        force: bool,
        **options: object,
    ) -> None:
        """Sweep, list, empty or restore."""
        if restore is not None:
            self._restore(restore)
        elif empty_trash:
            self._empty()
        elif dry_run:
            self._look()
        else:
            self._sweep(force=force)

    def _sweep(self, *, force: bool) -> None:
        reports = [tasks.run_sweep(force=force)]
        if bucket.is_configured():
            reports.append(bucket_cleanup.sweep_bucket(force=force))
        for report in reports:
            for name, count in report.found.items():
                self.stdout.write(f"{name.replace('_', ' ')}: {count}")
        self._end(reports)

    def _look(self) -> None:
        reports = [cleanup.preview()]
        if bucket.is_configured():
            reports.append(bucket_cleanup.sweep_bucket(is_dry=True))
        listed = [line for report in reports for line in report.listed]
        for line in listed:
            self.stdout.write(line)
        self.stdout.write(f"{len(listed)} files and folders listed. Nothing was changed.")
        self._end(reports)

    def _empty(self) -> None:
        count = trash.empty(everything=True)
        self.stdout.write(f"days of trash deleted: {count}")
        if bucket.is_configured():
            report = bucket_cleanup.sweep_bucket(empty_trash=True)
            self.stdout.write(f"bucket folders: {report.found['bucket_folders']}")
            self._end([report])

    def _restore(self, names: list[str]) -> None:
        back, kept = trash.restore(names)
        for path in back:
            self.stdout.write(str(path.relative_to(settings.DATA_DIR)))
        self.stdout.write(f"{len(back)} files restored")
        if kept:
            raise CommandError(
                f"{len(kept)} files stay in the trash because other files are in their place, starting with {kept[0]}."
                " Move those away and run the command again."
            )
        if names and not back:
            raise CommandError(
                f"The trash of {settings.DATA_DIR} has no file of {', '.join(names)}. Check its `trash` folder."
            )

    @staticmethod
    def _end(reports: list[cleanup.CleanupReport]) -> None:
        refused = [sentence for report in reports for sentence in report.refused]
        if refused:
            raise CommandError("\n".join(refused))

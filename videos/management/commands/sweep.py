"""``manage.py sweep``: remove orphan files and rows, list them, empty the trash, or restore from it."""

from django.conf import settings
from django.core.management.base import CommandError, CommandParser

from streamsite import trash
from streamsite.management.site_command import SiteCommand, add_dry_run
from streamsite.progress import Progress
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
        add_dry_run(parser, "list what would be moved, deleted or restored, and change nothing")
        what = parser.add_mutually_exclusive_group()
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
            self._restore(restore, is_dry=dry_run)
        elif empty_trash:
            self._preview_empty() if dry_run else self._empty()
        elif dry_run:
            self._look(force=force)
        else:
            self._sweep(force=force)

    def _sweep(self, *, force: bool) -> None:
        progress = Progress.of_command()
        with progress.ticking("sweeping"):
            reports = [tasks.run_sweep(force=force)]
        if bucket.is_configured():
            with progress.ticking("sweeping the bucket"):
                reports.append(bucket_cleanup.sweep_bucket(force=force))
        for report in reports:
            for name, count in report.found.items():
                self.stdout.write(f"{name.replace('_', ' ')}: {count}")
        self._end(reports)

    def _look(self, *, force: bool) -> None:
        reports = [cleanup.preview(force=force)]
        if bucket.is_configured():
            reports.append(bucket_cleanup.sweep_bucket(is_dry=True, force=force))
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

    def _preview_empty(self) -> None:
        folders = [folder for _, folder in trash.dated_folders()]
        for folder in folders:
            self.stdout.write(f"{folder.relative_to(settings.DATA_DIR)}: would be deleted for good")
        reports = []
        if bucket.is_configured():
            reports.append(bucket_cleanup.sweep_bucket(is_dry=True, empty_trash=True))
        for line in [line for report in reports for line in report.listed]:
            self.stdout.write(line)
        self.stdout.write(f"{len(folders)} days of trash. Nothing was changed.")
        self._end(reports)

    def _restore(self, names: list[str], *, is_dry: bool) -> None:
        back, kept = trash.restore(names, is_dry=is_dry)
        for path in back:
            self.stdout.write(str(path.relative_to(settings.DATA_DIR)))
        self.stdout.write(
            f"{len(back)} files would be restored. Nothing was changed."
            if is_dry
            else f"{len(back)} files restored"
        )
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

"""``manage.py site_id``: check whether database, data folder and bucket belong together."""

from pathlib import Path

from django.conf import settings
from django.core.management.base import CommandError, CommandParser

from streamsite import site_id
from streamsite.management.exit_codes import ExitCode
from streamsite.management.site_command import OperatorCommand, UsageError, add_dry_run
from videos.files import bucket, bucket_site


class Command(OperatorCommand):
    """Prints the site's id, or the mismatch with exit status 1; ``--adopt`` declares that they belong together."""

    help = "Check that the database, the data folder, and the bucket belong to the same site."

    def add_arguments(self, parser: CommandParser) -> None:
        """Add the option ``--adopt``."""
        parser.add_argument(
            "--adopt",
            action="store_true",
            help="mark them as belonging together with a new ID; copies with the old ID are then rejected",
        )
        add_dry_run(parser, "with --adopt: say what would be marked, and change nothing")

    def handle(self, *args: object, adopt: bool, dry_run: bool, **options: object) -> None:
        """Print or adopt the site's id."""
        name = str(settings.DATABASES["default"]["NAME"])
        if dry_run and not adopt:
            raise UsageError("Without --adopt this command changes nothing.")
        try:
            if dry_run:
                self._preview(name)
                return
            if adopt:
                site_id.adopt()
                if bucket.is_configured():
                    bucket_site.adopt_prefix()
            site = site_id.current_site_id()
            if bucket.is_configured():
                bucket_site.require_own_prefix(again=True)
        except (site_id.SiteMismatch, bucket.BucketUnavailable) as error:
            raise CommandError(str(error)) from None
        except site_id.CONNECTION_ERRORS as error:
            raise CommandError(
                f"The database does not answer ({error.__class__.__name__}). Check MONGODB_URI.",
                returncode=ExitCode.NOT_BEGUN,
            ) from None
        self.stdout.write(f"site {site}: the database {name!r} and the data folder {settings.DATA_DIR}")
        if bucket.is_configured():
            self.stdout.write(f"and the bucket {settings.S3_BUCKET!r}, prefix {settings.S3_PREFIX!r}")

    def _preview(self, name: str) -> None:
        """Say which ids ``--adopt`` would replace."""
        found = [
            (f"the database {name!r}", site_id.read_database_id()),
            (f"the data folder {settings.DATA_DIR}", _folder_id()),
        ]
        if bucket.is_configured():
            found.append((f"the bucket {settings.S3_BUCKET!r}", bucket.connect().site()))
        for place, former in found:
            self.stdout.write(f"Would mark {place} with a new id{f' instead of {former}' if former else ''}.")
        self.stdout.write("Nothing was changed.")


def _folder_id() -> str:
    try:
        return site_id.read_folder_id(Path(settings.MEDIA_ROOT))
    except site_id.SiteMismatch:  # a damaged file
        return ""

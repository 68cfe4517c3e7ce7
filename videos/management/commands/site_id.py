"""``manage.py site_id``: check whether database, data folder and bucket belong together."""

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from streamsite import site_id
from videos.files import bucket, bucket_site


class Command(BaseCommand):
    """Prints the site's id, or the mismatch with exit status 1; ``--adopt`` declares that they belong together."""

    help = "Check that the database, the data folder, and the bucket belong to the same site."

    def add_arguments(self, parser: CommandParser) -> None:
        """Add the option ``--adopt``."""
        parser.add_argument(
            "--adopt",
            action="store_true",
            help="mark them as belonging together with a new ID; copies with the old ID are then rejected",
        )

    def handle(self, *args: object, adopt: bool, **options: object) -> None:
        """Print or adopt the site's id."""
        name = settings.DATABASES["default"]["NAME"]
        try:
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
                f"The database does not answer ({error.__class__.__name__}). Check MONGODB_URI."
            ) from None
        self.stdout.write(f"site {site}: the database {name!r} and the data folder {settings.DATA_DIR}")
        if bucket.is_configured():
            self.stdout.write(f"and the bucket {settings.S3_BUCKET!r}, prefix {settings.S3_PREFIX!r}")

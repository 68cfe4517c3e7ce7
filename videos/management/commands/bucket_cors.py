"""``manage.py bucket_cors``: print or apply the bucket's CORS rule."""

import json

from django.core.management.base import CommandError, CommandParser

from streamsite.management.site_command import OperatorCommand, UsageError, add_dry_run
from videos.files import bucket


class Command(OperatorCommand):
    """Prints the rule in the form that ``aws s3api put-bucket-cors`` accepts, or applies it."""

    help = "Print the CORS rule that the bucket needs; with --apply, add it to the bucket's rules."

    def add_arguments(self, parser: CommandParser) -> None:
        """Add the options ``--apply`` and ``--dry-run``."""
        parser.add_argument("--apply", action="store_true", help="add the rule and keep the others")
        add_dry_run(parser, "with --apply: say whether the rule would be added, and change nothing")

    def handle(self, *args: object, apply: bool, dry_run: bool, **options: object) -> None:
        """Print or apply the rule."""
        if dry_run and not apply:
            raise UsageError("Without --apply this command changes nothing.")
        if not apply:
            self.stdout.write(json.dumps({"CORSRules": [bucket.cors_rule()]}, indent=2))
            return
        try:
            added = bucket.connect().allow_pages(bucket.cors_rule(), is_dry=dry_run)
        except (bucket.BucketUnavailable, FileNotFoundError):
            raise CommandError("The bucket didn't respond or denied the request. See the log.") from None
        done = "would be added" if dry_run else "added"
        self.stdout.write(f"CORS rule for pages that play videos: {done if added else 'already present'}")

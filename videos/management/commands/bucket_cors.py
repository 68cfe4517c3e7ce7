"""``manage.py bucket_cors``: print or apply the bucket's CORS rule."""

import json

from django.core.management.base import BaseCommand, CommandError, CommandParser

from videos.files import bucket


class Command(BaseCommand):
    """Prints the rule in the form that ``aws s3api put-bucket-cors`` accepts, or applies it."""

    help = "Print the CORS rule that the bucket needs; with --apply, add it to the bucket's rules."

    def add_arguments(self, parser: CommandParser) -> None:
        """Add the option ``--apply``."""
        parser.add_argument("--apply", action="store_true", help="add the rule and keep the others")

    def handle(self, *args: object, apply: bool, **options: object) -> None:
        """Print or apply the rule."""
        if not apply:
            self.stdout.write(json.dumps({"CORSRules": [bucket.cors_rule()]}, indent=2))
            return
        try:
            added = bucket.connect().allow_pages(bucket.cors_rule())
        except (bucket.BucketUnavailable, FileNotFoundError):
            raise CommandError("The bucket didn't respond or denied the request. See the log.") from None
        self.stdout.write(f"CORS rule for pages that play videos: {'added' if added else 'already present'}")

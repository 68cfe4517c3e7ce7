"""``manage.py bucket_cors``: what the bucket has to allow the site's pages."""

import json
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from videos import bucket


class Command(BaseCommand):
    """Prints the rule in the form that ``aws s3api put-bucket-cors`` takes, or sets it."""

    help = "Print the CORS rule that the bucket needs; with --apply, add it to the bucket's rules."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--apply", action="store_true", help="add the rule; those that are there stay")

    def handle(self, *args: Any, **options: Any) -> None:
        origin = settings.SITE_URL
        if not options["apply"]:
            self.stdout.write(json.dumps({"CORSRules": [bucket.cors_rule(origin)]}, indent=2))
            return
        try:
            added = bucket.connect().allow_pages_of(origin)
        except (bucket.BucketUnavailable, FileNotFoundError):
            raise CommandError("The bucket does not answer, or refuses: the log says why.") from None
        self.stdout.write(f"pages of {origin} may read: {'added' if added else 'was there'}")

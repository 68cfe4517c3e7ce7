"""``manage.py rotate_signing_key``."""

from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser

from accounts.signing_keys import create_key


class Command(BaseCommand):
    """Creates a new token signing key. Tokens of older keys stay valid until those files are removed."""

    help = "Create a new signing key. Restart the site to use it, and remove old files once their tokens have expired."

    def add_arguments(self, parser: CommandParser) -> None:
        """Add ``--if-missing``."""
        parser.add_argument("--if-missing", action="store_true", help="do nothing if a key exists")

    def handle(self, *args: object, **options: object) -> None:
        """Create the key."""
        folder = Path(settings.TOKEN_KEYS_DIR)
        if options["if_missing"] and any(folder.glob("*.pem")):
            return
        self.stdout.write(f"Created signing key {create_key(folder)}.")

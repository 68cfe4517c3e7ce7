"""``manage.py rotate_signing_key``."""

from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser

from accounts.signing_keys import LEAD_SECONDS, create_key, remove_retired_keys


class Command(BaseCommand):
    """Creates the next token signing key and deletes keys whose last token has expired."""

    help = (
        f"Create the next signing key. It is published at once and signs after {LEAD_SECONDS // 60} minutes, without a "
        "restart. Keys whose last token has expired are deleted."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Add ``--if-missing`` and ``--compromised``."""
        parser.add_argument("--if-missing", action="store_true", help="do nothing if a key exists")
        parser.add_argument(
            "--compromised",
            action="store_true",
            help="delete all other keys now: the new one signs within seconds, and everyone has to sign in again",
        )

    def handle(self, *args: object, **options: object) -> None:
        """Create the key and delete those that are over."""
        folder = Path(settings.TOKEN_KEYS_DIR)
        present = sorted(folder.glob("*.pem"))
        if options["if_missing"] and present:
            return
        self.stdout.write(f"Created signing key {create_key(folder)}.")
        if options["compromised"]:
            for path in present:
                path.unlink()
            removed = [path.stem for path in present]
        else:
            removed = remove_retired_keys(folder)
        for kid in removed:
            self.stdout.write(f"Deleted signing key {kid}.")

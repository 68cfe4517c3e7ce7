"""``manage.py rotate_signing_key``."""

from pathlib import Path

from django.conf import settings
from django.core.management.base import CommandParser

from accounts.signing_keys import LEAD_SECONDS, create_key, remove_retired_keys, retired_keys
from streamsite.management.site_command import OperatorCommand, add_dry_run


class Command(OperatorCommand):
    """Creates the next token signing key and deletes keys whose last token has expired."""

    help = (
        f"Create the next signing key. It is published at once and signs after {LEAD_SECONDS // 60} minutes, without a "
        "restart. Keys whose last token has expired are deleted."
    )
    if_stopped = (
        "Look at the keys folder: a second run creates another key. Keys are written whole or not at all."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Add ``--if-missing``, ``--compromised`` and ``--dry-run``."""
        parser.add_argument("--if-missing", action="store_true", help="do nothing if a key exists")
        parser.add_argument(
            "--compromised",
            action="store_true",
            help="delete all other keys now: the new one signs within seconds, and everyone has to sign in again",
        )
        add_dry_run(parser)

    def handle(self, *args: object, **options: object) -> None:
        """Create the key and delete those that are over, or say what that would do."""
        folder = Path(settings.TOKEN_KEYS_DIR)
        present = sorted(folder.glob("*.pem"))
        if options["if_missing"] and present:
            if options["dry_run"]:
                self.stdout.write("A signing key exists. Nothing would be changed.")
            return
        if options["dry_run"]:
            self._preview(
                folder, [path.stem for path in present] if options["compromised"] else retired_keys(folder)
            )
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

    def _preview(self, folder: Path, removed: list[str]) -> None:
        self.stdout.write(f"Would create a signing key in {folder}.")
        for kid in removed:
            self.stdout.write(f"Would delete signing key {kid}.")
        self.stdout.write("Nothing was changed.")

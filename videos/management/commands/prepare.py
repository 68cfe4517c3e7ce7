"""``manage.py prepare``: everything between an empty database and a first request."""

import secrets
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandParser

from accounts import pictures
from accounts.models import User
from streamsite import folders
from streamsite.mongo import indexes
from videos import tasks
from videos.library import documents

DEMO_ACCOUNTS = (
    ("demo", "Demo", False),
    ("demoadmin", "Demo Administrator", True),
    ("northlight", "Northlight Films", False),
)


class Command(BaseCommand):
    """Migrates, creates indexes, folders, the signing key and, unless told otherwise, demo accounts.

    Pictures that a killed process left without an account are removed; what search knows is made anew by a worker when
    an update gave it another shape.
    """

    help = "Prepare the database and the data folder. Safe to repeat."
    requires_system_checks = ()  # they want the folders that this command makes

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--no-demo", dest="demo", action="store_false")

    def handle(self, *args: Any, **options: Any) -> None:
        folders.make()
        call_command("rotate_signing_key", if_missing=True, stdout=self.stdout)
        call_command("migrate", verbosity=0, interactive=False)
        indexes.ensure()
        pictures.sweep()
        if documents.is_outdated():
            tasks.rebuild_search.enqueue()
        if options["demo"]:
            self._demo_accounts()

    def _demo_accounts(self) -> None:
        """Accounts to try the site with. Their password is random and kept in the data folder."""
        kept = Path(settings.KEYS_DIR) / "demo_password"
        if kept.is_file():
            return
        password = "-".join(secrets.token_hex(2) for _ in range(3))
        for username, name, is_admin in DEMO_ACCOUNTS:
            if not User.objects.filter(username=username).exists():
                User.objects.create_user(
                    username,
                    f"{username}@example.org",
                    password,
                    full_name=name,
                    is_staff=is_admin,
                    is_superuser=is_admin,
                )
        kept.touch(mode=0o600)
        kept.write_text(password, encoding="utf-8")

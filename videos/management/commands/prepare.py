"""``manage.py prepare``: everything between an empty database and a first request."""

import secrets
import stat
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone

from accounts import pictures
from accounts.models import User
from streamsite.mongo import indexes
from streamsite.tasks.backend import enqueue_once
from streamsite.tasks.reconcile import reconcile_counters
from videos import tasks
from videos.library import documents

MEND_AFTER = timedelta(minutes=15)
DEMO_ACCOUNTS = (
    ("demo", "Demo", False),
    ("demoadmin", "Demo Administrator", True),
    ("northlight", "Northlight Films", False),
)


# A web server in front that is in the site's group reads media and assets, and nobody outside the group anything.
FOLDERS = (
    (settings.DATA_DIR, 0o750),
    (settings.MEDIA_ROOT, 0o750),
    (settings.ASSETS_DIR, 0o750),
    (Path(settings.KEYS_DIR), 0o700),
    (settings.WORK_DIR, 0o700),
    (Path(settings.FILE_UPLOAD_TEMP_DIR), 0o700),
    (settings.EMAIL_FILE_PATH, 0o700),
)


def _set_mode(folder: Path, mode: int) -> None:
    """Set the permissions and keep what else is set, such as the bit by which new files get the folder's group."""
    present = folder.stat().st_mode
    if stat.S_IMODE(present) & 0o777 == mode:
        return
    try:
        folder.chmod(stat.S_IMODE(present) & 0o7000 | mode)
    except OSError:  # a mounted folder of somebody else, or one that is read-only: theirs to close
        return


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
        for folder, mode in FOLDERS:
            folder.mkdir(parents=True, exist_ok=True)
            _set_mode(folder, mode)
        call_command("rotate_signing_key", if_missing=True, stdout=self.stdout)
        call_command("migrate", verbosity=0, interactive=False)
        indexes.ensure()
        pictures.sweep()
        if documents.is_outdated():
            tasks.rebuild_search.enqueue()
        # What processes of the previous release still write is mended once they have ended.
        later = timezone.now() + MEND_AFTER
        enqueue_once(reconcile_counters.using(run_after=later), "reconcile:prepared")
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

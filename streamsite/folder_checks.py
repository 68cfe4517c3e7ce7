"""System checks of the data folder's permissions, which no start changes."""

from __future__ import annotations

from pathlib import Path

from django.conf import settings
from django.core.checks import CheckMessage, Tags, Warning, register  # noqa: A004 - Django's own name


@register(Tags.security)
def check_folder_modes(**extra: object) -> list[CheckMessage]:
    """Check the permissions of existing folders, which no start changes."""
    found: list[CheckMessage] = []
    if is_open := [folder.name for folder in _of_secrets() if _lets_others_in(folder)]:
        found.append(
            Warning(
                f"Other users of this machine can enter folders that hold secrets: {', '.join(is_open)}.",
                hint=f"In {settings.DATA_DIR}: chmod o-rwx {' '.join(is_open)}",
                id="streamsite.W032",
            )
        )
    read_by_front = [Path(folder) for folder in (settings.DATA_DIR, settings.MEDIA_ROOT, settings.ASSETS_DIR)]
    closed = [folder for folder in read_by_front if folder.is_dir() and not folder.stat().st_mode & 0o011]
    if settings.MEDIA_ACCEL_PREFIX and not settings.BEHIND_FRONT and closed:
        found.append(
            Warning(
                "MEDIA_ACCEL_PREFIX is set, and only the site's own user can enter folders that the web server in "
                f"front reads: {', '.join(str(folder) for folder in closed)}.",
                hint="chmod g+rx on them, and add the web server's user to the site's group (docs/operations.md).",
                id="streamsite.W033",
            )
        )
    return found


def _of_secrets() -> list[Path]:
    inner = ("keys", "db", "run", "logs", "work", "mail", "trash", "tls")
    return [Path(settings.DATA_DIR) / name for name in inner]


def _lets_others_in(folder: Path) -> bool:
    return folder.is_dir() and all(place.stat().st_mode & 0o001 for place in (folder, folder.parent))

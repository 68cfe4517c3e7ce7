"""The folders of the data folder. Every process makes those that are missing at its start."""

from __future__ import annotations

import stat
from contextlib import suppress
from pathlib import Path

from django.conf import settings


def wanted() -> tuple[tuple[Path, int], ...]:
    """Return each folder with its permissions.

    A web server in front that is in the site's group reads media and assets, and nobody outside the group anything.
    """
    return (
        (Path(settings.DATA_DIR), 0o750),
        (Path(settings.MEDIA_ROOT), 0o750),
        (Path(settings.ASSETS_DIR), 0o750),
        (Path(settings.KEYS_DIR), 0o700),
        (Path(settings.WORK_DIR), 0o700),
        (Path(settings.WORK_DIR) / "uploads", 0o700),
        (Path(settings.FILE_UPLOAD_TEMP_DIR), 0o700),
        (Path(settings.EMAIL_FILE_PATH), 0o700),
    )


def make() -> None:
    """Make missing folders with their permissions, and leave the others alone. Raises ``OSError``."""
    for folder, mode in wanted():
        if not folder.is_dir():
            folder.mkdir(parents=True, exist_ok=True)
            set_mode(folder, mode)


def make_if_possible() -> None:
    """Make missing folders where that is allowed; what needs one that is still missing says so itself."""
    with suppress(OSError):
        make()


def set_modes() -> None:
    """Set the permissions of all folders, those of earlier versions included."""
    for folder, mode in wanted():
        set_mode(folder, mode)


def set_mode(folder: Path, mode: int) -> None:
    """Set the permissions and keep what else is set, such as the bit by which new files get the folder's group."""
    present = folder.stat().st_mode
    if stat.S_IMODE(present) & 0o777 == mode:
        return
    # A mounted folder of somebody else, or one that is read-only: theirs to close.
    with suppress(OSError):
        folder.chmod(stat.S_IMODE(present) & 0o7000 | mode)

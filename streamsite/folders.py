"""The folders of the data folder, made with the permissions that fit what they hold.

The supervisor creates some before there are settings; ``required_folders`` and what uses it need them.
"""

from __future__ import annotations

import stat
from contextlib import suppress
from pathlib import Path

from django.conf import settings

# Members of the site's group may read, such as a web server in front that sends media itself.
SHARED = 0o750
# Nobody but the site's own user.
PRIVATE = 0o700
# False in a process that shows something and changes nothing.
may_create = True


def required_folders() -> tuple[tuple[Path, int], ...]:
    """Return each folder with the permissions that it is made with."""
    return (
        (Path(settings.DATA_DIR), SHARED),
        (Path(settings.MEDIA_ROOT), SHARED),
        (Path(settings.ASSETS_DIR), SHARED),
        (Path(settings.KEYS_DIR), PRIVATE),
        (Path(settings.WORK_DIR), PRIVATE),
        (Path(settings.WORK_DIR) / "uploads", PRIVATE),
        (Path(settings.FILE_UPLOAD_TEMP_DIR), PRIVATE),
        (Path(settings.EMAIL_FILE_PATH), PRIVATE),
    )


def create_missing() -> None:
    """Make missing folders, and leave the others alone. Raises ``OSError``."""
    for folder, mode in required_folders():
        create(folder, mode)


def create_missing_if_possible() -> None:
    """Make missing folders where that is allowed; what needs one that is still missing says so itself."""
    if not may_create:
        return
    with suppress(OSError):
        create_missing()


def create(folder: Path, mode: int) -> None:
    """Create ``folder`` with the permissions ``mode``, whatever the umask.

    An existing folder is left alone: its permissions, owner and group are the operator's choice. A new one keeps what
    it gets from its parent, such as the bit by which files get the folder's group.
    """
    try:
        folder.mkdir(mode=mode, parents=True)
    except FileExistsError:
        if folder.is_dir():
            return
        raise
    folder.chmod(stat.S_IMODE(folder.stat().st_mode) & 0o7000 | mode)

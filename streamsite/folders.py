"""Folders of the data folder, made with the permissions that fit what they hold."""

from __future__ import annotations

import stat
from pathlib import Path

# Members of the site's group may read, such as a web server in front that sends media itself.
SHARED = 0o750
# Nobody but the site's own user.
PRIVATE = 0o700


def make(folder: Path, mode: int) -> None:
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

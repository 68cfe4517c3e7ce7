"""Small disks that can be filled, for those who may mount one."""

from __future__ import annotations

import os
import shutil
import subprocess
from contextlib import suppress
from pathlib import Path

BALLAST = "ballast"
# What stays free of a disk that is full: less than a page of MongoDB's log.
LEFT_BYTES = 64 * 1024


class SmallDisk:
    """A file system of ``mib`` MiB in memory at ``place``; a plain folder where mounting is not allowed."""

    def __init__(self, place: Path, mib: int) -> None:
        self.place = place
        self.mib = mib
        self.is_mounted = False

    def mount(self) -> None:
        """Make the folder, and mount the disk there if this process may."""
        self.place.mkdir(parents=True)
        if os.geteuid() == 0 and shutil.which("mount"):
            command = ["mount", "-t", "tmpfs", "-o", f"size={self.mib}m,mode=0700", "tmpfs", str(self.place)]
            self.is_mounted = subprocess.run(command, capture_output=True, check=False).returncode == 0

    def unmount(self) -> None:
        """Give the disk up with all that is on it."""
        if self.is_mounted:
            subprocess.run(["umount", "--lazy", str(self.place)], check=False)  # noqa: S607
            self.is_mounted = False

    def fill(self, left: int = LEFT_BYTES) -> None:
        """Leave ``left`` bytes free, or fewer where others write meanwhile."""
        with (self.place / BALLAST).open("wb") as ballast:
            while (free := shutil.disk_usage(self.place).free) > left:
                size = ballast.seek(0, os.SEEK_END)
                with suppress(OSError):  # somebody else took it first
                    os.posix_fallocate(ballast.fileno(), size, free - left)

    def free(self) -> None:
        """Take away what fills it."""
        (self.place / BALLAST).unlink(missing_ok=True)

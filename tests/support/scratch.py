"""A folder for a test run's files: in memory, when there is plenty of it.

Databases and uploads wait for the disk to confirm what they write, which a third of a run's time goes into. What is
tested does not change: the same calls are made, and the same files can be looked at.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

MEMORY = Path("/dev/shm")  # noqa: S108 - a file system in memory, and a folder of our own is made there
MIN_FREE_BYTES = 8 * 1024**3
PREFIX = "streamsite-tests-"


@contextmanager
def temporary_folder() -> Iterator[None]:
    """Temporary files of this process and its children are in a folder that is removed at the end."""
    if "TMPDIR" in os.environ or not has_room():
        yield
        return
    remove_abandoned()
    with tempfile.TemporaryDirectory(
        prefix=f"{PREFIX}{os.getpid()}-", dir=MEMORY, ignore_cleanup_errors=True
    ) as folder:
        os.environ["TMPDIR"] = tempfile.tempdir = folder
        try:
            yield
        finally:
            del os.environ["TMPDIR"]
            tempfile.tempdir = None


def has_room() -> bool:
    """Return whether both the file system and the memory behind it have enough left."""
    try:
        return min(shutil.disk_usage(MEMORY).free, _available_memory()) >= MIN_FREE_BYTES
    except (OSError, ValueError, KeyError):
        return False


def remove_abandoned() -> None:
    """Remove what runs that were killed left: memory does not come back by itself."""
    for folder in MEMORY.glob(f"{PREFIX}*"):
        owner = folder.name.removeprefix(PREFIX).partition("-")[0]
        if owner.isdecimal() and not Path("/proc", owner).exists():
            shutil.rmtree(folder, ignore_errors=True)


def _available_memory() -> int:
    """Bytes, by the kernel's estimate and a container's limit."""
    lines = dict(line.split(":") for line in Path("/proc/meminfo").read_text().splitlines())
    available = int(lines["MemAvailable"].split()[0]) * 1024
    limit, used = Path("/sys/fs/cgroup/memory.max"), Path("/sys/fs/cgroup/memory.current")
    if limit.is_file() and (most := limit.read_text().strip()) != "max":
        available = min(available, int(most) - int(used.read_text()))
    return available

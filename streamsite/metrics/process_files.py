"""The folder in which the web processes, or the workers, of one host keep their numbers: who lives, and what goes.

``<METRICS_DIR>/<host>/<role>/`` has files of numbers, and locks that the kernel opens when a process dies, however it
dies. Whoever joins a folder in which nobody lives empties it: numbers begin at 0 with the first process, and Prometheus
knows what that means. Counters of a process that died beside living ones stay, so that no sum goes down; what it held
as a gauge goes.
"""

from __future__ import annotations

import fcntl
import logging
import os
import shutil
import socket
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from django.conf import settings
from prometheus_client import values

from streamsite import folders
from streamsite.metrics.value_files import FILES, HEADER, FileValue

logger = logging.getLogger("streamsite.metrics")

WEB, WORKER = "web", "worker"
GROUP_LOCK = "group.lock"
ABANDONED_SECONDS = 7 * 86_400

_held: list[int] = []


def join(role: str) -> bool:
    """Keep the numbers of this process in the folder of ``role`` from now on. Call it before metrics have values.

    False, with a warning in the log, when that cannot be done: then they stay in memory and nobody else sees them.
    """
    folder = _host_folder() / role
    try:
        for place in (*reversed(folder.parents), folder):
            if not place.is_dir():
                folders.create(place, folders.PRIVATE)
        _held.append(_enter(folder))
        for path in folder.glob(f"gauge_*_{os.getpid()}.db"):
            path.unlink()  # of a process that had the same id
        _held.append(_lock(folder / f"{os.getpid()}.alive", fcntl.LOCK_EX))
        _remove_abandoned()
    except OSError as error:
        leave()
        logger.warning("no metrics of this process: %s cannot be used (%s)", folder, error.strerror)
        return False
    FILES.use(folder)
    values.ValueClass = FileValue
    return True


def leave() -> None:
    """Give the locks back; for tests, as a process that ends does this by itself."""
    FILES.use(None)
    while _held:
        os.close(_held.pop())


def is_joined() -> bool:
    """Return whether the numbers of this process are in files."""
    return bool(_held)


def list_files() -> list[str]:
    """Return the paths of all files of numbers of this host, after removing gauges of dead processes."""
    found = []
    for folder in _host_folder().glob("*/"):
        for path in _dead_gauges(folder):
            path.unlink(missing_ok=True)
        found += [str(path) for path in folder.glob("*.db") if _is_begun(path)]
    return sorted(found)


def _host_folder() -> Path:
    return Path(settings.METRICS_DIR) / socket.gethostname()


def _enter(folder: Path) -> int:
    """Empty the folder if nobody lives in it, and return a lock that says that somebody does."""
    descriptor = os.open(folder / GROUP_LOCK, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        pass
    except OSError:
        os.close(descriptor)
        raise
    else:
        for path in folder.iterdir():
            if path.suffix in {".db", ".alive"}:
                path.unlink(missing_ok=True)
    # Another one may empty it between the two locks; nothing of this process is there yet.
    fcntl.flock(descriptor, fcntl.LOCK_SH)
    return descriptor


def _lock(path: Path, kind: int) -> int:
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    fcntl.flock(descriptor, kind | fcntl.LOCK_NB)
    return descriptor


def _dead_gauges(folder: Path) -> Iterator[Path]:
    for path in folder.glob("gauge_*.db"):
        alive = path.with_name(f"{path.stem.rpartition('_')[2]}.alive")
        if not _is_locked(alive):
            yield path


def _is_locked(path: Path) -> bool:
    try:
        descriptor = os.open(path, os.O_RDWR | os.O_CLOEXEC)
    except FileNotFoundError:
        return False
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(descriptor)
    return False


def _is_begun(path: Path) -> bool:
    try:
        return path.stat().st_size >= HEADER.size
    except FileNotFoundError:
        return False


def _remove_abandoned() -> None:
    """Remove folders of hosts that are gone, such as containers: nothing in them has changed for a week."""
    own, oldest = _host_folder(), time.time() - ABANDONED_SECONDS
    for folder in Path(settings.METRICS_DIR).iterdir():
        if folder == own or not folder.is_dir():
            continue
        with suppress(OSError):
            newest = max(path.stat().st_mtime for path in [folder, *folder.rglob("*")])
            if newest < oldest:
                shutil.rmtree(folder)

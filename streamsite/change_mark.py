"""A change mark that invalidates the short-lived caches of all processes on this host.

Web processes cache answers to visitors (``kept_answers``) and callers (``accounts.kept_callers``) for a second or two.
A person who has just changed something must not see the old state because another process answers. So a process reads
the mark before it loads data, stores the mark with the cached value, and uses the value only while the mark is the
same. Requests that change something renew the mark before they answer; jobs and commands renew it when they end. Caches
on other hosts expire after their time.

The mark is eight random bytes in a file. Reading it takes about a microsecond. If the file cannot be used, nothing is
cached.
"""

from __future__ import annotations

import os
import secrets
import socket
from contextlib import suppress
from pathlib import Path
from threading import Lock

from django.conf import settings

from streamsite import folders

FILE = "change-mark"
BYTES = 8

_lock = Lock()
# By the folder of metrics, as settings name it: this is looked up several times for each request.
_descriptors: dict[object, int] = {}


def current() -> bytes | None:
    """Return the mark; ``None`` when processes of this host cannot share one, so that nothing may be kept."""
    try:
        descriptor = _open(create=True)
        found = os.pread(descriptor, BYTES, 0)
    except OSError:
        return None
    return found if len(found) == BYTES else None


def renew() -> None:
    """Change the mark, if some process uses one."""
    if not settings.configured:  # a command that ends before there are settings
        return
    with suppress(OSError):
        os.pwrite(_open(create=False), secrets.token_bytes(BYTES), 0)


def close() -> None:
    """Close the file, for tests that move the data folder."""
    with _lock:
        while _descriptors:
            os.close(_descriptors.popitem()[1])


def _open(*, create: bool) -> int:
    """Return the descriptor of the file; with ``create``, make it when it is not there. Raises ``OSError``."""
    folder = settings.METRICS_DIR
    found = _descriptors.get(folder)
    if found is not None:
        return found
    with _lock:
        if folder not in _descriptors:
            path = Path(folder) / socket.gethostname() / FILE
            _descriptors[folder] = _opened(path, create=create)
        return _descriptors[folder]


def _opened(path: Path, *, create: bool) -> int:
    if not create:
        return os.open(path, os.O_RDWR | os.O_CLOEXEC)
    for place in (path.parent.parent, path.parent):
        folders.create(place, folders.PRIVATE)
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    # Written at once, so that renewing it takes no space of a disk that is full by then.
    if os.fstat(descriptor).st_size < BYTES:
        os.pwrite(descriptor, secrets.token_bytes(BYTES), 0)
    return descriptor

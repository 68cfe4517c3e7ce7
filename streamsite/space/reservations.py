"""Reserving space before a job writes, so that several at once do not fill the disk together.

A full disk stops MongoDB, and a large video fills in an hour what was free when its encoding began. So a job says first
how much it may need at most. What it has written is free space no more, and its reservation shrinks by that.
"""

from __future__ import annotations

import secrets
import shutil
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pymongo
from django.conf import settings
from django.db import DatabaseError, InterfaceError
from django.utils.translation import gettext as _
from django_tasks import task_backends
from pymongo.errors import PyMongoError

from streamsite.errors import DiskFull
from streamsite.space import store
from streamsite.tasks import queue
from streamsite.tasks.documents import SPACE
from streamsite.tasks.errors import Postponed
from streamsite.tasks.lease import current_lease

DATABASE_DOWN = (PyMongoError, DatabaseError, InterfaceError)
DEFAULT_LEASE_SECONDS = 20.0


class NoSpace(DiskFull, Postponed):
    """A job needs more than is free and not reserved. ``amount`` is how many bytes."""

    waits_for = SPACE

    def __init__(self, amount: int) -> None:
        super().__init__(_("There isn't enough free disk space for this yet."))
        self.amount = amount


@contextmanager
def hold_space(size: int, *, written: Callable[[], int] = lambda: 0) -> Iterator[None]:
    """Reserve ``size`` bytes of the media folder's disk within the block. Raises ``NoSpace``, and then nothing is held.

    ``written`` returns how many of them are on the disk by now. The reservation is renewed as long as the job has its
    lease, and ends with it; with the process it ends when the job's lease would.
    """
    item: store.Item = {
        "token": secrets.token_hex(12),
        "job": current_lease().job_id,
        "host": socket.gethostname(),
        "bytes": size,
    }
    _reserve(item)
    done = threading.Event()
    lease = current_lease()
    renewal = threading.Thread(
        target=_renew, args=(item, size, written, lease.lost, done), name="disk space", daemon=True
    )
    renewal.start()
    try:
        yield
    finally:
        done.set()
        renewal.join()
        with suppress(*DATABASE_DOWN):  # it ends anyway
            store.remove(item["token"])


def reserved_bytes() -> int:
    """Return how many bytes running jobs have reserved and not written yet."""
    return store.read_total()


def require_space_of_former_try() -> None:
    """Raise ``NoSpace`` when the present job was put back for want of space and there is still too little.

    For jobs that have to read a file for minutes before they know what they need.
    """
    job = queue.find(current_lease().job_id) if current_lease().job_id else None
    waited = job.get("waited") if job is not None else None
    if not waited or waited["for"] != SPACE:
        return
    if _free() - reserved_bytes() - waited["bytes"] < settings.DISK_WATERMARK_BYTES:
        raise NoSpace(waited["bytes"])


def _reserve(item: store.Item) -> None:
    least, seconds = settings.DISK_WATERMARK_BYTES, _lease_seconds()
    if not store.add(item, free=_free(), least=least, seconds=seconds):
        raise NoSpace(item["bytes"])
    # Another job may have written, and given back what it wrote, between the look at the disk and the reservation.
    if _free() - store.read_total(but=item["token"]) - item["bytes"] < least:
        store.remove(item["token"])
        raise NoSpace(item["bytes"])


def _renew(
    item: store.Item,
    size: int,
    written: Callable[[], int],
    lost: threading.Event,
    done: threading.Event,
) -> None:
    seconds = _lease_seconds()
    while not done.wait(seconds / 3):
        if lost.is_set():
            continue
        with suppress(OSError):  # a file that was renamed at this moment
            item["bytes"] = max(0, size - written())
        with suppress(*DATABASE_DOWN), pymongo.timeout(seconds / 2):
            store.renew(item, seconds)


def _free() -> int:
    return shutil.disk_usage(Path(settings.MEDIA_ROOT)).free


def _lease_seconds() -> float:
    return float(getattr(task_backends["default"], "lease_seconds", DEFAULT_LEASE_SECONDS))

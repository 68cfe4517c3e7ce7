"""A lock in the database for work that only one process at a time may do, wherever the others run.

The lock is a document that its holder renews. A holder that was killed is followed by the next process after
``LEASE_SECONDS``, and at once by one on the same machine, which can see that the holder is gone.
"""

from __future__ import annotations

import logging
import os
import secrets
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path
from typing import Any, TypedDict

from pymongo.collection import Collection
from pymongo.errors import DuplicateKeyError, PyMongoError

logger = logging.getLogger("streamsite.mongo")

LEASE_SECONDS, WAIT_SECONDS = 15, 0.3
NEVER = datetime(1970, 1, 1)
# By the server's clock: those of several machines differ.
UNTIL = {"$add": ["$$NOW", LEASE_SECONDS * 1000]}


class Holder(TypedDict):
    """The process that holds a lock. ``machine`` says where ``pid`` is valid."""

    machine: str
    pid: int
    token: str


class HeldLock:
    """A lock that this process has taken."""

    def __init__(self, locks: Collection[dict[str, Any]], name: str, holder: Holder) -> None:
        self._locks, self._name, self._holder = locks, name, holder

    def is_held(self) -> bool:
        """Return whether nobody else has had the lock since, after an outage that was longer than its lease."""
        return self._locks.find_one(_mine(self._name, self._holder)) is not None


@contextmanager
def hold_lock(
    locks: Collection[dict[str, Any]], name: str, *, waiting: Callable[[], object]
) -> Iterator[HeldLock]:
    """Hold the lock ``name`` of the collection ``locks`` within the block; ``waiting`` is called once before a wait."""
    holder: Holder = {"machine": _machine(), "pid": os.getpid(), "token": secrets.token_hex(8)}
    with suppress(DuplicateKeyError):
        locks.insert_one({"_id": name, "until": NEVER})
    is_told = False
    while not _take(locks, name, holder):
        if not is_told:
            waiting()
            is_told = True
        time.sleep(WAIT_SECONDS)
    done = threading.Event()
    renewal = threading.Thread(target=_renew, args=(locks, name, holder, done), daemon=True)
    renewal.start()
    try:
        yield HeldLock(locks, name, holder)
    finally:
        done.set()
        renewal.join()
        with suppress(PyMongoError):  # the lease ends anyway
            locks.update_one(_mine(name, holder), {"$set": {"until": NEVER}})


def _mine(name: str, holder: Holder) -> dict[str, str]:
    return {"_id": name, "holder.token": holder["token"]}


def _take(locks: Collection[dict[str, Any]], name: str, holder: Holder) -> bool:
    free: dict[str, object] = {"$expr": {"$lte": ["$until", "$$NOW"]}}
    present: Holder | None = (locks.find_one({"_id": name}) or {}).get("holder")
    if present and _is_gone(present):
        free = {"$or": [free, {"holder.token": present["token"]}]}
    change = [{"$set": {"holder": {"$literal": holder}, "until": UNTIL}}]
    return bool(locks.update_one({"_id": name, **free}, change).modified_count)


def _machine() -> str:
    """Return where process ids mean the same processes: containers with one name have spaces of their own."""
    with suppress(OSError):
        return f"{socket.gethostname()} {Path('/proc/self/ns/pid').stat().st_ino}"
    return socket.gethostname()


def _is_gone(holder: Holder) -> bool:
    """Return whether the holder ran on this machine and has ended."""
    if holder.get("machine") != _machine():
        return False
    try:
        os.kill(holder["pid"], 0)
    except ProcessLookupError:
        return True
    except PermissionError:
        return False
    return False


def _renew(locks: Collection[dict[str, Any]], name: str, holder: Holder, done: threading.Event) -> None:
    while not done.wait(LEASE_SECONDS / 3):
        try:
            locks.update_one(_mine(name, holder), [{"$set": {"until": UNTIL}}])
        except PyMongoError as error:
            logger.warning("the lock %r was not renewed (%s)", name, error.__class__.__name__)

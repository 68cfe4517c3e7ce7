"""Hash passwords: which parameters, and a gate that bounds memory and waiting.

A hash costs 19 MiB and tens of milliseconds of a core. So each process has as many threads that hash as it has cores,
a bounded queue before them, and a longest wait; who does not get a place in time is told to come back. The hashers
themselves go through the gate, so nothing that hashes a password by Django's means gets around it.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TYPE_CHECKING, TypeVar

from django.contrib.auth.hashers import (
    Argon2PasswordHasher,
    PBKDF2PasswordHasher,
    check_password,
    make_password,
)

from streamsite.errors import Unavailable
from streamsite.server_command import THREADS

if TYPE_CHECKING:
    from accounts.models import User

Result = TypeVar("Result")

WAIT_SECONDS = 5.0
# Each one that waits holds a thread of the web server; most of them stay free for everything else.
MAX_WAITING = THREADS // 4
BUSY_MESSAGE = "Too many people are signing in right now. Try again in a few seconds."


def available_cores() -> int:
    """Return how many cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


class HashingPool:
    """Run work on a fixed number of threads, with a bounded queue and a longest wait for a place.

    Threads of its own and not a semaphore around the callers': the C library keeps freed memory for each thread that
    ever hashed, and with hundreds of callers that is hundreds of megabytes.
    """

    def __init__(self, places: int, *, most_waiting: int, seconds: float) -> None:
        self._most = places + most_waiting
        self._seconds = seconds
        self._pool = ThreadPoolExecutor(places, thread_name_prefix="hashing")
        self._lock = threading.Lock()
        self._admitted = 0

    def run(self, work: Callable[[], Result]) -> Result:
        """Return what ``work`` returns. Raise ``Unavailable`` when the queue is full or no place came free in time."""
        with self._lock:
            if self._admitted >= self._most:
                raise Unavailable(BUSY_MESSAGE)
            self._admitted += 1
        try:
            future = self._pool.submit(work)
        except BaseException:
            self._leave()
            raise
        future.add_done_callback(self._leave)
        try:
            return future.result(timeout=self._seconds)
        except TimeoutError:
            if future.cancel():
                raise Unavailable(BUSY_MESSAGE) from None
            return future.result()  # it has begun, and one hash does not take long

    def _leave(self, future: Future[Result] | None = None) -> None:
        with self._lock:
            self._admitted -= 1


hashing_pool = HashingPool(available_cores(), most_waiting=MAX_WAITING, seconds=WAIT_SECONDS)
# Hashes of former parameters take five times the memory: one at a time.
_large = threading.Lock()


class Argon2Hasher(Argon2PasswordHasher):
    """Argon2id with OWASP's parameters: 19 MiB, two passes, one lane."""

    time_cost = 2
    memory_cost = 19 * 1024
    parallelism = 1

    def encode(self, password: str, salt: str) -> str:
        """Return the hash of ``password``. Raise ``Unavailable`` when too many wait."""
        return hashing_pool.run(lambda: super(Argon2Hasher, self).encode(password, salt))

    def verify(self, password: str, encoded: str) -> bool:
        """Return whether ``encoded`` is a hash of ``password``. Raise ``Unavailable`` when too many wait."""
        plain = super().verify
        if self.decode(encoded)["memory_cost"] <= self.memory_cost:
            return hashing_pool.run(lambda: plain(password, encoded))

        def alone() -> bool:
            with _large:
                return plain(password, encoded)

        return hashing_pool.run(alone)


class PBKDF2Hasher(PBKDF2PasswordHasher):
    """Django's former default, for accounts that were moved here from elsewhere. Verifying calls ``encode``."""

    def encode(self, password: str, salt: str, iterations: int | None = None) -> str:
        """Return the hash of ``password``. Raise ``Unavailable`` when too many wait."""
        return hashing_pool.run(lambda: super(PBKDF2Hasher, self).encode(password, salt, iterations))


def verify_password(user: User, password: str | None) -> bool:
    """Return whether ``password`` is the account's; a hash of former parameters is replaced then.

    The replacement applies only to the hash that was verified: a password changed meanwhile is not brought back.
    """
    former = user.password
    return check_password(password, former, lambda proved: _upgrade_hash(user, former, proved))


def _upgrade_hash(user: User, former: str, password: str) -> None:
    session_hash = user.get_session_auth_hash()
    try:
        user.password = make_password(password)
    except Unavailable:  # the next sign-in replaces it
        return
    kept = f"{user.get_session_auth_hash()}:{session_hash}"
    rows = type(user)._default_manager.filter(pk=user.pk, password=former)
    if rows.update(password=user.password, kept_session_hash=kept):
        user.kept_session_hash = kept
    else:
        user.password = former

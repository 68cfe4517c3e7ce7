"""Password hashers with bounded memory and waiting time.

One hash takes 19 MiB and tens of milliseconds of a core. Each process therefore has as many hashing threads as cores, a
bounded queue, and a maximum wait; callers that get no slot in time are asked to retry. The hashers themselves use the
pool, so everything that hashes a password through Django does.
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
from django.utils.translation import gettext_lazy as _

from streamsite.errors import Unavailable
from streamsite.server_command import THREADS

if TYPE_CHECKING:
    from accounts.models import User

Result = TypeVar("Result")

WAIT_SECONDS = 5.0
# Each waiting caller holds a web server thread; most threads must stay free for other requests.
MAX_WAITING = THREADS // 4
BUSY_MESSAGE = _("Too many people are signing in right now. Try again in a few seconds.")


def available_cores() -> int:
    """Return how many cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


class HashingPool:
    """A fixed number of threads with a bounded queue and a maximum wait.

    Runs work on its own threads rather than limiting callers with a semaphore: the C library keeps freed memory for
    every thread that ever hashed, which with hundreds of callers is hundreds of megabytes.
    """

    def __init__(self, places: int, *, max_waiting: int, seconds: float) -> None:
        self._max_admitted = places + max_waiting
        self._seconds = seconds
        self._pool = ThreadPoolExecutor(places, thread_name_prefix="hashing")
        self._lock = threading.Lock()
        self._admitted = 0

    def run(self, work: Callable[[], Result]) -> Result:
        """Run ``work`` and return its result. Raises ``Unavailable`` if the queue is full or the wait too long."""
        with self._lock:
            if self._admitted >= self._max_admitted:
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
            return future.result()  # already running, and one hash is quick

    def _leave(self, future: Future[Result] | None = None) -> None:
        with self._lock:
            self._admitted -= 1


hashing_pool = HashingPool(available_cores(), max_waiting=MAX_WAITING, seconds=WAIT_SECONDS)
# Hashes with the former parameters take five times the memory, so they run one at a time.
_large = threading.Lock()


class Argon2Hasher(Argon2PasswordHasher):
    """Argon2id with OWASP's parameters: 19 MiB, two passes, one lane."""

    time_cost = 2
    memory_cost = 19 * 1024
    parallelism = 1

    def encode(self, password: str, salt: str) -> str:
        """Return the hash of ``password``. Raises ``Unavailable`` if the queue is full."""
        return hashing_pool.run(lambda: super(Argon2Hasher, self).encode(password, salt))

    def verify(self, password: str, encoded: str) -> bool:
        """Return whether ``encoded`` is a hash of ``password``. Raises ``Unavailable`` if the queue is full."""
        plain = super().verify
        if self.decode(encoded)["memory_cost"] <= self.memory_cost:
            return hashing_pool.run(lambda: plain(password, encoded))

        def alone() -> bool:
            with _large:
                return plain(password, encoded)

        return hashing_pool.run(alone)


class PBKDF2Hasher(PBKDF2PasswordHasher):
    """Django's former default, for imported accounts. Verifying calls ``encode``."""

    def encode(self, password: str, salt: str, iterations: int | None = None) -> str:
        """Return the hash of ``password``. Raises ``Unavailable`` if the queue is full."""
        return hashing_pool.run(lambda: super(PBKDF2Hasher, self).encode(password, salt, iterations))


def verify_password(user: User, password: str | None) -> bool:
    """Return whether ``password`` is the account's; rehash it if its parameters are outdated.

    The new hash is stored only over the one that was verified, so a concurrently changed password is not reverted.
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

"""Keys for signing tokens: Ed25519 PEM files in a folder. One signs, all of them verify and are published.

``kid`` is the file's name without its suffix. It starts with the time at which the key was created: a new key signs
``LEAD_SECONDS`` later, so that other services have fetched its public half before they meet a token of it. Every
process reads the folder again after ``RELOAD_SECONDS``, and when it meets a key that it does not know, so rotation
needs no restart.
"""

from __future__ import annotations

import logging
import os
import secrets
import stat
import threading
import time
from calendar import timegm
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from streamsite import atomic_files, folders

# Longer than verifiers keep a key set: `jose` 10 minutes, PyJWT 5, caches ``KEY_SET_SECONDS``.
LEAD_SECONDS = 15 * 60
KEY_SET_SECONDS = 5 * 60
RELOAD_SECONDS = 5.0
UNKNOWN_SECONDS = 1.0

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class KeyRing:
    """The signing key with its ``kid``, and every verification key by ``kid``, the oldest first."""

    kid: str
    signing: Ed25519PrivateKey
    verifying: dict[str, Ed25519PublicKey]


def create_key(folder: Path) -> str:
    """Write a new key, readable only by its owner, and return its ``kid``. It signs after ``LEAD_SECONDS``."""
    folders.create(folder, folders.PRIVATE)
    kid = f"{time.strftime('%Y%m%dT%H%M%S', time.gmtime())}-{secrets.token_hex(3)}"
    pem = Ed25519PrivateKey.generate().private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    # Written atomically: an empty key, left by a killed process, would prevent every further start.
    atomic_files.write_atomically(folder / f"{kid}.pem", pem)
    return kid


def load_key_ring(folder: Path) -> KeyRing:
    """Load the key ring in ``folder``. Raises ``ImproperlyConfigured`` if it is empty or others may read a key."""
    files = sorted(folder.glob("*.pem"), key=lambda path: path.stem)
    private: dict[str, Ed25519PrivateKey] = {}
    for path in files:
        with suppress(FileNotFoundError):  # retired by another process since the folder was read
            private[path.stem] = _load_key(path)
    if not private:
        raise ImproperlyConfigured(f"no signing key in {folder}: run 'manage.py rotate_signing_key'")
    kid = _signing_kid(list(private))
    return KeyRing(kid, private[kid], {kid: key.public_key() for kid, key in private.items()})


def _load_key(path: Path) -> Ed25519PrivateKey:
    _remove_group_access(path)
    if path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO):
        raise ImproperlyConfigured(f"the signing key {path} may be read by others: chmod 600 it")
    key = serialization.load_pem_private_key(path.read_bytes(), password=None)
    if not isinstance(key, Ed25519PrivateKey):
        raise ImproperlyConfigured(f"the signing key {path} is not an Ed25519 key")
    return key


def _signing_kid(kids: Sequence[str]) -> str:
    """Return the newest key that was published long enough, or the first one of a new site."""
    published = [kid for kid in kids if _signs_from(kid) <= time.time()]
    return published[-1] if published else kids[0]


def _signs_from(kid: str) -> float:
    """Return when a key starts to sign. One with a name of the operator's own signs at once."""
    try:
        return timegm(time.strptime(kid[:15], "%Y%m%dT%H%M%S")) + LEAD_SECONDS
    except ValueError:
        return 0.0


def retired_keys(folder: Path) -> list[str]:
    """Return the ``kid`` values of the keys whose last token has expired."""
    longest = max(idle for idle, _ in settings.SESSION_LIFETIMES.values())
    kids = sorted(path.stem for path in folder.glob("*.pem"))
    retired = []
    # A key signs until its successor does, and its last refresh token lives as long as an idle session.
    for kid, successor in pairwise(kids):
        started = _signs_from(successor)
        if started and started + longest.total_seconds() + LEAD_SECONDS < time.time():
            retired.append(kid)
    return retired


def remove_retired_keys(folder: Path) -> list[str]:
    """Delete the keys whose last token has expired, and return their ``kid`` values."""
    removed = retired_keys(folder)
    for kid in removed:
        (folder / f"{kid}.pem").unlink()
    return removed


# The last ring, and when it was read by the clock that never jumps.
_cached: tuple[KeyRing, float] | None = None
_reading = threading.Lock()


def key_ring() -> KeyRing:
    """Return this site's key ring, at most ``RELOAD_SECONDS`` old. A folder that became unusable keeps the last one."""
    return _ring_since(time.monotonic() - RELOAD_SECONDS)


def find_verification_key(kid: str) -> Ed25519PublicKey | None:
    """Return the public key ``kid``, ``None`` when there is none.

    Another process may sign with a key that this one has not read yet, so an unknown ``kid`` lets the folder be read
    again, at most once in ``UNKNOWN_SECONDS``.
    """
    known = key_ring().verifying.get(kid)
    return known or _ring_since(time.monotonic() - UNKNOWN_SECONDS).verifying.get(kid)


def _ring_since(moment: float) -> KeyRing:
    """Return a ring that was read after ``moment``. Only one thread reads: none replaces a ring by an older one."""
    global _cached
    cached = _cached
    if cached is not None and cached[1] > moment:
        return cached[0]
    with _reading:
        cached = _cached
        if cached is not None and cached[1] > moment:
            return cached[0]
        begun = time.monotonic()
        try:
            ring = load_key_ring(Path(settings.TOKEN_KEYS_DIR))
        except (ImproperlyConfigured, OSError, ValueError):
            if cached is None:
                raise
            log.exception("the signing keys could not be read again")
            ring = cached[0]
        _cached = ring, begun
        return ring


def clear_cache() -> None:
    """Read the folder again at the next use."""
    global _cached
    _cached = None


def _remove_group_access(path: Path) -> None:
    """Remove group access from a key: with ``fsGroup``, Kubernetes grants the group every file of a volume.

    A key that everyone can read is left as it is, since it may have been read.
    """
    status = path.stat()
    if status.st_uid == os.geteuid() and status.st_mode & stat.S_IRWXG and not status.st_mode & stat.S_IRWXO:
        path.chmod(0o600)

"""Keys for signing tokens: Ed25519 PEM files in a folder. The newest signs, all of them verify.

``kid`` is the file's name without its suffix. The folder is read once per process; rotation restarts the processes.
"""

from __future__ import annotations

import os
import secrets
import stat
import time
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from streamsite import atomic_files, folders


@dataclass(frozen=True)
class KeyRing:
    """The signing key with its ``kid``, and every verification key by ``kid``."""

    kid: str
    signing: Ed25519PrivateKey
    verifying: dict[str, Ed25519PublicKey]


def create_key(folder: Path) -> str:
    """Write a new key, readable only by its owner, and return its ``kid``. It signs from the next start."""
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
    if not files:
        raise ImproperlyConfigured(f"no signing key in {folder}: run 'manage.py rotate_signing_key'")
    private: dict[str, Ed25519PrivateKey] = {}
    for path in files:
        _remove_group_access(path)
        if path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO):
            raise ImproperlyConfigured(f"the signing key {path} may be read by others: chmod 600 it")
        key = serialization.load_pem_private_key(path.read_bytes(), password=None)
        if not isinstance(key, Ed25519PrivateKey):
            raise ImproperlyConfigured(f"the signing key {path} is not an Ed25519 key")
        private[path.stem] = key
    newest = files[-1].stem
    return KeyRing(newest, private[newest], {kid: key.public_key() for kid, key in private.items()})


@lru_cache(maxsize=1)
def key_ring() -> KeyRing:
    """Return this site's key ring."""
    return load_key_ring(Path(settings.TOKEN_KEYS_DIR))


def _remove_group_access(path: Path) -> None:
    """Remove group access from a key: with ``fsGroup``, Kubernetes grants the group every file of a volume.

    A key that everyone can read is left as it is, since it may have been read.
    """
    status = path.stat()
    if status.st_uid == os.geteuid() and status.st_mode & stat.S_IRWXG and not status.st_mode & stat.S_IRWXO:
        path.chmod(0o600)

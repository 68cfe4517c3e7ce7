"""The keys folder in a backup: one file of its own, encrypted where there is a passphrase (scrypt, AES-256-GCM)."""

from __future__ import annotations

import hashlib
import json
import re
import secrets
import time
from base64 import b64decode, b64encode
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt
from django.conf import settings

from streamsite import atomic_files, folders
from streamsite.backup.errors import BackupError, Damaged
from streamsite.backup.snapshots import KeysPart
from streamsite.backup.targets import Target

NAME = re.compile(r"\A(?:tokens/)?[A-Za-z0-9_-][A-Za-z0-9_.-]{0,99}\Z")
# The bundled MongoDB's own, which belong to its folder and would lock another one out.
NOT_COPIED = re.compile(r"\Amongodb_")
MAX_FILES, MAX_FILE_BYTES, MAX_BYTES = 1_000, 64 * 2**10, 8 * 2**20
# 128 MiB and about half a second for each guess.
COST, BLOCK, PARALLEL = 2**17, 8, 1
MAX_COST = 2**20
MIN_PASSPHRASE = 12
REPLACED = "replaced"


def read_passphrase(path: Path | None) -> str:
    """Return the passphrase in a file, or else that of the settings, "" when there is none. Raises ``BackupError``."""
    if path is None:
        return str(settings.BACKUP_PASSPHRASE)
    try:
        passphrase = path.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise BackupError(f"The passphrase file {path} cannot be read ({type(error).__name__}).") from None
    if len(passphrase) < MIN_PASSPHRASE:
        raise BackupError(f"The passphrase in {path} needs at least {MIN_PASSPHRASE} characters.")
    return passphrase


def collect() -> dict[str, bytes]:
    """Return the files of the keys folder by name. Raises ``BackupError`` when one cannot be read."""
    found: dict[str, bytes] = {}
    root = Path(settings.KEYS_DIR)
    for path in sorted([*root.glob("*"), *root.glob("tokens/*")]):
        name = path.relative_to(root).as_posix()
        if not path.is_file() or not NAME.match(name) or NOT_COPIED.match(name):
            continue
        try:
            content = path.read_bytes()
        except FileNotFoundError:  # rotated away meanwhile
            continue
        if len(content) <= MAX_FILE_BYTES:
            found[name] = content
    return found


def store(target: Target, snapshot_id: str, passphrase: str) -> KeysPart:
    """Write the keys to the target; return what a snapshot says of them."""
    files = collect()
    plain = json.dumps({name: b64encode(content).decode() for name, content in files.items()}).encode()
    content = encrypt(plain, passphrase) if passphrase else plain
    name = f"keys/{snapshot_id}.{'encrypted' if passphrase else 'json'}"
    target.write(name, content)
    return {
        "name": name,
        "size": len(content),
        "digest": hashlib.sha256(content).hexdigest(),
        "files": len(files),
        "is_encrypted": bool(passphrase),
    }


def encrypt(plain: bytes, passphrase: str) -> bytes:
    """Return a line that says how, and the encrypted bytes."""
    salt, nonce = secrets.token_bytes(16), secrets.token_bytes(12)
    head = json.dumps(
        {"kdf": "scrypt", "n": COST, "r": BLOCK, "p": PARALLEL, "salt": salt.hex(), "nonce": nonce.hex()}
    ).encode()
    return head + b"\n" + AESGCM(_derive(passphrase, salt, COST)).encrypt(nonce, plain, head)


def decrypt(content: bytes, passphrase: str) -> bytes:
    """Return what was encrypted. Raises ``BackupError`` for another passphrase, or ``Damaged``."""
    head, _, sealed = content.partition(b"\n")
    try:
        said: dict[str, Any] = json.loads(head)
        salt, nonce, cost = bytes.fromhex(said["salt"]), bytes.fromhex(said["nonce"]), int(said["n"])
        is_known = said["kdf"] == "scrypt" and (said["r"], said["p"]) == (BLOCK, PARALLEL)
    except (ValueError, KeyError, TypeError, RecursionError):
        raise Damaged("The encrypted keys are damaged.") from None
    if not is_known or cost not in {2**power for power in range(14, 21)} or len(nonce) != 12:
        raise Damaged("The encrypted keys are damaged.")
    try:
        return AESGCM(_derive(passphrase, salt, cost)).decrypt(nonce, sealed, head)
    except InvalidTag:
        raise BackupError("The passphrase is not the one that the keys were encrypted with.") from None


def _derive(passphrase: str, salt: bytes, cost: int) -> bytes:
    return Scrypt(salt=salt, length=32, n=cost, r=BLOCK, p=PARALLEL).derive(passphrase.encode())


def load(target: Target, part: KeysPart, passphrase: str) -> dict[str, bytes]:
    """Return the keys of a snapshot by name. Raises ``BackupError`` or ``Damaged``."""
    content = read_verified(target, part)
    if part["is_encrypted"]:
        if not passphrase:
            raise BackupError(
                "The keys are encrypted: set BACKUP_PASSPHRASE_FILE, or name the file with --passphrase-file."
            )
        content = decrypt(content, passphrase)
    try:
        files = {str(name): b64decode(text, validate=True) for name, text in json.loads(content).items()}
    except (ValueError, TypeError, AttributeError, RecursionError):
        raise Damaged("The keys are damaged.") from None
    for name, value in files.items():
        if not NAME.match(name) or NOT_COPIED.match(name) or len(value) > MAX_FILE_BYTES:
            raise Damaged(f"The backup has a key with the name {name[:100]!r}, which is not allowed.")
    if len(files) > MAX_FILES:
        raise Damaged("The keys are damaged.")
    return files


def read_verified(target: Target, part: KeysPart) -> bytes:
    """Return the file of the keys as it was written. Raises ``Damaged``."""
    try:
        size = target.size(part["name"])
        content = target.read(part["name"]) if size is not None and size <= MAX_BYTES else b""
    except FileNotFoundError:
        size = None
    if size is None:
        raise Damaged(f"The file {part['name']} is missing.")
    if hashlib.sha256(content).hexdigest() != part["digest"]:
        raise Damaged(f"The file {part['name']} is damaged.")
    return content


def count_missing(files: dict[str, bytes]) -> int:
    """Return how many keys are not in the keys folder as they are here."""
    root = Path(settings.KEYS_DIR)
    return sum(
        not (root / name).is_file() or (root / name).read_bytes() != content
        for name, content in files.items()
    )


def restore(files: dict[str, bytes]) -> int:
    """Write keys into the keys folder; return how many were not there. Others in their place are kept beside them."""
    root = Path(settings.KEYS_DIR)
    folders.create(root, folders.PRIVATE)
    written = 0
    kept = root / f"{REPLACED}-{time.strftime('%Y%m%dT%H%M%SZ', time.gmtime())}"
    for name, content in sorted(files.items()):
        path = root / name
        folders.create(path.parent, folders.PRIVATE)
        if path.is_file():
            former = path.read_bytes()
            if former == content:
                continue
            folders.create((kept / name).parent, folders.PRIVATE)
            atomic_files.write_atomically(kept / name, former)
        atomic_files.write_atomically(path, content)
        written += 1
    return written

"""The key by which push services know the site (RFC 8292): from the environment, or made by the first process.

A browser subscribes with its public half. With another key, subscriptions cannot be used any more.
"""

from __future__ import annotations

import hashlib
import logging
import os
import re
import secrets
import time
from base64 import urlsafe_b64decode, urlsafe_b64encode
from contextlib import suppress
from email.utils import parseaddr
from functools import cache
from pathlib import Path
from urllib.parse import urlsplit

import jwt
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from django.conf import settings

from streamsite import atomic_files, folders
from streamsite.caching import cached

KEY_BYTES = 32
TOKEN_SECONDS = 12 * 3_600
REUSE_SECONDS = 3_600.0
CURVE = ec.SECP256R1()
BASE64URL = re.compile(r"[A-Za-z0-9_-]*={0,2}")

logger = logging.getLogger("streamsite.push")


def encode(value: bytes) -> str:
    """Return base64url without padding."""
    return urlsafe_b64encode(value).rstrip(b"=").decode()


def decode(text: str) -> bytes:
    """Return the bytes of base64url with or without padding. Raises ``ValueError`` for all other texts."""
    if not BASE64URL.fullmatch(text):
        raise ValueError("not base64url")
    return urlsafe_b64decode(text.rstrip("=") + "=" * (-len(text.rstrip("=")) % 4))


def public_bytes(key: ec.EllipticCurvePrivateKey) -> bytes:
    """Return a key's public half as an uncompressed point of 65 bytes."""
    return key.public_key().public_bytes(
        serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint
    )


@cache
def private_key() -> ec.EllipticCurvePrivateKey:
    """Return the site's key. Raises ``OSError`` or ``ValueError`` when it can neither be read nor made."""
    text = settings.VAPID_PRIVATE_KEY or _read_or_create(settings.VAPID_KEY_FILE)
    return ec.derive_private_key(int.from_bytes(decode(text)), CURVE)


@cache
def public_key() -> str:
    """Return the public half in base64url, as browsers take it."""
    return encode(public_bytes(private_key()))


def key_id() -> str:
    """Return a short name of the key, stored with subscriptions that were made with it."""
    return hashlib.sha256(public_key().encode()).hexdigest()[:16]


def authorization(endpoint: str) -> str:
    """Return the ``Authorization`` header of requests to an endpoint."""
    parts = urlsplit(endpoint)
    return f"vapid t={_token(f'{parts.scheme}://{parts.netloc}')}, k={public_key()}"


@cached(seconds=REUSE_SECONDS, max_entries=100)
def _token(audience: str) -> str:
    claims = {"aud": audience, "exp": int(time.time()) + TOKEN_SECONDS, "sub": subject()}
    return jwt.encode(claims, private_key(), algorithm="ES256")


def subject() -> str:
    """Return whom the operators of a push service can write to: an https page or an email address."""
    if settings.SECURITY_CONTACT:
        return str(settings.SECURITY_CONTACT)
    if settings.IS_HTTPS:
        return str(settings.SITE_URL)
    return f"mailto:{parseaddr(settings.DEFAULT_FROM_EMAIL)[1]}"


def clear_cache() -> None:
    """Read the key again at the next use."""
    private_key.cache_clear()
    public_key.cache_clear()
    _token.clear()


def _read_or_create(path: Path) -> str:
    """Return the text in the key's file, which the first of all processes writes."""
    with suppress(FileNotFoundError):
        return path.read_text(encoding="ascii").strip()
    folders.create(path.parent, folders.PRIVATE)
    made = ec.generate_private_key(CURVE).private_numbers().private_value.to_bytes(KEY_BYTES)
    draft = path.with_name(f".{path.name}.{secrets.token_hex(4)}.new")
    atomic_files.write_atomically(draft, encode(made))
    try:
        os.link(draft, path)  # fails where another process was first
        logger.info("made the key for browser notifications")
    except FileExistsError:
        pass
    finally:
        draft.unlink(missing_ok=True)
    return path.read_text(encoding="ascii").strip()

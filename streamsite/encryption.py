"""Encrypt small secrets that are needed in plain text again, by keys derived from ``SECRET_KEY``.

Each purpose has a key of its own. ``SECRET_KEY_FALLBACKS`` still open what former keys encrypted.
"""

from __future__ import annotations

import base64

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.utils.encoding import force_bytes

__all__ = ["InvalidToken", "cipher"]


def cipher(purpose: str) -> MultiFernet:
    """Return what encrypts and decrypts secrets of a purpose. Decrypting raises ``InvalidToken``."""
    keys = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    return MultiFernet([Fernet(_derive_key(key, purpose)) for key in keys])


def _derive_key(key: str | bytes, purpose: str) -> bytes:
    derivation = HKDF(hashes.SHA256(), 32, salt=None, info=purpose.encode())
    return base64.urlsafe_b64encode(derivation.derive(force_bytes(key)))

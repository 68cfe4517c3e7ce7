"""Encryption of secrets in the database, by keys derived from ``SECRET_KEY``. Its fallbacks still decrypt."""

from __future__ import annotations

import base64

from cryptography.fernet import Fernet, MultiFernet
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.utils.encoding import force_bytes


def cipher(purpose: bytes) -> MultiFernet:
    """Return the cipher of one kind of secrets. What one encrypts, another does not decrypt."""
    keys = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    return MultiFernet([Fernet(_derive_key(key, purpose)) for key in keys])


def _derive_key(key: str | bytes, purpose: bytes) -> bytes:
    derivation = HKDF(hashes.SHA256(), 32, salt=None, info=purpose)
    return base64.urlsafe_b64encode(derivation.derive(force_bytes(key)))

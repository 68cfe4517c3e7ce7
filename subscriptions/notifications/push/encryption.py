"""Encryption of messages to one browser (RFC 8291): only it can read them, the push service cannot."""

from __future__ import annotations

import os

from cryptography.hazmat.primitives import hashes, hmac
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDFExpand

from subscriptions.notifications.push.vapid import CURVE, public_bytes

SALT_BYTES, AUTH_BYTES, POINT_BYTES = 16, 16, 65
RECORD_BYTES = 4_096
LAST_RECORD = b"\x02"


def load_point(point: bytes) -> ec.EllipticCurvePublicKey:
    """Return the public key at a point. Raises ``ValueError`` for one that is not on the curve."""
    if len(point) != POINT_BYTES or point[0] != 4:
        raise ValueError("not an uncompressed point")
    return ec.EllipticCurvePublicKey.from_encoded_point(CURVE, point)


def encrypt(
    message: bytes,
    *,
    p256dh: bytes,
    auth: bytes,
    salt: bytes | None = None,
    key: ec.EllipticCurvePrivateKey | None = None,
) -> bytes:
    """Return the body of a request with ``Content-Encoding: aes128gcm``. ``salt`` and ``key`` are new for each."""
    salt = salt or os.urandom(SALT_BYTES)
    key = key or ec.generate_private_key(CURVE)
    sender = public_bytes(key)
    shared = key.exchange(ec.ECDH(), load_point(p256dh))
    secret = _expand(_hmac(auth, shared), b"WebPush: info\0" + p256dh + sender, 32)
    material = _hmac(salt, secret)
    content_key = _expand(material, b"Content-Encoding: aes128gcm\0", 16)
    nonce = _expand(material, b"Content-Encoding: nonce\0", 12)
    header = salt + RECORD_BYTES.to_bytes(4) + bytes([len(sender)]) + sender
    return header + AESGCM(content_key).encrypt(nonce, message + LAST_RECORD, None)


def _hmac(key: bytes, data: bytes) -> bytes:
    digest = hmac.HMAC(key, hashes.SHA256())
    digest.update(data)
    return digest.finalize()


def _expand(secret: bytes, info: bytes, length: int) -> bytes:
    return HKDFExpand(hashes.SHA256(), length, info).derive(secret)

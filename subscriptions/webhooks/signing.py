"""Secrets and signatures of webhooks, by the Standard Webhooks scheme (standardwebhooks.com)."""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime

from streamsite import __version__
from streamsite.encryption import cipher

PREFIX = "whsec_"
SECRET_BYTES = 32
PURPOSE = "streamsite.webhooks"


def new_secret() -> str:
    """Return a new secret as its owner sees it, once."""
    return PREFIX + base64.b64encode(secrets.token_bytes(SECRET_BYTES)).decode()


def encrypt_secret(secret: str) -> str:
    """Return a secret as it is stored."""
    return cipher(PURPOSE).encrypt(secret.encode()).decode()


def decrypt_secret(stored: str) -> str:
    """Return a stored secret. Raises ``InvalidToken`` when ``SECRET_KEY`` was replaced without a fallback."""
    return cipher(PURPOSE).decrypt(stored.encode()).decode()


def signed_headers(
    delivery_id: str, body: bytes, secrets_in_use: Iterable[str], at: datetime
) -> Mapping[str, str]:
    """Return the headers of a request: a signature by each secret over id, time, and body."""
    moment = str(int(at.astimezone(UTC).timestamp()))
    content = b".".join((delivery_id.encode(), moment.encode(), body))
    return {
        "content-type": "application/json",
        "user-agent": f"Streamsite-Webhooks/{__version__}",
        "webhook-id": delivery_id,
        "webhook-timestamp": moment,
        "webhook-signature": " ".join(f"v1,{_sign(secret, content)}" for secret in secrets_in_use),
    }


def _sign(secret: str, content: bytes) -> str:
    key = base64.b64decode(secret.removeprefix(PREFIX))
    return base64.b64encode(hmac.new(key, content, hashlib.sha256).digest()).decode()

"""Two-factor authentication: time-based codes (RFC 6238) and recovery codes.

The secret is encrypted with a key derived from ``SECRET_KEY``; recovery codes are stored as hashes of 80 random bits.
Every code is accepted once: the update that consumes it names the state in which it is unused.
"""

from __future__ import annotations

import base64
import hashlib
import re
import secrets
import time
from datetime import UTC, datetime, timedelta

import pyotp
from cryptography.fernet import MultiFernet

from accounts import totp_store
from accounts.models import User
from accounts.schemas import TotpSetupDict, TotpStatusDict
from streamsite.encryption import InvalidToken, cipher
from streamsite.qr_codes import qr_svg
from streamsite.site_settings.identity import site_name

STEP_SECONDS = 30
# A code of the step before or after the server's own: clocks differ, and typing takes time.
TOLERATED_STEPS = 1
RECOVERY_CODES = 10
RECOVERY_CODE_PATTERN = re.compile(r"\A[a-z2-7]{16}\Z")
SETUP_LIFETIME = timedelta(minutes=15)


def is_enabled(user_id: str) -> bool:
    """Return whether the account requires a code."""
    return totp_store.is_enabled(user_id)


def load_status(user_id: str) -> TotpStatusDict:
    """Return the state of the account's second factor."""
    found = totp_store.find(user_id)
    enabled_at = found.get("enabled_at")
    return {
        "enabled": enabled_at is not None,
        "enabled_at": enabled_at.replace(tzinfo=UTC) if enabled_at is not None else None,
        "recovery_codes": len(found.get("recovery") or ()),
    }


def start_setup(user: User) -> TotpSetupDict:
    """Create a pending secret and return its details. Shown once, stored encrypted."""
    secret = pyotp.random_base32()
    totp_store.set_pending(user.pk, _cipher().encrypt(secret.encode()), _now())
    return setup_details(user, secret)


def pending_setup(user: User) -> TotpSetupDict | None:
    """Return the details of ``start_setup`` while the secret can still be confirmed, else ``None``."""
    pending = _pending(totp_store.find(user.pk))
    return setup_details(user, _decrypt(pending)) if pending else None


def setup_details(user: User, secret: str) -> TotpSetupDict:
    """Return a secret as text, link, and QR code."""
    url = pyotp.TOTP(secret).provisioning_uri(name=user.username, issuer_name=site_name())
    return {"secret": secret, "otpauth_url": url, "qr_svg": qr_svg(url)}


def enable(user_id: str, code: str) -> list[str] | None:
    """Activate the pending secret if ``code`` matches it. Return the recovery codes, or ``None``.

    Joins the caller's transaction.
    """
    pending = _pending(totp_store.find(user_id))
    step = _matching_step(_decrypt(pending), code) if pending else None
    if pending is None or step is None:
        return None
    codes = _new_recovery_codes()
    hashes = [_hash(code) for code in codes]
    applied = totp_store.activate_pending(user_id, pending, at=_now(), step=step, recovery=hashes)
    return codes if applied else None


def disable(user_id: str) -> bool:
    """Turn two-factor authentication off. Return whether it was on. Joins the caller's transaction."""
    return totp_store.remove(user_id)


def renew_recovery_codes(user_id: str) -> list[str] | None:
    """Replace the recovery codes and return the ten new ones; ``None`` if two-factor authentication is off."""
    codes = _new_recovery_codes()
    is_on = totp_store.replace_recovery_codes(user_id, [_hash(code) for code in codes])
    return codes if is_on else None


def is_recovery_code(code: str) -> bool:
    """Return whether ``code`` has the format of a recovery code."""
    return RECOVERY_CODE_PATTERN.match(_normalize_code(code)) is not None


def consume_code(user_id: str, code: str) -> str | None:
    """Consume a code and return its type, ``"otp"`` or ``"recovery"``; ``None`` if it is invalid.

    A code is accepted once, also with concurrent calls.
    """
    found = totp_store.find(user_id)
    secret = found.get("secret")
    if secret is None or found.get("enabled_at") is None:
        return None
    step = _matching_step(_decrypt(secret), code)
    if step is not None:
        return "otp" if totp_store.consume_step(user_id, secret, step) else None
    return "recovery" if totp_store.consume_recovery_code(user_id, _hash(code)) else None


def _matching_step(secret: str, code: str) -> int | None:
    """Return the time step that ``code`` belongs to, the current one or a neighbor, or ``None``."""
    digits = code.replace(" ", "")
    if not (len(digits) == 6 and digits.isascii() and digits.isdigit()):
        return None
    totp = pyotp.TOTP(secret)
    present = int(time.time()) // STEP_SECONDS
    matching = None
    for step in range(present - TOLERATED_STEPS, present + TOLERATED_STEPS + 1):
        if secrets.compare_digest(totp.generate_otp(step), digits):
            matching = step
    return matching


def _new_recovery_codes() -> list[str]:
    raw = [base64.b32encode(secrets.token_bytes(10)).decode().lower() for _ in range(RECOVERY_CODES)]
    return ["-".join(code[start : start + 4] for start in range(0, 16, 4)) for code in raw]


def _hash(code: str) -> str:
    return hashlib.sha256(
        b"streamsite.recovery:" + _normalize_code(code).encode("utf-8", "replace")
    ).hexdigest()


def _normalize_code(code: str) -> str:
    return code.strip().lower().replace("-", "").replace(" ", "")


def _pending(found: totp_store.FactorDoc) -> bytes | None:
    """Return the encrypted secret of an unfinished setup, or ``None`` if there is none or it has expired."""
    started = found.get("pending_at")
    if started is None or started.replace(tzinfo=UTC) < _now() - SETUP_LIFETIME:
        return None
    return found.get("pending") or None


def _decrypt(value: bytes) -> str:
    """Return the secret. An unreadable one (``SECRET_KEY`` was replaced without a fallback) matches no code."""
    try:
        return _cipher().decrypt(bytes(value)).decode()
    except InvalidToken:
        return pyotp.random_base32()


def _cipher() -> MultiFernet:
    return cipher("streamsite.totp")


def _now() -> datetime:
    return datetime.now(UTC)

"""Two-factor authentication: time-based codes (RFC 6238) and recovery codes.

The secret is encrypted with a key derived from ``SECRET_KEY``; recovery codes are stored as hashes of 80 random bits.
Every code is accepted once: the update that consumes it names the state in which it is unused.
"""

from __future__ import annotations

import base64
import hashlib
import io
import re
import secrets
import time
from datetime import UTC, datetime, timedelta
from typing import Any

import pyotp
import segno
from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.utils.encoding import force_bytes

from accounts.models import User
from streamsite.mongo.collections import collection
from streamsite.mongo.engine.client import session_for

FACTORS = "auth_totp"
STEP_SECONDS = 30
# A code of the step before or after the server's own: clocks differ, and typing takes time.
TOLERATED_STEPS = 1
RECOVERY_CODES = 10
RECOVERY_CODE_PATTERN = re.compile(r"\A[a-z2-7]{16}\Z")
SETUP_LIFETIME = timedelta(minutes=15)

Document = dict[str, Any]


def is_enabled(user_id: str) -> bool:
    """Return whether the account requires a code."""
    return collection(FACTORS).count_documents({"_id": user_id, "enabled_at": {"$ne": None}}, limit=1) > 0


def load_status(user_id: str) -> dict[str, Any]:
    """Return ``{enabled, enabled_at, recovery_codes}``; the last is how many codes are left."""
    found = collection(FACTORS).find_one({"_id": user_id}) or {}
    enabled_at = found.get("enabled_at")
    return {
        "enabled": enabled_at is not None,
        "enabled_at": enabled_at.replace(tzinfo=UTC) if enabled_at is not None else None,
        "recovery_codes": len(found.get("recovery") or ()),
    }


def start_setup(user: User) -> dict[str, str]:
    """Create a pending secret and return ``{secret, otpauth_url, qr_svg}``. Shown once, stored encrypted."""
    secret = pyotp.random_base32()
    collection(FACTORS).update_one(
        {"_id": user.pk},
        {
            "$set": {"pending": _cipher().encrypt(secret.encode()), "pending_at": _now()},
            "$setOnInsert": {"enabled_at": None, "secret": None, "last_step": 0, "recovery": []},
        },
        upsert=True,
    )
    return setup_details(user, secret)


def pending_setup(user: User) -> dict[str, str] | None:
    """Return the details of ``start_setup`` while the secret can still be confirmed, else ``None``."""
    found = collection(FACTORS).find_one({"_id": user.pk}) or {}
    secret = _pending_secret(found)
    return setup_details(user, secret) if secret else None


def setup_details(user: User, secret: str) -> dict[str, str]:
    """Return a secret in the forms an authenticator app accepts: ``{secret, otpauth_url, qr_svg}``."""
    url = pyotp.TOTP(secret).provisioning_uri(name=user.username, issuer_name=settings.SITE_NAME)
    code = segno.make(url, error="m", micro=False)
    picture = io.BytesIO()
    code.save(
        picture, kind="svg", border=4, dark="#000", light="#fff", omitsize=True, xmldecl=False, nl=False
    )
    return {"secret": secret, "otpauth_url": url, "qr_svg": picture.getvalue().decode()}


def enable(user_id: str, code: str) -> list[str] | None:
    """Activate the pending secret if ``code`` matches it. Return the recovery codes, or ``None``.

    Joins the caller's transaction.
    """
    found = collection(FACTORS).find_one({"_id": user_id}) or {}
    secret = _pending_secret(found)
    step = _matching_step(secret, code) if secret else None
    if step is None:
        return None
    codes = _new_recovery_codes()
    applied = collection(FACTORS).update_one(
        {"_id": user_id, "pending": found["pending"]},
        {
            "$set": {
                "secret": found["pending"],
                "enabled_at": _now(),
                "last_step": step,
                "recovery": [_hash(code) for code in codes],
                "pending": None,
            }
        },
        session=session_for("default"),
    )
    return codes if applied.modified_count else None


def disable(user_id: str) -> bool:
    """Turn two-factor authentication off. Return whether it was on. Joins the caller's transaction."""
    removed = collection(FACTORS).find_one_and_delete({"_id": user_id}, session=session_for("default"))
    return bool(removed and removed.get("enabled_at"))


def renew_recovery_codes(user_id: str) -> list[str] | None:
    """Replace the recovery codes and return the ten new ones; ``None`` if two-factor authentication is off."""
    codes = _new_recovery_codes()
    applied = collection(FACTORS).update_one(
        {"_id": user_id, "enabled_at": {"$ne": None}}, {"$set": {"recovery": [_hash(code) for code in codes]}}
    )
    return codes if applied.matched_count else None


def is_recovery_code(code: str) -> bool:
    """Return whether ``code`` has the format of a recovery code."""
    return RECOVERY_CODE_PATTERN.match(_normalize_code(code)) is not None


def consume_code(user_id: str, code: str) -> str | None:
    """Consume a code and return its type, ``"otp"`` or ``"recovery"``; ``None`` if it is invalid.

    A code is accepted once, also with concurrent calls.
    """
    found = collection(FACTORS).find_one({"_id": user_id, "enabled_at": {"$ne": None}})
    if found is None:
        return None
    step = _matching_step(_decrypt(found["secret"]), code)
    if step is not None:
        used = collection(FACTORS).update_one(
            {"_id": user_id, "secret": found["secret"], "last_step": {"$lt": step}},
            {"$set": {"last_step": step}},
        )
        return "otp" if used.modified_count else None
    digest = _hash(code)
    used = collection(FACTORS).update_one(
        {"_id": user_id, "recovery": digest}, {"$pull": {"recovery": digest}}
    )
    return "recovery" if used.modified_count else None


def delete_for_user(user_id: str) -> None:
    """Delete the second factor of a deleted account."""
    collection(FACTORS).delete_one({"_id": user_id})


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


def _pending_secret(found: Document) -> str | None:
    made = found.get("pending_at")
    if not found.get("pending") or made is None or made.replace(tzinfo=UTC) < _now() - SETUP_LIFETIME:
        return None
    return _decrypt(found["pending"])


def _decrypt(value: bytes) -> str:
    """Return the secret. An unreadable one (``SECRET_KEY`` was replaced without a fallback) matches no code."""
    try:
        return _cipher().decrypt(bytes(value)).decode()
    except InvalidToken:
        return pyotp.random_base32()


def _cipher() -> MultiFernet:
    keys = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    return MultiFernet([Fernet(_derive_key(key)) for key in keys])


def _derive_key(key: str | bytes) -> bytes:
    derivation = HKDF(hashes.SHA256(), 32, salt=None, info=b"streamsite.totp")
    return base64.urlsafe_b64encode(derivation.derive(force_bytes(key)))


def _now() -> datetime:
    return datetime.now(UTC)

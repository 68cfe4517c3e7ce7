"""MongoDB access for second factors (``auth_totp``), one document per account.

Every code is accepted once: the update that consumes it names the state in which it is unused.
"""

from __future__ import annotations

from datetime import datetime
from typing import TypedDict, cast

from pymongo.collection import Collection

from streamsite.mongo.collections import collection
from streamsite.mongo.engine.client import session_for

FACTORS = "auth_totp"


class FactorDoc(TypedDict, total=False):
    """A second factor. Secrets are encrypted, recovery codes hashed; times are naive UTC when read.

    ``enabled_at`` and ``secret`` are null until the factor is on. ``last_step`` is the time step of the last accepted
    code. ``pending`` is the secret of an unfinished setup.
    """

    _id: str
    secret: bytes | None
    enabled_at: datetime | None
    last_step: int
    recovery: list[str]
    pending: bytes | None
    pending_at: datetime


def _factors() -> Collection[FactorDoc]:
    return cast("Collection[FactorDoc]", collection(FACTORS))


def find(user_id: str) -> FactorDoc:
    """Return the account's document; an empty one if there is none."""
    return _factors().find_one({"_id": user_id}) or {}


def is_enabled(user_id: str) -> bool:
    """Return whether the account's second factor is on."""
    return _factors().count_documents({"_id": user_id, "enabled_at": {"$ne": None}}, limit=1) > 0


def set_pending(user_id: str, secret: bytes, at: datetime) -> None:
    """Store the encrypted secret of a new setup, in place of a former unfinished one."""
    _factors().update_one(
        {"_id": user_id},
        {
            "$set": {"pending": secret, "pending_at": at},
            "$setOnInsert": {"enabled_at": None, "secret": None, "last_step": 0, "recovery": []},
        },
        upsert=True,
    )


def activate_pending(user_id: str, pending: bytes, *, at: datetime, step: int, recovery: list[str]) -> bool:
    """Turn the factor on if ``pending`` is still its pending secret. Return whether it was.

    Joins the caller's transaction.
    """
    applied = _factors().update_one(
        {"_id": user_id, "pending": pending},
        {
            "$set": {
                "secret": pending,
                "enabled_at": at,
                "last_step": step,
                "recovery": recovery,
                "pending": None,
            }
        },
        session=session_for("default"),
    )
    return bool(applied.modified_count)


def remove(user_id: str) -> bool:
    """Delete the factor. Return whether it was on. Joins the caller's transaction."""
    removed = _factors().find_one_and_delete({"_id": user_id}, session=session_for("default"))
    return bool(removed and removed.get("enabled_at"))


def replace_recovery_codes(user_id: str, hashes: list[str]) -> bool:
    """Replace the hashed recovery codes. Return whether the factor is on."""
    applied = _factors().update_one(
        {"_id": user_id, "enabled_at": {"$ne": None}}, {"$set": {"recovery": hashes}}
    )
    return bool(applied.matched_count)


def consume_step(user_id: str, secret: bytes, step: int) -> bool:
    """Mark a time step as used unless it, or a later one, was. Return whether it was unused."""
    used = _factors().update_one(
        {"_id": user_id, "secret": secret, "last_step": {"$lt": step}}, {"$set": {"last_step": step}}
    )
    return bool(used.modified_count)


def consume_recovery_code(user_id: str, code_hash: str) -> bool:
    """Remove a hashed recovery code. Return whether it was there."""
    used = _factors().update_one({"_id": user_id, "recovery": code_hash}, {"$pull": {"recovery": code_hash}})
    return bool(used.modified_count)


def delete_for_user(user_id: str) -> None:
    """Delete the second factor of a deleted account."""
    _factors().delete_one({"_id": user_id})

"""MongoDB access for ``auth_passkey``: one document per passkey.

The id is a digest of the credential's own id, so that a credential is there once, whoever registers it.
"""

from __future__ import annotations

from datetime import datetime
from typing import TypedDict, cast

from pymongo import ASCENDING, IndexModel
from pymongo.collection import Collection

from streamsite.mongo.collections import collection
from streamsite.mongo.engine.client import session_for

PASSKEYS = "auth_passkey"
INDEXES = {
    PASSKEYS: [IndexModel([("user_id", ASCENDING), ("created_at", ASCENDING)], name="passkey_of_user")]
}


class PasskeyDoc(TypedDict):
    """A passkey. Times are naive UTC when read; ``last_used_at`` is null before the first use.

    ``credential_id`` and ``public_key`` (COSE) are what the authenticator gave; neither is secret. ``sign_count`` is
    the highest count it has sent, 0 for authenticators that do not count. ``is_synced`` is whether it has copies.
    """

    _id: str
    user_id: str
    credential_id: bytes
    public_key: bytes
    sign_count: int
    name: str
    transports: list[str]
    is_synced: bool
    created_at: datetime
    last_used_at: datetime | None


def _passkeys() -> Collection[PasskeyDoc]:
    return cast("Collection[PasskeyDoc]", collection(PASSKEYS))


def insert(document: PasskeyDoc) -> None:
    """Store a new passkey. Raises ``DuplicateKeyError`` for a known credential. Joins the caller's transaction."""
    _passkeys().insert_one(document, session=session_for("default"))


def find(passkey_id: str) -> PasskeyDoc | None:
    """Return a passkey, whoever's it is."""
    return _passkeys().find_one({"_id": passkey_id})


def list_for_user(user_id: str) -> list[PasskeyDoc]:
    """Return an account's passkeys, oldest first."""
    return list(_passkeys().find({"user_id": user_id}).sort("created_at", ASCENDING))


def count_for_user(user_id: str) -> int:
    """Return the number of an account's passkeys. Joins the caller's transaction."""
    return _passkeys().count_documents({"user_id": user_id}, session=session_for("default"))


def record_use(row: PasskeyDoc, sign_count: int, is_synced: bool, at: datetime) -> bool:
    """Store a use of a passkey that is as it was read. Return whether it still is: nobody removed or used it since."""
    same = {"_id": row["_id"], "user_id": row["user_id"], "sign_count": row["sign_count"]}
    changes = {"sign_count": sign_count, "is_synced": is_synced, "last_used_at": at}
    return bool(_passkeys().update_one(same, {"$set": changes}).matched_count)


def rename(user_id: str, passkey_id: str, name: str) -> bool:
    """Name one of an account's passkeys. Return whether it exists."""
    renamed = _passkeys().update_one({"_id": passkey_id, "user_id": user_id}, {"$set": {"name": name}})
    return bool(renamed.matched_count)


def remove(user_id: str, passkey_id: str) -> PasskeyDoc | None:
    """Delete one of an account's passkeys and return it. Joins the caller's transaction."""
    return _passkeys().find_one_and_delete(
        {"_id": passkey_id, "user_id": user_id}, session=session_for("default")
    )


def delete_for_user(user_id: str) -> int:
    """Delete an account's passkeys. Return how many there were. Joins the caller's transaction."""
    return _passkeys().delete_many({"user_id": user_id}, session=session_for("default")).deleted_count

"""MongoDB access for ``auth_identity``: which account belongs to a person at an identity provider.

The id is a digest of issuer and subject, so that a person is there once, whoever links them.
"""

from __future__ import annotations

import hashlib
from datetime import datetime
from typing import TypedDict, cast

from pymongo import ASCENDING, IndexModel
from pymongo.collection import Collection

from streamsite.mongo.collections import collection
from streamsite.mongo.engine.client import session_for

IDENTITIES = "auth_identity"
INDEXES = {
    IDENTITIES: [IndexModel([("user_id", ASCENDING), ("created_at", ASCENDING)], name="identity_of_user")]
}


class IdentityDoc(TypedDict):
    """A linked identity. Times are naive UTC when read.

    ``provider`` is the provider's id, ``name`` what it called the person when they last signed in: for show only.
    """

    _id: str
    user_id: str
    provider: str
    issuer: str
    subject: str
    name: str
    created_at: datetime
    last_used_at: datetime


def _identities() -> Collection[IdentityDoc]:
    return cast("Collection[IdentityDoc]", collection(IDENTITIES))


def identity_id(issuer: str, subject: str) -> str:
    """Return the id under which a person at a provider is stored."""
    return hashlib.sha256(f"{issuer}\n{subject}".encode("utf-8", "replace")).hexdigest()[:32]


def insert(document: IdentityDoc) -> None:
    """Store a new identity. Raises ``DuplicateKeyError`` for a linked one. Joins the caller's transaction."""
    _identities().insert_one(document, session=session_for("default"))


def record_use(row: IdentityDoc, name: str, at: datetime) -> bool:
    """Store a use of an identity that is as it was read. Return whether it still is."""
    same = {"_id": row["_id"], "user_id": row["user_id"], "issuer": row["issuer"]}
    used = _identities().update_one(same, {"$set": {"name": name, "last_used_at": at}})
    return bool(used.matched_count)


def find(identity: str) -> IdentityDoc | None:
    """Return an identity by its id, whoever's it is."""
    return _identities().find_one({"_id": identity})


def list_for_user(user_id: str) -> list[IdentityDoc]:
    """Return an account's identities, oldest first. Joins the caller's transaction."""
    found = _identities().find({"user_id": user_id}, session=session_for("default"))
    return list(found.sort("created_at", ASCENDING))


def remove(user_id: str, identity: str) -> IdentityDoc | None:
    """Delete one of an account's identities and return it. Joins the caller's transaction."""
    return _identities().find_one_and_delete(
        {"_id": identity, "user_id": user_id}, session=session_for("default")
    )


def delete_for_user(user_id: str) -> None:
    """Delete an account's identities."""
    _identities().delete_many({"user_id": user_id})

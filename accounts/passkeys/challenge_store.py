"""MongoDB access for ``auth_challenge``: challenges that authenticators are to sign, each of which is used once."""

from __future__ import annotations

from datetime import datetime
from typing import TypedDict, cast

from pymongo import ASCENDING, IndexModel
from pymongo.collection import Collection

from streamsite.mongo.collections import collection

CHALLENGES = "auth_challenge"
INDEXES = {
    CHALLENGES: [IndexModel([("purge_at", ASCENDING)], name="challenge_purge", expireAfterSeconds=0)],
}


class ChallengeDoc(TypedDict):
    """A challenge. ``_id`` is its digest, ``bound_to`` a digest of what names the browser or session it is for.

    ``data`` is what the site remembers with it.
    """

    _id: str
    purpose: str
    bound_to: str
    expires_at: datetime
    purge_at: datetime
    data: dict[str, object]


def _challenges() -> Collection[ChallengeDoc]:
    return cast("Collection[ChallengeDoc]", collection(CHALLENGES))


def insert(document: ChallengeDoc) -> None:
    """Store a challenge."""
    _challenges().insert_one(document)


def consume(digest: str, purpose: str, bound_to: str, now: datetime) -> dict[str, object] | None:
    """Delete the challenge if it is for this purpose and browser and has not expired. Return its data or ``None``."""
    found = _challenges().find_one_and_delete(
        {"_id": digest, "purpose": purpose, "bound_to": bound_to, "expires_at": {"$gt": now}}
    )
    return found["data"] if found is not None else None

"""MongoDB access for session documents (``auth_session``): one per signed-in device.

Documents are changed only by conditional updates, and nothing token-like is stored. A session at another epoch than its
owner's ``security_epoch`` is not live. Sessions that the previous release creates during a rolling update have no
epoch; it then counts as 0, so that a change of the owner's credentials ends them too.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import NotRequired, TypedDict, cast

from pymongo import DESCENDING, ReturnDocument
from pymongo.collection import Collection

from streamsite.mongo.collections import collection
from streamsite.mongo.engine.client import session_for

SESSIONS = "auth_session"
USERS = "accounts_user"
RETENTION_AFTER_END = timedelta(days=7)

Condition = dict[str, object]


class SessionDoc(TypedDict):
    """A session. Times are naive UTC when read from the database.

    ``epoch`` is the owner's ``security_epoch`` read together with the proof, ``gen`` counts rotations, ``amr`` names
    the proofs, ``auth_time`` is the time of the last one. ``purge_at`` is when MongoDB removes the document.
    """

    _id: str
    user_id: str
    epoch: NotRequired[int]
    gen: int
    client: str
    created_at: datetime
    auth_time: datetime
    amr: list[str]
    rotated_at: datetime
    idle_exp: datetime
    abs_exp: datetime
    remember: bool
    user_agent: str
    ip_prefix: str
    revoked_at: datetime | None
    revoked_reason: str
    purge_at: datetime


class OwnerDoc(TypedDict):
    """Fields of a session's owner; the previous release may not have written all of them."""

    is_active: NotRequired[bool]
    security_epoch: NotRequired[int]


class SessionWithOwner(SessionDoc):
    """A session joined with its owner."""

    owner: OwnerDoc


def _sessions() -> Collection[SessionDoc]:
    return cast("Collection[SessionDoc]", collection(SESSIONS))


def epoch_of(session: SessionDoc) -> int:
    """Return the security epoch at which a session was opened."""
    return int(session.get("epoch") or 0)


def _epoch_condition(epoch: int) -> Condition:
    """Return the condition for sessions of an epoch."""
    return {"$in": [0, None]} if epoch == 0 else {"$eq": epoch}


def session_ids_without_epoch() -> Iterator[str]:
    """Yield the ids of sessions without an epoch."""
    for row in _sessions().find({"epoch": {"$exists": False}}, {"_id": 1}):
        yield row["_id"]


def backfill_epoch(session_ids: list[str]) -> None:
    """Write the epoch that sessions without one count as."""
    _sessions().update_many(
        {"_id": {"$in": session_ids}, "epoch": {"$exists": False}}, {"$set": {"epoch": 0}}
    )


def insert(document: SessionDoc) -> None:
    """Store a new session."""
    _sessions().insert_one(document)


def find(session_id: str) -> SessionDoc | None:
    """Return the session, revoked or not."""
    return _sessions().find_one({"_id": session_id})


def find_many(session_ids: Sequence[str]) -> list[SessionDoc]:
    """Return the sessions that exist of some ids, revoked or not."""
    return list(_sessions().find({"_id": {"$in": list(session_ids)}}))


def find_with_owner(session_id: str) -> SessionWithOwner | None:
    """Return the session, revoked or not, with ``owner``: ``{is_active, security_epoch}``. One command."""
    owner = {
        "from": USERS,
        "localField": "user_id",
        "foreignField": "_id",
        "pipeline": [{"$project": {"is_active": 1, "security_epoch": 1}}],
        "as": "owner",
    }
    rows = cast("Collection[SessionWithOwner]", collection(SESSIONS)).aggregate(
        [{"$match": {"_id": session_id}}, {"$lookup": owner}, {"$unwind": "$owner"}]
    )
    return next(iter(rows), None)


def rotate(session_id: str, gen: int, epoch: int, now: datetime, idle_exp: datetime) -> SessionDoc | None:
    """Advance a live session of this epoch from ``gen`` to ``gen + 1``.

    Returns the new document, or ``None`` if another caller did so first or the epoch has changed.
    """
    return _sessions().find_one_and_update(
        {
            "_id": session_id,
            "gen": gen,
            "epoch": _epoch_condition(epoch),
            "revoked_at": None,
            "idle_exp": {"$gt": now},
            "abs_exp": {"$gt": now},
        },
        {
            "$inc": {"gen": 1},
            "$set": {"rotated_at": now, "idle_exp": idle_exp, "purge_at": idle_exp + RETENTION_AFTER_END},
        },
        return_document=ReturnDocument.AFTER,
    )


def renew(session_id: str, user_id: str, epoch: int, now: datetime, idle_exp: datetime) -> SessionDoc | None:
    """Invalidate a live session's refresh tokens by advancing ``gen`` by two. Return the new document or ``None``."""
    return _sessions().find_one_and_update(
        {"_id": session_id, "user_id": user_id, "epoch": _epoch_condition(epoch), "revoked_at": None},
        {
            "$inc": {"gen": 2},
            "$set": {
                "auth_time": now,
                "rotated_at": now,
                "idle_exp": idle_exp,
                "purge_at": idle_exp + RETENTION_AFTER_END,
            },
        },
        return_document=ReturnDocument.AFTER,
    )


def advance_epoch(session_id: str, user_id: str, epoch: int) -> None:
    """Advance a live session of ``epoch`` to the next one, in the transaction that raises its owner's."""
    _sessions().update_one(
        {"_id": session_id, "user_id": user_id, "epoch": _epoch_condition(epoch), "revoked_at": None},
        {"$set": {"epoch": epoch + 1}},
        session=session_for("default"),
    )


def record_proof(session_id: str, user_id: str, epoch: int, now: datetime) -> bool:
    """Record that the owner of a live session has just proved their identity again. Return whether it was live."""
    result = _sessions().update_one(
        {
            "_id": session_id,
            "user_id": user_id,
            "epoch": _epoch_condition(epoch),
            "revoked_at": None,
            "idle_exp": {"$gt": now},
            "abs_exp": {"$gt": now},
        },
        {"$set": {"auth_time": now}},
    )
    return result.matched_count == 1


def extend_idle(session_id: str, now: datetime, idle_exp: datetime) -> None:
    """Restart a web session's idle time."""
    _sessions().update_one(
        {"_id": session_id, "revoked_at": None},
        {"$set": {"rotated_at": now, "idle_exp": idle_exp, "purge_at": idle_exp + RETENTION_AFTER_END}},
    )


def revoke(session_id: str, user_id: str, reason: str, now: datetime) -> bool:
    """End a live session of the user. Return whether it was live."""
    result = _sessions().update_one(
        {"_id": session_id, "user_id": user_id, "revoked_at": None},
        {"$set": {"revoked_at": now, "revoked_reason": reason, "purge_at": now + RETENTION_AFTER_END}},
    )
    return result.modified_count == 1


def revoke_all(user_id: str, reason: str, now: datetime, *, keep: str | None = None) -> int:
    """End every live session of the user except ``keep``. Return how many were live."""
    condition: Condition = {
        "user_id": user_id,
        "revoked_at": None,
        "idle_exp": {"$gt": now},
        "abs_exp": {"$gt": now},
    }
    if keep is not None:
        condition["_id"] = {"$ne": keep}
    result = _sessions().update_many(
        condition,
        {"$set": {"revoked_at": now, "revoked_reason": reason, "purge_at": now + RETENTION_AFTER_END}},
    )
    return result.modified_count


def list_live(user_id: str, epoch: int, now: datetime, *, limit: int) -> list[SessionDoc]:
    """Return the user's live sessions at ``epoch``, most recently used first."""
    condition: Condition = {
        "user_id": user_id,
        "epoch": _epoch_condition(epoch),
        "revoked_at": None,
        "idle_exp": {"$gt": now},
        "abs_exp": {"$gt": now},
    }
    return list(_sessions().find(condition).sort("rotated_at", DESCENDING).limit(limit))


def count_live(now: datetime) -> int:
    """Return the number of live sessions of all accounts. Reads the index by which they are removed."""
    # Ended ones are removed this long after their end, at the latest.
    return collection(SESSIONS).count_documents({"purge_at": {"$gt": now + RETENTION_AFTER_END}})


def delete_for_user(user_id: str) -> None:
    """Delete every session of a deleted account."""
    _sessions().delete_many({"user_id": user_id})

"""Indexes of ``auth_session`` and ``auth_event`` that no model can declare."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from pymongo import ASCENDING, DESCENDING, IndexModel, ReturnDocument

from streamsite.mongo.collections import collection
from streamsite.mongo.engine.client import session_for

SESSIONS = "auth_session"
USERS = "accounts_user"
RETENTION_AFTER_END = timedelta(days=7)
INDEXES = {
    SESSIONS: [
        IndexModel(
            [("user_id", ASCENDING), ("revoked_at", ASCENDING), ("rotated_at", DESCENDING)],
            name="session_user",
        ),
        IndexModel([("purge_at", ASCENDING)], name="session_purge", expireAfterSeconds=0),
    ],
    "auth_event": [IndexModel([("purge_at", ASCENDING)], name="auth_event_purge", expireAfterSeconds=0)],
}

Document = dict[str, Any]


def epoch_of(session: Document) -> int:
    """Return the security epoch at which a session was opened."""
    return int(session.get("epoch") or 0)


def _epoch_condition(epoch: int) -> Document:
    """Return the condition for sessions of an epoch."""
    return {"$in": [0, None]} if epoch == 0 else {"$eq": epoch}


def session_ids_without_epoch() -> Iterator[str]:
    """Yield the ids of sessions without an epoch."""
    for row in collection(SESSIONS).find({"epoch": {"$exists": False}}, {"_id": 1}):
        yield row["_id"]


def backfill_epoch(session_ids: list[str]) -> None:
    """Write the epoch that sessions without one count as."""
    collection(SESSIONS).update_many(
        {"_id": {"$in": session_ids}, "epoch": {"$exists": False}}, {"$set": {"epoch": 0}}
    )


def insert(document: Document) -> None:
    """Store a new session."""
    collection(SESSIONS).insert_one(document)


def find(session_id: str) -> Document | None:
    """Return the session, revoked or not."""
    return collection(SESSIONS).find_one({"_id": session_id})


def find_with_owner(session_id: str) -> Document | None:
    """Return the session, revoked or not, with ``owner``: ``{is_active, security_epoch}``. One command."""
    owner = {
        "from": USERS,
        "localField": "user_id",
        "foreignField": "_id",
        "pipeline": [{"$project": {"is_active": 1, "security_epoch": 1}}],
        "as": "owner",
    }
    pipeline: list[Document] = [{"$match": {"_id": session_id}}, {"$lookup": owner}, {"$unwind": "$owner"}]
    return next(iter(collection(SESSIONS).aggregate(pipeline)), None)


def rotate(session_id: str, gen: int, epoch: int, now: datetime, idle_exp: datetime) -> Document | None:
    """Advance a live session of this epoch from ``gen`` to ``gen + 1``.

    Returns the new document, or ``None`` if another caller did so first or the epoch has changed.
    """
    return collection(SESSIONS).find_one_and_update(
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


def renew(session_id: str, user_id: str, epoch: int, now: datetime, idle_exp: datetime) -> Document | None:
    """Invalidate a live session's refresh tokens by advancing ``gen`` by two. Return the new document or ``None``."""
    return collection(SESSIONS).find_one_and_update(
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
    collection(SESSIONS).update_one(
        {"_id": session_id, "user_id": user_id, "epoch": _epoch_condition(epoch), "revoked_at": None},
        {"$set": {"epoch": epoch + 1}},
        session=session_for("default"),
    )


def record_proof(session_id: str, user_id: str, epoch: int, now: datetime) -> bool:
    """Record that the owner of a live session has just proved their identity again. Return whether it was live."""
    result = collection(SESSIONS).update_one(
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
    collection(SESSIONS).update_one(
        {"_id": session_id, "revoked_at": None},
        {"$set": {"rotated_at": now, "idle_exp": idle_exp, "purge_at": idle_exp + RETENTION_AFTER_END}},
    )


def revoke(session_id: str, user_id: str, reason: str, now: datetime) -> bool:
    """End a live session of the user. Return whether it was live."""
    result = collection(SESSIONS).update_one(
        {"_id": session_id, "user_id": user_id, "revoked_at": None},
        {"$set": {"revoked_at": now, "revoked_reason": reason, "purge_at": now + RETENTION_AFTER_END}},
    )
    return result.modified_count == 1


def revoke_all(user_id: str, reason: str, now: datetime, *, keep: str | None = None) -> int:
    """End every live session of the user except ``keep``. Return how many were live."""
    condition: Document = {
        "user_id": user_id,
        "revoked_at": None,
        "idle_exp": {"$gt": now},
        "abs_exp": {"$gt": now},
    }
    if keep is not None:
        condition["_id"] = {"$ne": keep}
    result = collection(SESSIONS).update_many(
        condition,
        {"$set": {"revoked_at": now, "revoked_reason": reason, "purge_at": now + RETENTION_AFTER_END}},
    )
    return result.modified_count


def list_live(user_id: str, epoch: int, now: datetime, *, most: int) -> list[Document]:
    """Return the user's live sessions at ``epoch``, most recently used first."""
    condition: Document = {
        "user_id": user_id,
        "epoch": _epoch_condition(epoch),
        "revoked_at": None,
        "idle_exp": {"$gt": now},
        "abs_exp": {"$gt": now},
    }
    return list(collection(SESSIONS).find(condition).sort("rotated_at", DESCENDING).limit(most))


def delete_for_user(user_id: str) -> None:
    """Delete every session of a deleted account."""
    collection(SESSIONS).delete_many({"user_id": user_id})


def swap_image(user_id: str, field: str, folder: str) -> str | None:
    """Set the account's image ``field`` to ``folder``. Return the former value, or ``None`` if the account is gone."""
    before = collection(USERS).find_one_and_update(
        {"_id": user_id}, {"$set": {field: folder}}, projection={field: 1}
    )
    return None if before is None else str(before.get(field) or "")


def update_profile(user_id: str, changes: Document, expected_version: int | None) -> Document | None:
    """Set fields (dotted names for single preferences) and increment the version.

    Returns the updated account; ``None`` if it is gone or not at ``expected_version``.
    """
    condition: Document = {"_id": user_id}
    if expected_version is not None:
        condition["profile_version"] = expected_version
    return collection(USERS).find_one_and_update(
        condition,
        {"$set": changes, "$inc": {"profile_version": 1}},
        return_document=ReturnDocument.AFTER,
    )

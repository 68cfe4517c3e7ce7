"""MongoDB access for ``push_subscription``: one document per browser that an account gets notifications in.

The id is a digest of the endpoint, so that a browser is there once, whoever is signed in.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import NotRequired, TypedDict, cast

from pymongo import ASCENDING, DESCENDING, IndexModel
from pymongo.collection import Collection
from pymongo.errors import DuplicateKeyError

from streamsite.mongo.collections import collection

SUBSCRIPTIONS = "push_subscription"
INDEXES = {
    SUBSCRIPTIONS: [
        IndexModel([("user_id", ASCENDING), ("created_at", DESCENDING)], name="push_of_user"),
        IndexModel([("session_id", ASCENDING)], name="push_of_session"),
    ]
}


class PushDoc(TypedDict):
    """A browser's subscription. Times are naive UTC when read; ``sent_at`` is the last delivery.

    ``p256dh`` and ``auth`` are the browser's keys in base64url, ``key_id`` names the site's key that it knows.
    """

    _id: str
    user_id: str
    session_id: str
    endpoint: str
    p256dh: str
    auth: str
    key_id: str
    user_agent: str
    created_at: datetime
    sent_at: NotRequired[datetime]


def _subscriptions() -> Collection[PushDoc]:
    return cast("Collection[PushDoc]", collection(SUBSCRIPTIONS))


def put(row: PushDoc) -> bool:
    """Store a subscription in place of a former one of the browser. Return whether it is new to the account."""
    same = {"_id": row["_id"], "user_id": row["user_id"]}
    changes = {name: value for name, value in row.items() if name not in {*same, "created_at"}}
    if _subscriptions().update_one(same, {"$set": changes}).matched_count:
        return False
    try:
        _subscriptions().replace_one({"_id": row["_id"]}, row, upsert=True)
    except DuplicateKeyError:  # the same browser in another tab
        _subscriptions().replace_one({"_id": row["_id"]}, row, upsert=True)
    return True


def find(push_ids: Sequence[str]) -> list[PushDoc]:
    """Return the subscriptions that exist of some ids."""
    return list(_subscriptions().find({"_id": {"$in": list(push_ids)}}))


def list_for_user(user_id: str) -> list[PushDoc]:
    """Return an account's subscriptions, latest first."""
    return list(_subscriptions().find({"user_id": user_id}).sort("created_at", DESCENDING))


def ids_of_users(user_ids: Sequence[str]) -> list[str]:
    """Return the ids of the accounts' subscriptions."""
    rows = _subscriptions().find({"user_id": {"$in": list(user_ids)}}, {"_id": 1})
    return [row["_id"] for row in rows]


def is_used() -> bool:
    """Return whether there is any subscription."""
    return _subscriptions().find_one({}, {"_id": 1}) is not None


def mark_sent(push_ids: Iterable[str], at: datetime) -> None:
    """Store when something was last delivered."""
    _subscriptions().update_many({"_id": {"$in": list(push_ids)}}, {"$set": {"sent_at": at}})


def remove(user_id: str, push_id: str) -> bool:
    """Delete one of an account's subscriptions. Return whether it was there."""
    return bool(_subscriptions().delete_one({"_id": push_id, "user_id": user_id}).deleted_count)


def delete(rows: Iterable[PushDoc]) -> None:
    """Delete subscriptions that are unchanged since they were read."""
    for row in rows:
        read = {name: row[name] for name in ("_id", "user_id", "session_id", "p256dh", "key_id")}
        _subscriptions().delete_one(read)


def delete_for_session(session_id: str) -> None:
    """Delete the subscriptions that were made in a session."""
    _subscriptions().delete_many({"session_id": session_id})


def delete_for_user(user_id: str, *, keep_session: str | None = None) -> None:
    """Delete an account's subscriptions except those of one session."""
    kept = {} if keep_session is None else {"session_id": {"$ne": keep_session}}
    _subscriptions().delete_many({"user_id": user_id, **kept})

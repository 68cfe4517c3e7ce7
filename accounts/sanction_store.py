"""The collection of warnings and suspensions (``account_sanction``), shown to staff and to the owner.

``{_id, user_id, kind, text, actor, at}``. A suspension also has ``until`` (null: until staff reinstate the account),
``due`` (equal to ``until`` while the suspension is still to end automatically), and ``ended_at``. Moments are naive UTC
when read.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import NotRequired, TypedDict, cast

from pymongo import ASCENDING, DESCENDING, IndexModel
from pymongo.collection import Collection

from streamsite.ids import object_id
from streamsite.mongo.collections import collection
from streamsite.mongo.engine.client import session_for

SANCTIONS = "account_sanction"
WARNING, SUSPENSION = "warning", "suspension"
INDEXES = {
    SANCTIONS: [
        IndexModel([("user_id", ASCENDING), ("at", DESCENDING)], name="sanction_of_user"),
        IndexModel(
            [("due", ASCENDING)], name="sanction_due", partialFilterExpression={"due": {"$type": "date"}}
        ),
    ]
}


class SanctionDoc(TypedDict):
    """A warning or a suspension. ``actor`` is the id of the staff member, "" for the operator."""

    _id: str
    user_id: str
    kind: str
    text: str
    actor: str
    at: datetime
    until: NotRequired[datetime | None]
    due: NotRequired[datetime]
    ended_at: NotRequired[datetime | None]


def _sanctions() -> Collection[SanctionDoc]:
    return cast("Collection[SanctionDoc]", collection(SANCTIONS))


def _aware(row: SanctionDoc) -> SanctionDoc:
    for name in ("at", "until", "due", "ended_at"):
        moment = row.get(name)
        if isinstance(moment, datetime):
            row[name] = moment.replace(tzinfo=UTC)
    return row


def add_warning(user_id: str, text: str, *, actor: str, at: datetime) -> SanctionDoc:
    """Store a warning and return it."""
    row = SanctionDoc(_id=object_id(), user_id=user_id, kind=WARNING, text=text, actor=actor, at=at)
    _sanctions().insert_one(row)
    return row


def add_suspension(user_id: str, text: str, *, actor: str, at: datetime, until: datetime | None) -> None:
    """Store a suspension that begins now. Joins the caller's transaction."""
    row = SanctionDoc(
        _id=object_id(), user_id=user_id, kind=SUSPENSION, text=text, actor=actor, at=at, until=until
    )
    row["ended_at"] = None
    if until is not None:
        row["due"] = until
    _sanctions().insert_one(row, session=session_for("default"))


def end_suspensions(user_id: str, *, at: datetime) -> None:
    """Note that the account's suspensions are over. Idempotent; joins the caller's transaction."""
    _sanctions().update_many(
        {"user_id": user_id, "kind": SUSPENSION, "ended_at": None},
        {"$set": {"ended_at": at}, "$unset": {"due": ""}},
        session=session_for("default"),
    )


def current_suspension(user_id: str) -> SanctionDoc | None:
    """Return the suspension that has not ended; ``None`` for one that was made without a record."""
    row = _sanctions().find_one(
        {"user_id": user_id, "kind": SUSPENSION, "ended_at": None},
        sort=[("at", DESCENDING)],
        session=session_for("default"),
    )
    return _aware(row) if row is not None else None


def due_user_ids(now: datetime, *, most: int) -> list[str]:
    """Return the accounts whose suspension is over by ``now``, the longest ago first."""
    rows = _sanctions().find({"due": {"$lte": now}}, {"user_id": 1}).sort("due", ASCENDING).limit(most)
    return [row["user_id"] for row in rows]


def list_for_user(user_id: str, *, most: int, kind: str | None = None) -> list[SanctionDoc]:
    """Return the account's warnings and suspensions, or those of one ``kind``, newest first."""
    match = {"user_id": user_id} | ({"kind": kind} if kind else {})
    return [_aware(row) for row in _sanctions().find(match).sort("at", DESCENDING).limit(most)]


def delete_for_user(user_id: str) -> None:
    """Delete what a deleted account was told. Idempotent."""
    _sanctions().delete_many({"user_id": user_id})

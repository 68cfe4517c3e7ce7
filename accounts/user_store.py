"""MongoDB access for ``accounts_user``: exchanges, conditional updates, and joins that the ORM cannot express."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import cast

from pymongo import ReturnDocument
from pymongo.collection import Collection

from streamsite.mongo.collections import collection
from streamsite.mongo.engine.client import session_for

USERS = "accounts_user"

Document = dict[str, object]


def _users() -> Collection[Document]:
    return cast("Collection[Document]", collection(USERS))


def swap_image(user_id: str, field: str, folder: str) -> str | None:
    """Set the account's image ``field`` to ``folder``. Return the former value, or ``None`` if the account is gone."""
    before = _users().find_one_and_update({"_id": user_id}, {"$set": {field: folder}}, projection={field: 1})
    return None if before is None else str(before.get(field) or "")


def update_profile(
    user_id: str, changes: Mapping[str, object], expected_version: int | None
) -> Document | None:
    """Set fields (dotted names for single preferences) and increment the version.

    Returns the updated account; ``None`` if it is gone or not at ``expected_version``.
    """
    condition: Document = {"_id": user_id}
    if expected_version is not None:
        condition["profile_version"] = expected_version
    return _users().find_one_and_update(
        condition,
        {"$set": changes, "$inc": {"profile_version": 1}},
        return_document=ReturnDocument.AFTER,
    )


def claim_epoch(user_id: str, epoch: int) -> bool:
    """Return whether the account is active and at this security epoch. Joins the caller's transaction.

    It writes to the account, so that the transaction conflicts with one that raises the epoch meanwhile.
    """
    claimed = _users().update_one(
        {"_id": user_id, "is_active": True, "security_epoch": {"$in": [0, None]} if epoch == 0 else epoch},
        {"$inc": {"profile_version": 1}},
        session=session_for("default"),
    )
    return bool(claimed.matched_count)


def change_subscriber_count(user_id: str, change: int) -> int | None:
    """Add ``change`` to the account's subscriber count; return the new count, or ``None`` if the account is gone."""
    return _change_count(user_id, "subscriber_count", change)


def change_subscription_count(user_id: str, change: int) -> int | None:
    """Add ``change`` to the number of the account's subscriptions; return it, or ``None`` if the account is gone."""
    return _change_count(user_id, "subscription_count", change)


def _change_count(user_id: str, field: str, change: int) -> int | None:
    row = _users().find_one_and_update(
        {"_id": user_id},
        {"$inc": {field: change}},
        projection={field: 1},
        return_document=ReturnDocument.AFTER,
    )
    return None if row is None else cast("int", row[field])


def count_hidden_change(user_id: str) -> None:
    """Count a change of what is not recommended to the account."""
    _users().update_one({"_id": user_id}, {"$inc": {"hidden_version": 1}})


def read_with(
    user_ids: Iterable[str], fields: Iterable[str], stages: Sequence[Mapping[str, object]]
) -> Iterable[Document]:
    """Read ``fields`` of some accounts, followed by the rows that ``stages`` add, in one command."""
    accounts: list[Mapping[str, object]] = [
        {"$match": {"_id": {"$in": list(user_ids)}}},
        {"$project": dict.fromkeys(fields, 1)},
    ]
    return _users().aggregate([*accounts, *stages])


def find_by_username(
    username: str, fields: Iterable[str], stages: Sequence[Mapping[str, object]] = ()
) -> Document | None:
    """Return ``fields`` of the account with this username and what ``stages`` join to it; ``None`` without one."""
    projection = dict.fromkeys(fields, 1)
    if not stages:
        return _users().find_one({"username": username}, projection)
    account: list[Mapping[str, object]] = [{"$match": {"username": username}}, {"$project": projection}]
    return next(iter(_users().aggregate([*account, *stages])), None)

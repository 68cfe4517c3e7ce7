"""The collection of turns: one document per account with a quota, which everything that takes of the quota writes.

Two transactions that write the same document cannot both commit, so those of one account go one after the other and
each sees what the one before has taken.
"""

from __future__ import annotations

from streamsite.mongo.collections import collection
from streamsite.mongo.engine.client import session_for

TURNS = "videos_quotaturn"


def create(account_id: str) -> None:
    """Make the account's document if there is none. Outside the transaction, which could not wait for another one."""
    collection(TURNS).update_one({"_id": account_id}, {"$setOnInsert": {"turn": 0}}, upsert=True)


def take(account_id: str) -> bool:
    """Make the present transaction the only one that takes of the account's quota. False without a document."""
    result = collection(TURNS).update_one({"_id": account_id}, {"$inc": {"turn": 1}}, session=session_for())
    return result.matched_count == 1


def delete_for_account(account_id: str) -> None:
    """Delete the account's document."""
    collection(TURNS).delete_one({"_id": account_id})

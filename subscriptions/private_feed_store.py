"""MongoDB access for ``subscriptions_privatefeed``."""

from __future__ import annotations

from datetime import datetime

from streamsite.mongo.collections import collection
from subscriptions.models import PrivateFeed


def replace(user_id: str, *, token_hash: str, epoch: int, at: datetime) -> None:
    """Store the hash of the account's new feed token in place of a former one."""
    values = {"token_hash": token_hash, "epoch": epoch, "created_at": at, "last_used_at": None}
    collection(PrivateFeed._meta.db_table).update_one({"_id": user_id}, {"$set": values}, upsert=True)

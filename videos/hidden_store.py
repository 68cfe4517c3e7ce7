"""The collection of videos and channels that accounts don't want recommended: one document for each."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from pymongo import ASCENDING, DESCENDING, IndexModel
from pymongo.errors import DuplicateKeyError

from streamsite.ids import object_id
from streamsite.mongo.collections import collection

HIDDEN = "viewer_hidden"
VIDEO, CHANNEL = "video", "channel"
INDEXES = {
    HIDDEN: [
        IndexModel(
            [("user_id", ASCENDING), ("kind", ASCENDING), ("target_id", ASCENDING)],
            name="hidden_once",
            unique=True,
        ),
        IndexModel(
            [
                ("user_id", ASCENDING),
                ("kind", ASCENDING),
                ("created_at", DESCENDING),
                ("_id", DESCENDING),
                ("target_id", ASCENDING),
            ],
            name="hidden_of_user",
        ),
        IndexModel([("target_id", ASCENDING)], name="hidden_target"),
    ],
}


def add(user_id: str, kind: str, target_id: str) -> bool:
    """Store that an account hides a target. Return False when it did so before."""
    row = {
        "_id": object_id(),
        "user_id": user_id,
        "kind": kind,
        "target_id": target_id,
        "created_at": datetime.now(UTC),
    }
    try:
        collection(HIDDEN).insert_one(row)
    except DuplicateKeyError:
        return False
    return True


def remove(user_id: str, kind: str, target_id: str) -> bool:
    """Remove a target. Return False when there was nothing to remove."""
    row = {"user_id": user_id, "kind": kind, "target_id": target_id}
    return bool(collection(HIDDEN).delete_one(row).deleted_count)


def has(user_id: str, kind: str, target_id: str) -> bool:
    """Return whether an account hides a target."""
    row = {"user_id": user_id, "kind": kind, "target_id": target_id}
    return collection(HIDDEN).find_one(row, {"_id": 1}) is not None


def count(user_id: str, kind: str) -> int:
    """Return how many targets of a kind an account hides."""
    return collection(HIDDEN).count_documents({"user_id": user_id, "kind": kind})


def list_targets(user_id: str, kind: str) -> list[str]:
    """Return the ids of the targets of a kind, latest first."""
    fields = {"_id": 0, "target_id": 1}
    rows = collection(HIDDEN).find({"user_id": user_id, "kind": kind}, fields)
    return [row["target_id"] for row in rows.sort([("created_at", DESCENDING), ("_id", DESCENDING)])]


def find_all(user_id: str) -> dict[str, list[str]]:
    """Return the ids of all targets of an account by kind. One command."""
    found: dict[str, list[str]] = {VIDEO: [], CHANNEL: []}
    row: dict[str, Any]
    for row in collection(HIDDEN).find({"user_id": user_id}, {"_id": 0, "kind": 1, "target_id": 1}):
        found[row["kind"]].append(row["target_id"])
    return found


def delete_for_user(user_id: str) -> None:
    """Delete everything of a deleted account, and every trace of its channel."""
    collection(HIDDEN).delete_many({"user_id": user_id})
    collection(HIDDEN).delete_many({"target_id": user_id})


def delete_for_video(video_id: str) -> None:
    """Delete a deleted video from all lists."""
    collection(HIDDEN).delete_many({"target_id": video_id})

"""The collection of watch histories: one document per account and video."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TypedDict, cast

from pymongo.errors import DuplicateKeyError

from streamsite.mongo.batches import batches
from streamsite.mongo.collections import collection
from videos.folded_titles import fold_title
from videos.models import Watch


class TitleRow(TypedDict):
    """The fields of an entry that tell whether its title is outdated."""

    user_id: str
    video_id: str
    title: str


class Position(TypedDict):
    """The fields of an entry that tell how much was watched: ``position`` and ``duration`` in seconds."""

    position: float
    duration: float
    completed: bool


class VideoPosition(Position):
    """The position in one video."""

    video_id: str


WATCHES = Watch._meta.db_table


def save_entry(
    user_id: str, video_id: str, values: Mapping[str, object], initial: Mapping[str, object]
) -> None:
    """Set ``values`` of the entry of an account and a video; a new entry gets ``initial``, too."""
    pair = {"user_id": user_id, "video_id": video_id}
    rows = collection(WATCHES, acknowledged_by=1)
    try:
        rows.update_one(pair, {"$set": values, "$setOnInsert": initial}, upsert=True)
    except DuplicateKeyError:  # two first heartbeats at once
        rows.update_one(pair, {"$set": values})


def add_entry(user_id: str, video_id: str, values: Mapping[str, object]) -> bool:
    """Store an entry with ``values``, unless the account has one of the video. Return whether it was stored."""
    pair = {"user_id": user_id, "video_id": video_id}
    try:
        return (
            collection(WATCHES).update_one(pair, {"$setOnInsert": values}, upsert=True).upserted_id
            is not None
        )
    except DuplicateKeyError:
        return False


def set_title(video_id: str, title: str, *, only_of: str = "") -> None:
    """Set the title in all entries of a video, or in that of the account ``only_of``."""
    which: dict[str, object] = {"video_id": video_id, "title": {"$ne": title}}
    if only_of:
        which["user_id"] = only_of
    collection(WATCHES).update_many(which, {"$set": {"title": title, "folded_title": fold_title(title)}})


def iter_titles() -> Iterator[list[TitleRow]]:
    """Yield ``{user_id, video_id, title}`` of all entries, in batches."""
    for piece in batches(collection(WATCHES), {}, fields=("user_id", "video_id", "title")):
        yield cast(list[TitleRow], piece)


def find_positions(user_id: str, video_ids: list[str]) -> list[VideoPosition]:
    """Return ``{video_id, position, duration, completed}`` of an account's entries for some videos."""
    fields = {"_id": 0, "video_id": 1, "position": 1, "duration": 1, "completed": 1}
    found = collection(WATCHES).find({"user_id": user_id, "video_id": {"$in": video_ids}}, fields)
    return cast(list[VideoPosition], list(found))


def delete_entry(user_id: str, video_id: str) -> None:
    """Delete one video from an account's history. Idempotent."""
    collection(WATCHES).delete_one({"user_id": user_id, "video_id": video_id})


def clear_history(user_id: str) -> None:
    """Delete an account's history."""
    collection(WATCHES).delete_many({"user_id": user_id})


def delete_for_video(video_id: str) -> None:
    """Delete a deleted video from all histories."""
    collection(WATCHES).delete_many({"video_id": video_id})

"""The collection of search documents, one for each listed video; see ``index`` for their fields.

``search_rebuild {_id: "videos", after, shape, at}`` is how far a rebuild of all documents came, if it was interrupted.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.utils import timezone
from pymongo import ReplaceOne

from streamsite.mongo.collections import WHOLE_RESULT, collection

SEARCH_VIDEOS, SEARCH_REBUILDS = "search_video", "search_rebuild"
PLACE = "videos"
PLACE_LASTS = timedelta(days=1)
Document = dict[str, Any]


def replace(video_id: str, document: Mapping[str, object], fields: Mapping[str, int]) -> Document | None:
    """Store a document; return ``fields`` of the one that it replaced, also when two processes do this at once."""
    which = {"_id": video_id}
    return collection(SEARCH_VIDEOS).find_one_and_replace(which, document, fields, upsert=True)


def replace_many(documents: Mapping[str, Mapping[str, object]]) -> None:
    """Store documents by their videos' ids."""
    writes: list[ReplaceOne[Document]] = [
        ReplaceOne({"_id": video_id}, dict(made), upsert=True) for video_id, made in documents.items()
    ]
    if writes:
        collection(SEARCH_VIDEOS).bulk_write(writes, ordered=False)


def read_place(shape: int) -> str:
    """Return the last id that an interrupted rebuild to ``shape`` wrote within a day; "" if there is none."""
    which = {"_id": PLACE, "shape": shape, "at": {"$gt": timezone.now() - PLACE_LASTS}}
    row = collection(SEARCH_REBUILDS).find_one(which)
    return str(row["after"]) if row else ""


def write_place(after: str, shape: int) -> None:
    """Remember the last id that a rebuild to ``shape`` wrote."""
    place = {"after": after, "shape": shape, "at": timezone.now()}
    collection(SEARCH_REBUILDS).replace_one({"_id": PLACE}, place, upsert=True)


def delete_place() -> None:
    """Forget how far a rebuild came."""
    collection(SEARCH_REBUILDS).delete_one({"_id": PLACE})


def pop(video_id: str, fields: Mapping[str, int]) -> Document | None:
    """Delete a video's document; return ``fields`` of it, ``None`` if there was none."""
    return collection(SEARCH_VIDEOS).find_one_and_delete({"_id": video_id}, fields)


def iter_documents(
    condition: Mapping[str, object], fields: Mapping[str, int] | None = None
) -> Iterator[Document]:
    """Yield ``fields`` of the documents that match ``condition``, only ``_id`` when none are given."""
    yield from collection(SEARCH_VIDEOS).find(condition, fields or {"_id": 1})


def find_any(condition: Mapping[str, object], fields: Mapping[str, int]) -> Document | None:
    """Return ``fields`` of one document that matches ``condition``, ``None`` if there is none."""
    return collection(SEARCH_VIDEOS).find_one(condition, fields)


def count_without_pairs(most: int) -> int:
    """Return how many documents lack ``pairs``, at most ``most``; one read of an index."""
    return len(collection(SEARCH_VIDEOS).find({"pairs": None}, {"_id": 1}, limit=most).to_list())


def set_popularity(video_id: str, popularity: int) -> None:
    """Change the popularity of a video. Written without waiting for other members of the replica set."""
    rows = collection(SEARCH_VIDEOS, acknowledged_by=1)
    which = {"_id": video_id, "popularity": {"$ne": popularity}}
    rows.update_one(which, {"$set": {"popularity": popularity}})


def refresh_sensitive(channel_id: str, *, is_marked: bool) -> None:
    """Compute ``shown_as_sensitive`` of a channel's documents; ``is_marked`` says whether the channel is."""
    shown = {"$or": [{"$eq": ["$is_marked", True]}, {"$literal": is_marked}]}
    collection(SEARCH_VIDEOS).update_many(
        {"channel_id": channel_id}, [{"$set": {"shown_as_sensitive": shown}}]
    )


def aggregate(stages: Sequence[Mapping[str, object]]) -> list[Document]:
    """Return the rows of a pipeline on search documents. Stopped after ``MONGODB_TIME_LIMIT_MS``."""
    rows = collection(SEARCH_VIDEOS).aggregate(
        list(stages), maxTimeMS=settings.MONGODB_TIME_LIMIT_MS, batchSize=WHOLE_RESULT
    )
    return rows.to_list()


def matching_ids(condition: Mapping[str, object]) -> set[str]:
    """Return the ids of the videos that match ``condition``. Stopped after ``MONGODB_TIME_LIMIT_MS``."""
    rows = collection(SEARCH_VIDEOS).find(condition, {"_id": 1}, max_time_ms=settings.MONGODB_TIME_LIMIT_MS)
    return {row["_id"] for row in rows}


def find_popular(condition: Mapping[str, object], fields: Mapping[str, int], most: int) -> list[Document]:
    """Return ``fields`` of the most popular documents that match. Stopped after ``MONGODB_TIME_LIMIT_MS``."""
    rows = collection(SEARCH_VIDEOS).find(condition, fields)
    ordered = rows.sort([("popularity", -1), ("_id", -1)]).limit(most)
    return list(ordered.max_time_ms(settings.MONGODB_TIME_LIMIT_MS))

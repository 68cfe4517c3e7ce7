"""The collection of comments, for updates whose outcome decides the counters."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from pymongo import ReturnDocument

from streamsite.mongo.collections import collection
from videos.models import Comment
from videos.models.comment import CommentState

COMMENTS = Comment._meta.db_table
Document = dict[str, Any]


def set_state(comment_id: str, former: CommentState, now: CommentState) -> Document | None:
    """Change the state of a comment from ``former``; return its document afterwards, ``None`` if it had another."""
    return collection(COMMENTS).find_one_and_update(
        {"_id": comment_id, "state": former},
        {"$set": {"state": now}, "$inc": {"version": 1}},
        return_document=ReturnDocument.AFTER,
    )


def pop(comment_id: str) -> Document | None:
    """Delete a comment; return its document, ``None`` if it was gone."""
    return collection(COMMENTS).find_one_and_delete({"_id": comment_id})


def add_replies(thread_id: str, number: int) -> Document | None:
    """Add to the number of replies in a thread; return ``{state}``, ``None`` if it is gone."""
    return collection(COMMENTS).find_one_and_update(
        {"_id": thread_id}, {"$inc": {"reply_count": number, "score": number}}, projection={"state": 1}
    )


def find_replies(thread_id: str, fields: Mapping[str, int], most: int) -> list[Document]:
    """Return up to ``most`` replies to a comment, with these fields."""
    return list(collection(COMMENTS).find({"parent": thread_id}, fields).limit(most))


def iter_thread_ids(target_id: str) -> Iterator[str]:
    """Yield the ids of the comments that begin threads below a target."""
    for row in collection(COMMENTS).find({"subject": target_id, "parent": ""}, {"_id": 1}):
        yield row["_id"]


def delete(comment_ids: list[str]) -> None:
    """Delete comments by their ids."""
    collection(COMMENTS).delete_many({"_id": {"$in": comment_ids}})


def delete_for_target(target_id: str) -> None:
    """Delete all comments on a deleted target."""
    collection(COMMENTS).delete_many({"subject": target_id})

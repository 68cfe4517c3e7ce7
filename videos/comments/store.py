"""The collection of comments, for updates whose outcome decides the counters."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import NotRequired, TypedDict, cast

from pymongo import ReturnDocument

from streamsite.mongo.collections import collection
from videos.models import Comment
from videos.models.comment import CommentState

COMMENTS = Comment._meta.db_table
# The studio's filters look through so many of the latest comments, and find so many.
MAX_FILTERED, MAX_FOUND = 10_000, 1_000


class CommentRow(TypedDict):
    """The fields of a comment that its counters and notifications depend on."""

    _id: str
    state: str
    about: str
    subject: str
    owner_id: str
    author_id: str
    parent: str
    reply_count: NotRequired[int]


class ThreadState(TypedDict):
    """The state of the comment that begins a thread; missing in rows of an old release."""

    state: NotRequired[str]


def set_state(comment_id: str, former: CommentState, now: CommentState) -> CommentRow | None:
    """Change the state of a comment from ``former``; return its document afterwards, ``None`` if it had another."""
    found = collection(COMMENTS).find_one_and_update(
        {"_id": comment_id, "state": former},
        {"$set": {"state": now}, "$inc": {"version": 1}},
        return_document=ReturnDocument.AFTER,
    )
    return cast("CommentRow | None", found)


def own_held_stage(user_id: str, subject: str) -> dict[str, object]:
    """Return the stage that adds ``{is_held: True}`` to the rows of another collection if an account has held comments.

    That is, on one subject.
    """
    which = {"author_id": user_id, "subject": subject, "state": CommentState.HELD.value}
    pipeline = [{"$match": which}, {"$limit": 1}, {"$project": {"_id": 0, "is_held": {"$literal": True}}}]
    return {"$unionWith": {"coll": COMMENTS, "pipeline": pipeline}}


def pop(comment_id: str) -> CommentRow | None:
    """Delete a comment; return its document, ``None`` if there was none."""
    return cast("CommentRow | None", collection(COMMENTS).find_one_and_delete({"_id": comment_id}))


def add_replies(thread_id: str, number: int) -> ThreadState | None:
    """Add to the number of replies in a thread; return ``{state}``, ``None`` if it was deleted."""
    found = collection(COMMENTS).find_one_and_update(
        {"_id": thread_id}, {"$inc": {"reply_count": number, "score": number}}, projection={"state": 1}
    )
    return cast("ThreadState | None", found)


def find_replies(thread_id: str, fields: Mapping[str, int], most: int) -> list[CommentRow]:
    """Return up to ``most`` replies to a comment, with these fields."""
    found = collection(COMMENTS).find({"parent": thread_id}, fields).limit(most)
    return cast(list[CommentRow], list(found))


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


def find_ids_for_owner(
    owner_id: str, states: list[str], *, video: str = "", words: str = "", unanswered: bool = False
) -> list[str]:
    """Return the ids of up to ``MAX_FOUND`` of the latest ``MAX_FILTERED`` comments on an account's content.

    Of one target with ``video``, that contain ``words``, and with ``unanswered`` those of others that begin a thread
    without a shown reply by the account. What it costs does not grow with the number of comments beyond that.
    """
    where: dict[str, object] = {"owner_id": owner_id, "state": {"$in": states}}
    if video:
        where["subject"] = video
    if unanswered:
        where |= {"parent": "", "author_id": {"$ne": owner_id}}
    stages: list[dict[str, object]] = [
        {"$match": where},
        {"$sort": {"created_at": -1, "_id": -1}},
        {"$limit": MAX_FILTERED},
    ]
    if words:
        stages.append({"$match": {"text": {"$regex": re.escape(words), "$options": "i"}}})
    if unanswered:
        own = [
            {"$match": {"author_id": owner_id, "state": CommentState.SHOWN.value}},
            {"$limit": 1},
            {"$project": {"_id": 1}},
        ]
        answers = {"from": COMMENTS, "localField": "_id", "foreignField": "parent"}
        stages += [{"$lookup": {**answers, "pipeline": own, "as": "own"}}, {"$match": {"own": []}}]
    stages += [{"$limit": MAX_FOUND}, {"$project": {"_id": 1}}]
    return [row["_id"] for row in collection(COMMENTS).aggregate(stages)]

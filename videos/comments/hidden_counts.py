"""Count the comments that a viewer's blocks hide, so that the numbers they see match their lists.

An account that blocks nobody costs one look into an index; each block costs one more, up to ``MAX_BLOCKS`` of them.
"""

from __future__ import annotations

from videos.block_store import BLOCKS
from videos.comments.store import COMMENTS
from videos.models.comment import CommentState

# The field of the row of ``hidden_count_stages``, and of ``videos.viewer_state.ViewerState``.
HIDDEN_FIELD = "hidden_comments"
# With more blocks than these the numbers may include a few hidden comments.
MAX_BLOCKS = 100
Stages = list[dict[str, object]]


def hidden_count_stages(user_id: str, subject_id: str) -> Stages:
    """Return the stages on ``BLOCKS`` that give ``{NAME: n}`` where blocks hide anything below a subject.

    Comments of blocked authors count with the shown replies in their threads, and replies of theirs elsewhere alone.
    """
    by_thread: dict[str, object] = {
        "$group": {
            "_id": {"$ifNull": ["$parent", ""]},
            "n": {"$sum": 1},
            "replies": {"$sum": {"$ifNull": ["$reply_count", 0]}},
        }
    }
    shown: Stages = [{"$match": {"subject": subject_id, "state": CommentState.SHOWN.value}}, by_thread]
    thread: Stages = [{"$project": {"_id": 0, "author_id": 1, "state": 1}}]
    mine: Stages = [{"$match": {"blocker_id": user_id}}, {"$project": {"_id": 1}}]
    together = {
        "_id": "$comment._id",
        "n": {"$sum": "$comment.n"},
        "replies": {"$sum": "$comment.replies"},
    }
    is_thread = {"$eq": ["$_id", ""]}
    return [
        *_blocked_by(user_id),
        _join(COMMENTS, "blocked_id", "author_id", shown, "comment"),
        {"$unwind": "$comment"},
        {"$group": together},
        _join(COMMENTS, "_id", "_id", thread, "thread"),
        _join(BLOCKS, "thread.author_id", "blocked_id", mine, "hidden"),
        # A reply in a thread that is hidden anyway was counted with the thread, or is counted by nobody.
        {"$match": {"$or": [{"_id": ""}, {"thread.state": CommentState.SHOWN.value, "hidden": []}]}},
        {"$group": {"_id": None, "n": {"$sum": {"$cond": [is_thread, {"$add": ["$n", "$replies"]}, "$n"]}}}},
        {"$project": {"_id": 0, HIDDEN_FIELD: "$n"}},
    ]


def union_stages(user_id: str, subject_id: str) -> Stages:
    """Return the stage that adds the row of ``hidden_count_stages`` to those of another collection."""
    return [{"$unionWith": {"coll": BLOCKS, "pipeline": hidden_count_stages(user_id, subject_id)}}]


def hidden_reply_stages(user_id: str, subject_id: str, thread_ids: list[str]) -> Stages:
    """Return the stage that adds ``{thread, hidden_replies}``: shown replies by authors whom an account blocks."""
    if not thread_ids:
        return []
    shown: Stages = [
        {"$match": {"subject": subject_id, "state": CommentState.SHOWN.value, "parent": {"$in": thread_ids}}},
        {"$project": {"_id": 0, "parent": 1}},
    ]
    pipeline = [
        *_blocked_by(user_id),
        _join(COMMENTS, "blocked_id", "author_id", shown, "comment"),
        {"$unwind": "$comment"},
        {"$group": {"_id": "$comment.parent", "n": {"$sum": 1}}},
        {"$project": {"_id": 0, "thread": "$_id", "hidden_replies": "$n"}},
    ]
    return [{"$unionWith": {"coll": BLOCKS, "pipeline": pipeline}}]


def _blocked_by(user_id: str) -> Stages:
    """Return the stages that give ``{blocked_id}``, read from the index alone."""
    return [
        {"$match": {"blocker_id": user_id}},
        {"$limit": MAX_BLOCKS},
        {"$project": {"_id": 0, "blocked_id": 1}},
    ]


def _join(table: str, local: str, foreign: str, pipeline: Stages, name: str) -> dict[str, object]:
    return {
        "$lookup": {
            "from": table,
            "localField": local,
            "foreignField": foreign,
            "pipeline": pipeline,
            "as": name,
        }
    }

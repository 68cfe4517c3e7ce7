"""Calls of workers that wait for a broker instead of polling the collection: which are due, made, or lost.

A call says that a queue has a due job, never which: whoever hears it takes the next one as every worker does. So a
call may be lost, late or there twice. A job is announced once each time it becomes due: ``announced_at`` is set with
the call and removed when the job is taken. A queue whose jobs stay due is called again, as a whole, at growing
intervals: ``task_call {_id: queue, again_at, calls}``. So a long queue costs the broker one message per job and a few
for good measure.
"""

from __future__ import annotations

from collections.abc import Mapping

from pymongo import ASCENDING, DESCENDING
from pymongo.errors import DuplicateKeyError

from streamsite.mongo.collections import collection
from streamsite.tasks.queue import JOBS, NOW, UNFINISHED

CALLS = "task_call"
MAX_DOUBLINGS = 3

Document = dict[str, object]


def mark_called(job_id: str) -> str | None:
    """Mark a due job as announced; return the queue to call, ``None`` when it is not due or was announced."""
    found = _announce({"_id": job_id})
    return None if found is None else str(found["queue"])


def mark_next_called(queues: list[str], seconds: float) -> tuple[str, str] | None:
    """Mark a job that became due within ``seconds`` as announced; return its id and queue, or ``None``."""
    recently = {"$gt": ["$run_at", _ago(seconds)]}
    found = _announce({"queue": {"$in": queues}}, recently)
    return None if found is None else (found["_id"], found["queue"])


def unmark_called(job_id: str) -> None:
    """Mark a job as not announced, because its call could not be made."""
    collection(JOBS).update_one({"_id": job_id}, {"$unset": {"announced_at": ""}})


def has_overdue_job(queue: str, seconds: float) -> bool:
    """Return whether the queue has a job that nobody took for ``seconds`` after it was due."""
    left = {"queue": queue, "state": {"$in": UNFINISHED}, "$expr": {"$lte": ["$run_at", _ago(seconds)]}}
    return collection(JOBS).find_one(left, {"_id": 1}) is not None


def claim_repeat_call(queue: str, seconds: float) -> bool:
    """Return whether the queue has such jobs and was not called again lately; true for one of many who ask at once."""
    if not has_overdue_job(queue, seconds):
        collection(CALLS).delete_one({"_id": queue})
        return False
    calls = {"$ifNull": ["$calls", 0]}
    interval = {"$multiply": [_milliseconds(seconds), {"$pow": [2, {"$min": [calls, MAX_DOUBLINGS]}]}]}
    called = {"_id": queue, "again_at": {"$add": [NOW, interval]}, "calls": {"$add": [calls, 1]}}
    is_time = {"$lte": [{"$ifNull": ["$again_at", NOW]}, NOW]}
    try:
        result = collection(CALLS).update_one(
            {"_id": queue}, [{"$replaceWith": {"$cond": [is_time, called, "$$ROOT"]}}], upsert=True
        )
    except DuplicateKeyError:  # somebody else called in between
        return False
    return result.upserted_id is not None or result.modified_count == 1


def _announce(which: Mapping[str, object], *conditions: Mapping[str, object]) -> dict[str, str] | None:
    due = {"$lte": ["$run_at", NOW]}
    is_silent = {"announced_at": {"$exists": False}}
    found: dict[str, str] | None = collection(JOBS).find_one_and_update(
        {**which, **is_silent, "state": {"$in": UNFINISHED}, "$expr": {"$and": [due, *conditions]}},
        [{"$set": {"announced_at": NOW}}],
        projection={"queue": 1},
        sort=[("priority", DESCENDING), ("run_at", ASCENDING)],
    )
    return found


def _ago(seconds: float) -> Document:
    return {"$subtract": [NOW, _milliseconds(seconds)]}


def _milliseconds(seconds: float) -> int:
    return round(seconds * 1000)

"""The lease queue: jobs are documents, and every change of one is a single conditional update.

``task_job {_id, task, args, kwargs, queue, priority, state, run_at, tries, max_tries, token, worker, workers,
enqueued_at, started_at, finished_at, return_value, error, errors, unique, purge_at}``.

*state* is ``ready``, ``running``, ``done``, ``dead`` or ``cancelled``. ``run_at`` is when the job may be taken; for a
running job that is the end of its lease, so taking over from a dead worker is taking like any other. ``token`` is new
with every take and is in the condition of every later update: who lost the lease changes nothing.
"""

from __future__ import annotations

import random
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from pymongo import ASCENDING, DESCENDING, IndexModel, ReturnDocument
from pymongo.client_session import ClientSession
from pymongo.errors import DuplicateKeyError

from streamsite.mongo.collections import collection

JOBS = "task_job"
READY, RUNNING, DONE, DEAD, CANCELLED = "ready", "running", "done", "dead", "cancelled"
KEPT = timedelta(days=7)
FIRST_PAUSE, LONGEST_PAUSE = 2.0, 600.0
MOST_ERRORS = 10
ERROR_LENGTH = 2_000
INDEXES = [
    IndexModel(
        [("queue", ASCENDING), ("state", ASCENDING), ("priority", DESCENDING), ("run_at", ASCENDING)],
        name="job_take",
    ),
    IndexModel(
        [("unique", ASCENDING)],
        name="job_unique",
        unique=True,
        partialFilterExpression={"unique": {"$type": "string"}},
    ),
    IndexModel([("purge_at", ASCENDING)], name="job_purge", expireAfterSeconds=0),
]

Document = dict[str, Any]


@dataclass(frozen=True)
class Job:
    """A job as its taker sees it. ``tries`` counts this take."""

    id: str
    token: str
    task: str
    args: list[Any]
    kwargs: dict[str, Any]
    queue: str
    tries: int
    max_tries: int


def ensure_indexes() -> None:
    """Create the queue's indexes when they are missing."""
    collection(JOBS).create_indexes(INDEXES)


def put(
    task: str,
    args: list[Any],
    kwargs: dict[str, Any],
    *,
    queue: str,
    priority: int = 0,
    run_at: datetime | None = None,
    max_tries: int = 5,
    unique: str | None = None,
    session: ClientSession | None = None,
) -> Document:
    """Store a job. With ``unique``, an unfinished job of that key is returned instead of a second one."""
    now = _now()
    job: Document = {
        "_id": secrets.token_hex(16),
        "task": task,
        "args": args,
        "kwargs": kwargs,
        "queue": queue,
        "priority": priority,
        "state": READY,
        "run_at": run_at or now,
        "tries": 0,
        "max_tries": max_tries,
        "workers": [],
        "errors": [],
        "enqueued_at": now,
    }
    if unique is not None:
        job["unique"] = unique
    try:
        collection(JOBS).insert_one(job, session=session)
    except DuplicateKeyError:
        present = collection(JOBS).find_one({"unique": unique})
        if present is None:  # it ended between the two calls
            return put(
                task,
                args,
                kwargs,
                queue=queue,
                priority=priority,
                run_at=run_at,
                max_tries=max_tries,
                unique=unique,
            )
        return present
    return job


def take(worker: str, queues: list[str], lease_seconds: float) -> Job | None:
    """The next due job of ``queues``, or ``None``. The higher priority first, then the longest due."""
    now = _now()
    token = secrets.token_hex(12)
    found: Document | None = collection(JOBS).find_one_and_update(
        {"queue": {"$in": queues}, "state": {"$in": [READY, RUNNING]}, "run_at": {"$lte": now}},
        {
            "$set": {
                "state": RUNNING,
                "run_at": now + timedelta(seconds=lease_seconds),
                "worker": worker,
                "token": token,
                "started_at": now,
            },
            "$inc": {"tries": 1},
            "$push": {"workers": {"$each": [worker], "$slice": -20}},
        },
        sort=[("priority", DESCENDING), ("run_at", ASCENDING)],
        return_document=ReturnDocument.AFTER,
    )
    if found is None:
        return None
    return Job(
        id=found["_id"],
        token=token,
        task=found["task"],
        args=found["args"],
        kwargs=found["kwargs"],
        queue=found["queue"],
        tries=found["tries"],
        max_tries=found["max_tries"],
    )


def renew(job: Job, lease_seconds: float) -> bool:
    """Push the lease's end back. False when the job is no longer the caller's."""
    return _change(job, {"$set": {"run_at": _now() + timedelta(seconds=lease_seconds)}})


def finish(job: Job, return_value: Any = None) -> bool:
    """The job is done. False when it is no longer the caller's."""
    now = _now()
    ended = {"state": DONE, "finished_at": now, "purge_at": now + KEPT, "return_value": return_value}
    return _change(job, {"$set": ended, "$unset": {"unique": ""}})


def fail(job: Job, error: str, *, exception: str = "", permanent: bool = False) -> bool:
    """A try failed: run again later, or set aside after the last one. Whether it was set aside."""
    now = _now()
    entry = {"at": now, "error": error[:ERROR_LENGTH], "exception": exception, "try": job.tries}
    update: Document = {"$push": {"errors": {"$each": [entry], "$slice": -MOST_ERRORS}}}
    dead = permanent or job.tries >= job.max_tries
    if dead:
        update["$set"] = {
            "state": DEAD,
            "finished_at": now,
            "purge_at": now + KEPT,
            "error": error[:ERROR_LENGTH],
        }
        update["$unset"] = {"unique": ""}
    else:
        update["$set"] = {"state": READY, "run_at": now + pause(job.tries), "error": error[:ERROR_LENGTH]}
    return _change(job, update) and dead


def give_back(job: Job) -> bool:
    """A stopping worker returns the job; the try does not count."""
    return _change(job, {"$set": {"state": READY, "run_at": _now()}, "$inc": {"tries": -1}})


def cancel(job_id: str) -> bool:
    """Stop a job that is waiting or running. False when it has ended already."""
    now = _now()
    result = collection(JOBS).update_one(
        {"_id": job_id, "state": {"$in": [READY, RUNNING]}},
        {
            "$set": {"state": CANCELLED, "finished_at": now, "purge_at": now + KEPT, "token": ""},
            "$unset": {"unique": ""},
        },
    )
    return result.modified_count == 1


def requeue(job_id: str) -> bool:
    """Let a dead or cancelled job run again, with all its tries."""
    result = collection(JOBS).update_one(
        {"_id": job_id, "state": {"$in": [DEAD, CANCELLED]}},
        {
            "$set": {"state": READY, "run_at": _now(), "tries": 0},
            "$unset": {"purge_at": "", "finished_at": ""},
        },
    )
    return result.modified_count == 1


def find(job_id: str) -> Document | None:
    """A job's document."""
    return collection(JOBS).find_one({"_id": job_id})


def pause(tries: int) -> timedelta:
    """How long to wait after the ``tries``-th failure: doubling, up to ten minutes, spread by a quarter."""
    seconds = min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** (tries - 1))
    return timedelta(seconds=seconds * random.uniform(0.75, 1.25))  # noqa: S311 - spreads retries, guards nothing


def _change(job: Job, update: Document) -> bool:
    result = collection(JOBS).update_one({"_id": job.id, "state": RUNNING, "token": job.token}, update)
    return result.matched_count == 1


def _now() -> datetime:
    return datetime.now(UTC)

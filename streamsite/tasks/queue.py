"""The lease queue: jobs are documents, and every change of one is a single conditional update.

``task_job {_id, task, args, kwargs, queue, priority, state, run_at, tries, max_tries, token, worker, workers,
enqueued_at, started_at, finished_at, return_value, error, errors, unique, purge_at, announced_at, waiting, waited,
trace}``.

*state* is ``ready``, ``running``, ``done``, ``dead`` or ``cancelled``. A job can be taken from ``run_at`` on; for a
running job that is the end of its lease, so the job of a dead worker is taken like any other. ``token`` is new with
every take and a condition of every later update: a worker that lost its lease changes nothing. ``dispatch.py`` sets
``announced_at``, for brokers. All times are the server's (``$$NOW``), so a host with a wrong clock affects no job.
Updates are therefore pipelines, in which every value from outside is a ``$literal``.
"""

from __future__ import annotations

import secrets
from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import cast

from pymongo import ASCENDING, DESCENDING, IndexModel, ReturnDocument
from pymongo import collection as driver
from pymongo.client_session import ClientSession
from pymongo.errors import DuplicateKeyError
from pymongo.results import UpdateResult

from streamsite.mongo.collections import collection
from streamsite.tasks.documents import JobDocument
from streamsite.tasks.retry_delay import compute_retry_delay
from streamsite.telemetry import spans

JOBS = "task_job"
READY, RUNNING, DONE, DEAD, CANCELLED = "ready", "running", "done", "dead", "cancelled"
STATES = [READY, RUNNING, DONE, DEAD, CANCELLED]
UNFINISHED = [READY, RUNNING]
RETENTION = timedelta(days=7)
FRONT_PRIORITY = 100
MAX_COUNTED = 1_000
# So many due jobs are looked at to learn which queues have some.
MAX_LOOKED_AT = 100
MAX_ERRORS, MAX_WORKERS = 10, 20
ERROR_LENGTH = 2_000
NOW = "$$NOW"
INDEXES = {
    JOBS: [
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
        IndexModel([("task", ASCENDING), ("state", ASCENDING)], name="job_task"),
        IndexModel([("args.0", ASCENDING)], name="job_argument"),
        IndexModel(
            [
                *(("enqueued_at", DESCENDING), ("_id", DESCENDING)),
                *((name, ASCENDING) for name in ("state", "queue", "task")),
            ],
            name="job_newest_filtered",
        ),
    ]
}

Document = dict[str, object]
Pipeline = list[Document]


@dataclass(frozen=True)
class Job:
    """A job as its taker sees it. ``tries`` counts this take."""

    id: str
    token: str
    task: str
    args: list[object]
    kwargs: dict[str, object]
    queue: str
    tries: int
    max_tries: int
    enqueued_at: datetime
    trace: str = ""


def build_job(
    task: str,
    args: list[object],
    kwargs: dict[str, object],
    *,
    queue: str,
    priority: int = 0,
    run_at: datetime | None = None,
    max_tries: int = 5,
    unique: str | None = None,
) -> JobDocument:
    """Return a job's document for ``put``. ``unique`` names it: there is never a second unfinished job of that name."""
    now = datetime.now(UTC)
    job: JobDocument = {
        "_id": secrets.token_hex(16),
        "task": task,
        "args": args,
        "kwargs": kwargs,
        "queue": queue,
        "priority": priority,
        "state": READY,
        "run_at": run_at,
        "tries": 0,
        "max_tries": max_tries,
        "workers": [],
        "errors": [],
        "enqueued_at": now,
    }
    if trace := spans.reference():
        job["trace"] = trace
    return job if unique is None else job | {"unique": unique}


def put(job: JobDocument, *, session: ClientSession | None = None) -> bool:
    """Store a ``build_job``, in the transaction of ``session`` if given. False when its name is taken."""
    return put_result(job, session=session).upserted_id is not None


def put_result(job: JobDocument, *, session: ClientSession | None = None) -> UpdateResult:
    """Do as ``put`` and return the driver's result: nothing was upserted when the job's name is taken."""
    named = "unique" in job
    key = _named(job["unique"]) if named else {"_id": job["_id"]}
    moments: Document = {"enqueued_at": NOW}
    if job["run_at"] is None:
        moments["run_at"] = NOW
    fresh = {"$mergeObjects": [{"$literal": job}, moments]}
    is_absent = {"$eq": [{"$type": "$state"}, "missing"]}
    pipeline: Pipeline = [{"$replaceWith": {"$cond": [is_absent, fresh, "$$ROOT"]}}]
    try:
        return collection(JOBS).update_one(key, pipeline, upsert=True, session=session)
    except DuplicateKeyError:
        if session is not None or not named:
            raise
        # Another one of the same name came in between; now it is found and left as it is.
        return collection(JOBS).update_one(key, pipeline, upsert=True)


def take(worker: str, queues: list[str], lease_seconds: float) -> Job | None:
    """Take the next due job of ``queues``: by priority, then the longest due. ``None`` when there is none."""
    return _take({"queue": {"$in": queues}}, worker, lease_seconds)


def take_by_id(job_id: str, worker: str, lease_seconds: float) -> Job | None:
    """Take one job; ``None`` when it is not due, taken by another worker, ended or gone."""
    return _take({"_id": job_id}, worker, lease_seconds)


def renew(job: Job, lease_seconds: float) -> bool:
    """Push the lease's end back. False when the job is no longer the caller's."""
    return _change(job, [{"$set": {"run_at": _after(timedelta(seconds=lease_seconds))}}])


def finish(job: Job, return_value: object = None) -> bool:
    """Mark the job as done. False when it is no longer the caller's."""
    return _change(job, [{"$set": _end(DONE) | {"return_value": {"$literal": return_value}}}, _FREE_NAME])


def schedule_retry(job: Job, error: str, *, exception: str = "", after: timedelta | None = None) -> bool:
    """Let a failed job be taken again ``after`` a pause. False when it is no longer the caller's."""
    run_at = _after(compute_retry_delay(job.tries) if after is None else after)
    return _change(job, [{"$set": _failure(job, error, exception) | {"state": READY, "run_at": run_at}}])


def mark_dead(job: Job, error: str, *, exception: str = "") -> bool:
    """Mark the job as dead: it is not tried again. False when it is no longer the caller's."""
    return _change(job, [{"$set": _failure(job, error, exception) | _end(DEAD)}, _FREE_NAME])


def return_job(job: Job) -> bool:
    """Return a stopping worker's job to the queue; the try does not count."""
    ready = {"state": READY, "run_at": NOW, "tries": {"$subtract": ["$tries", 1]}}
    return _change(job, [{"$set": ready}])


def postpone(job: Job, *, waits_for: str, amount: int, after: timedelta) -> bool:
    """Put back a job that cannot begin yet, for ``after``; the try does not count. False when it is no longer ours."""
    waiting = {"$literal": {"for": waits_for, "bytes": amount}}
    ready = {
        "state": READY,
        "run_at": _after(after),
        "tries": {"$subtract": ["$tries", 1]},
        "waiting": waiting,
    }
    return _change(job, [{"$set": ready}])


def cancel(job_id: str, reason: str = "") -> bool:
    """Stop a job that is waiting or running. False when it has ended already."""
    result = collection(JOBS).update_one(
        {"_id": job_id, "state": {"$in": UNFINISHED}},
        [{"$set": _end(CANCELLED) | {"token": "", "error": {"$literal": reason}}}, _FREE_NAME],
    )
    return result.matched_count == 1


def requeue(job_id: str, *, session: ClientSession | None = None) -> bool:
    """Let a dead or canceled job run again, with all its tries."""
    result = collection(JOBS).update_one(
        {"_id": job_id, "state": {"$in": [DEAD, CANCELLED]}},
        [
            {"$set": {"state": READY, "run_at": NOW, "tries": 0}},
            {"$unset": ["purge_at", "finished_at", "error", "announced_at", "waiting"]},
        ],
        session=session,
    )
    return result.matched_count == 1


def move_to_front(job_id: str) -> bool:
    """Let a waiting job be the next one, at once; of several such the longest due goes first."""
    result = collection(JOBS).update_one(
        {"_id": job_id, "state": READY},
        [{"$set": {"priority": FRONT_PRIORITY, "run_at": {"$min": ["$run_at", NOW]}}}],
    )
    return result.matched_count == 1


def find(job_id: str) -> JobDocument | None:
    """Return a job's document."""
    return _jobs().find_one({"_id": job_id})


def find_waiting(task: str, argument: object) -> JobDocument | None:
    """Return the job that waits to run ``task`` with that first argument."""
    return _jobs().find_one({"args.0": argument, "task": task, "state": READY})


def count_ahead(job: JobDocument, *, most: int = MAX_COUNTED) -> int:
    """Return how many due jobs of its queue are taken before a waiting one, counted up to ``most``."""
    due: Document = {"queue": job["queue"], "state": READY, "$expr": {"$lte": ["$run_at", NOW]}}
    more_urgent = due | {"priority": {"$gt": job["priority"]}}
    longer_due = due | {"priority": job["priority"], "run_at": {"$lt": job["run_at"]}}
    counted = collection(JOBS).count_documents(more_urgent, limit=most)
    if counted < most:
        counted += collection(JOBS).count_documents(longer_due, limit=most - counted)
    return counted


def count_waiting_for(what: str, queues: list[str], *, most: int = MAX_COUNTED) -> int:
    """Return how many jobs were put back to wait for something, such as ``SPACE``; counted up to ``most``."""
    waiting: Document = {"queue": {"$in": queues}, "state": READY, "waiting.for": what}
    return collection(JOBS).count_documents(waiting, limit=most)


def unfinished_arguments(task: str) -> set[object]:
    """Return the first arguments of all jobs of ``task`` that wait or run."""
    rows = _jobs().find({"task": task, "state": {"$in": UNFINISHED}}, {"args": 1})
    return {row["args"][0] for row in rows if row["args"]}


def find_named(unique: str, *, session: ClientSession | None = None) -> JobDocument | None:
    """Return the unfinished job of that name."""
    return _jobs().find_one(_named(unique), session=session)


def unfinished_names(names: Collection[str]) -> set[str]:
    """Return those of ``names`` that belong to a job that waits or runs."""
    rows = _jobs().find({"unique": {"$in": list(names), "$type": "string"}}, {"unique": 1})
    return {row["unique"] for row in rows}


def due_queues(queues: Collection[str]) -> set[str]:
    """Return those of ``queues`` with a job that is due, at least one of them: with many due jobs not all."""
    rows = _jobs().find(
        {"queue": {"$in": list(queues)}} | _IS_DUE, {"queue": 1, "_id": 0}, limit=MAX_LOOKED_AT
    )
    return {row["queue"] for row in rows}


def _jobs() -> driver.Collection[JobDocument]:
    return cast("driver.Collection[JobDocument]", collection(JOBS))


_FREE_NAME: Document = {"$unset": ["unique"]}
_IS_DUE: Document = {"state": {"$in": UNFINISHED}, "$expr": {"$lte": ["$run_at", NOW]}}


def _named(unique: str) -> Document:
    """Return the condition for a named job. Without the type MongoDB would read all jobs: its index is partial."""
    return {"unique": {"$eq": unique, "$type": "string"}}


def _take(which: Document, worker: str, lease_seconds: float) -> Job | None:
    token = secrets.token_hex(12)
    seen_by = {"$concatArrays": ["$workers", {"$literal": [worker]}]}
    found: JobDocument | None = _jobs().find_one_and_update(
        which | _IS_DUE,
        [
            {
                "$set": {
                    "state": RUNNING,
                    "run_at": _after(timedelta(seconds=lease_seconds)),
                    "worker": {"$literal": worker},
                    "token": token,
                    "started_at": NOW,
                    "tries": {"$add": ["$tries", 1]},
                    "workers": {"$slice": [seen_by, -MAX_WORKERS]},
                    "waited": "$waiting",
                }
            },
            {"$unset": ["announced_at", "waiting"]},
        ],
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
        enqueued_at=found["enqueued_at"].replace(tzinfo=UTC),
        trace=found.get("trace", ""),
    )


def _change(job: Job, pipeline: Pipeline) -> bool:
    result = collection(JOBS).update_one({"_id": job.id, "state": RUNNING, "token": job.token}, pipeline)
    return result.matched_count == 1


def _after(duration: timedelta) -> Document:
    return {"$add": [NOW, round(duration.total_seconds() * 1000)]}


def _end(state: str) -> Document:
    return {"state": state, "finished_at": NOW, "purge_at": _after(RETENTION)}


def _failure(job: Job, error: str, exception: str) -> Document:
    words = error[:ERROR_LENGTH]
    entry = {"$literal": {"error": words, "exception": exception, "try": job.tries}}
    entries = {"$concatArrays": ["$errors", [{"$mergeObjects": [entry, {"at": NOW}]}]]}
    return {"error": {"$literal": words}, "errors": {"$slice": [entries, -MAX_ERRORS]}}

"""Actions of staff on jobs: cancel, retry, move to the front; and what waits and runs."""

from __future__ import annotations

import logging
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC
from typing import TypedDict, cast

from django.conf import settings
from django_tasks import task_backends

from streamsite.mongo.collections import collection
from streamsite.mongo.engine.client import session_for
from streamsite.mongo.retry import run_in_transaction
from streamsite.tasks import queue
from streamsite.tasks.backend import MongoTaskBackend
from streamsite.tasks.documents import SPACE, Failure, JobDocument
from streamsite.tasks.signals import CANCELLED, task_dead, task_revived

logger = logging.getLogger("streamsite.tasks")

MAX_RESULTS = 200
MAX_COUNTED = 1_000


def cancel(job_id: str, by: str = "staff") -> bool:
    """Stop a waiting or running job for good. False when it has ended already.

    Tells first and records then, as the worker does: who is interrupted in between can cancel once more. A running
    attempt stops by itself when its lease is not renewed.
    """
    job = queue.find(job_id)
    if job is None or job["state"] not in queue.UNFINISHED:
        return False
    reason = f"Cancelled by {by}."
    task_dead.send(
        sender=cancel,
        task_path=job["task"],
        args=job["args"],
        kwargs=job["kwargs"],
        error=reason,
        code=CANCELLED,
    )
    stopped = queue.cancel(job_id, reason)
    logger.info("job %s (%s): %s", job_id, job["task"], reason)
    return stopped


def retry(job_id: str) -> bool:
    """Let a dead or canceled job run again. False when it is neither; ``SiteError`` when it could do nothing."""

    def revive() -> bool:
        job = queue.find(job_id)
        if job is None or job["state"] not in (queue.DEAD, queue.CANCELLED):
            return False
        task_revived.send(sender=retry, task_path=job["task"], args=job["args"], kwargs=job["kwargs"])
        return queue.requeue(job_id, session=session_for("default"))

    revived = run_in_transaction(revive)
    if revived:
        _wake(job_id)
    return revived


def move_to_front(job_id: str) -> bool:
    """Let a waiting job be the next one of its queue. False when it does not wait."""
    moved = queue.move_to_front(job_id)
    if moved:
        _wake(job_id)
    return moved


def list_task_names() -> list[str]:
    """Return the task paths of all stored jobs, sorted."""
    return sorted(collection(queue.JOBS).distinct("task"))


def is_queue_needed(name: str) -> bool:
    """Return whether this site has jobs of the queue: others than the usual by its settings."""
    optional = {
        "storage": settings.S3_BUCKET,
        "backup": settings.BACKUP_TO,
        "imports": settings.IMPORTS_ENABLED,
    }
    return bool(optional.get(name, True))


def list_queue_names() -> list[str]:
    """Return the queues of the site."""
    return sorted(task_backends["default"].queues)


def count_waiting_for_space() -> int:
    """Return how many jobs wait for free space on the disk."""
    return queue.count_waiting_for(SPACE, list_queue_names())


def find_ids_by_argument(argument: str) -> list[str]:
    """Return the ids of jobs with this first argument, such as a video's id."""
    rows = collection(queue.JOBS).find({"args.0": argument}, {"_id": 1}, limit=MAX_RESULTS)
    return [row["_id"] for row in rows]


def list_errors(job_id: str) -> list[Failure]:
    """Return the failures of the last tries: dicts of ``try``, ``at``, ``error``, ``exception``."""
    job = queue.find(job_id)
    failures = job["errors"] if job is not None else []
    return [entry | {"at": entry["at"].replace(tzinfo=UTC)} for entry in failures]


class QueueCounts(TypedDict):
    """How many jobs of a queue are due, run, and failed for good, each counted up to ``MAX_COUNTED``."""

    queue: str
    waiting: int
    running: int
    failed: int


COUNTED_STATES = {"waiting": queue.READY, "running": queue.RUNNING, "failed": queue.DEAD}


def count_by_queue() -> list[QueueCounts]:
    """Return the counts of every queue, by one command. Jobs that are not due yet do not count as waiting."""
    counts = {name: QueueCounts(queue=name, waiting=0, running=0, failed=0) for name in list_queue_names()}
    parts: list[list[dict[str, object]]] = []
    for name in counts:
        for column, state in COUNTED_STATES.items():
            match: dict[str, object] = {"queue": name, "state": state}
            if state == queue.READY:
                match["$expr"] = {"$lte": ["$run_at", queue.NOW]}
            parts.append(
                [
                    {"$match": match},
                    {"$limit": MAX_COUNTED},
                    {"$count": "count"},
                    {"$set": {"queue": {"$literal": name}, "column": {"$literal": column}}},
                ]
            )
    first, *others = parts
    unions: list[dict[str, object]] = [
        {"$unionWith": {"coll": queue.JOBS, "pipeline": part}} for part in others
    ]
    for row in collection(queue.JOBS).aggregate([*first, *unions]):
        counts[row["queue"]][row["column"]] = row["count"]  # type: ignore[literal-required]
    return list(counts.values())


WAITING, SCHEDULED, RUNNING, FAILED = "waiting", "scheduled", "running", "failed"
FIGURE_STATES = (WAITING, SCHEDULED, RUNNING, FAILED)


@dataclass
class QueueFigures:
    """Counts by state, and for how many seconds the job that has waited longest has been due."""

    counts: dict[str, int] = field(default_factory=lambda: dict.fromkeys(FIGURE_STATES, 0))
    oldest_seconds: float = 0.0


def read_queue_figures(queues: Sequence[str]) -> dict[str, QueueFigures]:
    """Return the figures of each queue, by one command that reads an index and no job.

    A running job whose worker has died waits for another one as soon as its lease has ended. Ages are by the server's
    clock.
    """
    is_due = {"$lte": ["$run_at", queue.NOW]}
    state = {
        "$switch": {
            "branches": [
                {"case": {"$eq": ["$state", queue.DEAD]}, "then": FAILED},
                {"case": is_due, "then": WAITING},
                {"case": {"$eq": ["$state", queue.READY]}, "then": SCHEDULED},
            ],
            "default": RUNNING,
        }
    }
    found = {name: QueueFigures() for name in queues}
    pipeline: list[dict[str, object]] = [
        {"$match": {"queue": {"$in": list(queues)}, "state": {"$in": [*queue.UNFINISHED, queue.DEAD]}}},
        {"$project": {"_id": 0, "queue": 1, "state": 1, "run_at": 1}},
        {
            "$group": {
                "_id": {"queue": "$queue", "state": state},
                "count": {"$sum": 1},
                "oldest": {"$min": "$run_at"},
            }
        },
        {"$set": {"age": {"$subtract": [queue.NOW, "$oldest"]}}},
    ]
    for row in collection(queue.JOBS).aggregate(pipeline):
        figures, name = found[row["_id"]["queue"]], row["_id"]["state"]
        figures.counts[name] = row["count"]
        if name == WAITING:
            figures.oldest_seconds = max(0.0, row["age"] / 1000)
    return found


def list_failed(most: int) -> list[JobDocument]:
    """Return the jobs that failed last, of up to ``MAX_COUNTED`` that failed."""
    pipeline: list[dict[str, object]] = [
        {"$match": {"queue": {"$in": list_queue_names()}, "state": queue.DEAD}},
        {"$limit": MAX_COUNTED},
        {"$sort": {"finished_at": -1}},
        {"$limit": most},
        {"$project": {"task": 1, "args": 1, "error": 1, "finished_at": 1, "tries": 1}},
    ]
    rows = cast("list[JobDocument]", list(collection(queue.JOBS).aggregate(pipeline)))
    return [row | {"finished_at": row["finished_at"].replace(tzinfo=UTC)} for row in rows]


def count_failed_since(seconds: float) -> int:
    """Return how many jobs failed for good within the last ``seconds``, at most ``MAX_COUNTED``."""
    since = {"$subtract": [queue.NOW, round(seconds * 1000)]}
    which = {
        "queue": {"$in": list_queue_names()},
        "state": queue.DEAD,
        "$expr": {"$gte": ["$finished_at", since]},
    }
    return collection(queue.JOBS).count_documents(which, limit=MAX_COUNTED)


def _wake(job_id: str) -> None:
    backend = task_backends["default"]
    if isinstance(backend, MongoTaskBackend):
        backend.wake(job_id)


def has_due(queue_name: str, *, above: int) -> bool:
    """Return whether a job of the queue with a priority above this one is due and waits."""
    which = {
        "queue": queue_name,
        "state": queue.READY,
        "priority": {"$gt": above},
        "$expr": {"$lte": ["$run_at", queue.NOW]},
    }
    return collection(queue.JOBS).find_one(which, {"_id": 1}) is not None


def has_running(prefix: str) -> bool:
    """Return whether a worker runs a job of a task whose path starts like this."""
    which = {
        "task": {"$regex": f"^{re.escape(prefix)}"},
        "state": queue.RUNNING,
        "$expr": {"$gt": ["$run_at", queue.NOW]},
    }
    return collection(queue.JOBS).find_one(which, {"_id": 1}) is not None

"""Workers that are alive: each writes a small document now and then, which expires when it stops doing so.

``task_worker {_id: name, queues: [...], host, version, job: {id, task}, seen_at, expires_at, ended_at}``. All moments
are the server's; a TTL index removes what has expired, and readers compare, because MongoDB looks for expired documents
once a minute only. The document of a worker that ended in order stays for ``LIFETIME`` with ``ended_at``: a queue is
missed when it has had no worker for that long, and not at every restart.
"""

from __future__ import annotations

import socket
import time
from datetime import UTC, datetime
from typing import Any, TypedDict

from pymongo import ASCENDING, IndexModel

from streamsite import __version__
from streamsite.mongo.collections import collection

WORKERS = "task_worker"
NOW = "$$NOW"
# Seconds between two heartbeats of a worker, and how long the last one counts at least.
INTERVAL = 10.0
LIFETIME = 60.0
# So many workers are told apart where they are counted.
MAX_LISTED = 1_000
INDEXES = {WORKERS: [IndexModel([("expires_at", ASCENDING)], name="worker_expiry", expireAfterSeconds=0)]}


class CurrentJob(TypedDict):
    """The job that a worker had at its last heartbeat: its id and the path of its task."""

    id: str
    task: str


class WorkerDoc(TypedDict):
    """A living worker: its name and host, the queues of which it takes jobs, its job if any, and its last heartbeat.

    ``host`` and ``version`` are empty of a worker of a release that did not say them.
    """

    name: str
    host: str
    version: str
    queues: list[str]
    job: CurrentJob | None
    seen_at: datetime


class Heartbeat:
    """The document of one worker. ``lifetime`` is how many seconds a heartbeat counts, at least ``LIFETIME``."""

    def __init__(self, name: str, queues: list[str], *, lifetime: float = LIFETIME) -> None:
        self._name, self.queues = name, sorted(queues)
        self._milliseconds = round(max(lifetime, LIFETIME) * 1000)
        self._due = 0.0
        # Set by the worker; told with the next heartbeat.
        self.job: CurrentJob | None = None

    def beat(self) -> None:
        """Write the document if the last heartbeat is ``INTERVAL`` old. Raises what the driver raises."""
        now = time.monotonic()
        if now < self._due:
            return
        known = {
            "queues": self.queues,
            "host": socket.gethostname(),
            "version": __version__,
            "job": self.job,
        }
        fields: dict[str, object] = {name: {"$literal": value} for name, value in known.items()}
        fields |= {"seen_at": NOW, "expires_at": {"$add": [NOW, self._milliseconds]}}
        # Losing one heartbeat in a crash does no harm, so it waits for no other server.
        collection(WORKERS, acknowledged_by=1).update_one(
            {"_id": self._name}, [{"$set": fields}], upsert=True
        )
        self._due = now + INTERVAL

    def end(self) -> None:
        """Note that the worker takes no more jobs. Raises what the driver raises."""
        ended = {"ended_at": NOW, "expires_at": {"$add": [NOW, round(LIFETIME * 1000)]}, "job": None}
        collection(WORKERS, acknowledged_by=1).update_one({"_id": self._name}, [{"$set": ended}])


_IS_FRESH: dict[str, object] = {"$expr": {"$gt": ["$expires_at", NOW]}}


def list_alive(most: int) -> list[WorkerDoc]:
    """Return the living workers by name, up to ``most``."""
    rows = collection(WORKERS).find(_IS_FRESH | {"ended_at": None}).sort("_id").limit(most)
    return [_as_worker(row) for row in rows]


def served_queues() -> set[str]:
    """Return the queues that have, or had within the last minute, a worker that takes their jobs."""
    return _queues_where(_IS_FRESH)


def running_queues() -> set[str]:
    """Return the queues with a worker that has not ended in order; one that was killed counts for a minute."""
    return _queues_where(_IS_FRESH | {"ended_at": None})


def _queues_where(condition: dict[str, object]) -> set[str]:
    return {name for row in collection(WORKERS).find(condition, {"queues": 1}) for name in row["queues"]}


def _as_worker(row: dict[str, Any]) -> WorkerDoc:
    return WorkerDoc(
        name=row["_id"],
        host=row.get("host", ""),
        version=row.get("version", ""),
        queues=row["queues"],
        job=row.get("job"),
        seen_at=row["seen_at"].replace(tzinfo=UTC),
    )

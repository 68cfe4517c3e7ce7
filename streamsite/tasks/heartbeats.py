"""Workers that are alive: each writes a small document now and then, which expires when it stops doing so.

``task_worker {_id: name, queues: [...], seen_at, expires_at}``. Both moments are the server's; a TTL index removes what
has expired, and readers compare, because MongoDB looks for expired documents once a minute only.
"""

from __future__ import annotations

import time
from datetime import UTC, datetime
from typing import TypedDict

from pymongo import ASCENDING, IndexModel

from streamsite.mongo.collections import collection

WORKERS = "task_worker"
NOW = "$$NOW"
# Seconds between two heartbeats of a worker, and how long the last one counts at least.
INTERVAL = 10.0
LIFETIME = 60.0
INDEXES = {WORKERS: [IndexModel([("expires_at", ASCENDING)], name="worker_expiry", expireAfterSeconds=0)]}


class WorkerDoc(TypedDict):
    """A living worker: its name, the queues of which it takes jobs, and its last heartbeat."""

    name: str
    queues: list[str]
    seen_at: datetime


class Heartbeat:
    """The document of one worker. ``lifetime`` is how many seconds a heartbeat counts, at least ``LIFETIME``."""

    def __init__(self, name: str, queues: list[str], *, lifetime: float = LIFETIME) -> None:
        self._name, self._queues = name, sorted(queues)
        self._milliseconds = round(max(lifetime, LIFETIME) * 1000)
        self._due = 0.0

    def beat(self) -> None:
        """Write the document if the last heartbeat is ``INTERVAL`` old. Raises what the driver raises."""
        now = time.monotonic()
        if now < self._due:
            return
        fields: dict[str, object] = {
            "queues": {"$literal": self._queues},
            "seen_at": NOW,
            "expires_at": {"$add": [NOW, self._milliseconds]},
        }
        # Losing one heartbeat in a crash does no harm, so it waits for no other server.
        collection(WORKERS, acknowledged_by=1).update_one(
            {"_id": self._name}, [{"$set": fields}], upsert=True
        )
        self._due = now + INTERVAL

    def end(self) -> None:
        """Remove the document: the worker takes no more jobs. Raises what the driver raises."""
        collection(WORKERS, acknowledged_by=1).delete_one({"_id": self._name})


def list_alive(most: int) -> list[WorkerDoc]:
    """Return the living workers by name, up to ``most``."""
    rows = collection(WORKERS).find({"$expr": {"$gt": ["$expires_at", NOW]}}).sort("_id").limit(most)
    return [
        WorkerDoc(name=row["_id"], queues=row["queues"], seen_at=row["seen_at"].replace(tzinfo=UTC))
        for row in rows
    ]


def served_queues() -> set[str]:
    """Return the queues of which a living worker takes jobs."""
    alive = collection(WORKERS).find({"$expr": {"$gt": ["$expires_at", NOW]}}, {"queues": 1})
    return {name for row in alive for name in row["queues"]}

"""Chores of every Celery worker beside its jobs: call for jobs, keep periodic ones queued, report that it is alive.

A thread of each worker and not Celery's ``beat``: that would be one more program to run, one that everything depends
on, and its messages would wait behind busy workers.
"""

from __future__ import annotations

import logging
import os
import socket
import threading
import time
from contextlib import suppress

import pymongo

from streamsite.site_mode.state import ModeWatch, are_workers_paused
from streamsite.tasks import periodic
from streamsite.tasks.celery_backend import CeleryTaskBackend
from streamsite.tasks.heartbeats import Heartbeat
from streamsite.tasks.worker import DATABASE_DOWN, PERIODIC_QUEUE, PERIODIC_WAIT

logger = logging.getLogger("streamsite.worker")

INTERVAL, MAX_INTERVAL = 1.0, 5.0


class CeleryScheduler:
    """``start`` and ``stop`` a thread that does it."""

    def __init__(self) -> None:
        self._stopping = threading.Event()
        self._look_at_periodic = 0.0
        self._mode = ModeWatch()

    def start(self, backend: CeleryTaskBackend, queues: list[str]) -> None:
        """Start the thread of a worker that takes jobs of ``queues``; it survives outages of broker and database."""
        heartbeat = Heartbeat(
            f"{socket.gethostname()}:{os.getpid()}:celery", queues, lifetime=2 * backend.lease_seconds
        )
        threading.Thread(target=self._run, args=(backend, heartbeat), name="upkeep", daemon=True).start()

    def stop(self) -> None:
        """Stop the thread."""
        self._stopping.set()

    def _run(self, backend: CeleryTaskBackend, heartbeat: Heartbeat) -> None:
        interval = INTERVAL
        while not self._stopping.wait(interval):
            try:
                self._look(backend, heartbeat)
                interval = INTERVAL
            except Exception as error:  # a broker's client raises what it likes; nothing may end this thread
                logger.warning("broker or database unavailable (%s); waiting", error.__class__.__name__)
                interval = min(MAX_INTERVAL, interval * 2)

        with suppress(*DATABASE_DOWN), pymongo.timeout(1.0):
            heartbeat.end()

    def _look(self, backend: CeleryTaskBackend, heartbeat: Heartbeat) -> None:
        with pymongo.timeout(backend.lease_seconds / 2):
            heartbeat.beat()
            if PERIODIC_QUEUE in heartbeat.queues and (told := self._mode.told_change()):
                logger.info("%s", told)
            if are_workers_paused():
                return
            backend.catch_up()
            if time.monotonic() >= self._look_at_periodic:
                periodic.enqueue_periodic_tasks()
                self._look_at_periodic = time.monotonic() + PERIODIC_WAIT

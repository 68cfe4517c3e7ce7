"""What every Celery worker does beside its jobs: look for jobs to call for, and keep the periodic ones queued.

A thread of each worker and not Celery's ``beat``: that would be one more program to run, one that everything depends
on, and its messages would wait behind busy workers.
"""

from __future__ import annotations

import logging
import threading
import time

import pymongo

from streamsite.tasks import periodic
from streamsite.tasks.celery_backend import CeleryTaskBackend
from streamsite.tasks.worker import PERIODIC_WAIT

logger = logging.getLogger("streamsite.worker")

INTERVAL, LONGEST_INTERVAL = 1.0, 5.0


class Upkeep:
    """``start`` and ``stop`` a thread that does it."""

    def __init__(self) -> None:
        self._stopping = threading.Event()
        self._look_at_periodic = 0.0

    def start(self, backend: CeleryTaskBackend) -> None:
        """Begin, and go on through outages of broker and database."""
        threading.Thread(target=self._run, args=(backend,), name="upkeep", daemon=True).start()

    def stop(self) -> None:
        """Look no more."""
        self._stopping.set()

    def _run(self, backend: CeleryTaskBackend) -> None:
        interval = INTERVAL
        while not self._stopping.wait(interval):
            try:
                self._look(backend)
                interval = INTERVAL
            except Exception as error:  # a broker's client raises what it likes; nothing may end this thread
                logger.warning("broker or database unavailable (%s); waiting", error.__class__.__name__)
                interval = min(LONGEST_INTERVAL, interval * 2)

    def _look(self, backend: CeleryTaskBackend) -> None:
        with pymongo.timeout(backend.lease_seconds / 2):
            backend.catch_up()
            if time.monotonic() >= self._look_at_periodic:
                periodic.ensure()
                self._look_at_periodic = time.monotonic() + PERIODIC_WAIT

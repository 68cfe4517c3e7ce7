"""The django-tasks backend whose workers are Celery's. Celery itself is imported with the first call."""

from __future__ import annotations

import logging
import queue as waiting
import threading
import time
from collections.abc import Callable
from functools import partial

from django.db import transaction

from streamsite.tasks import dispatch
from streamsite.tasks.backend import MongoTaskBackend

logger = logging.getLogger("streamsite.tasks")

MAX_WAITING = 1_000
OUTAGE_PAUSE = 2.0


class CeleryTaskBackend(MongoTaskBackend):
    """Stores jobs as its base does, and calls a worker through Celery's broker when they are committed.

    ``OPTIONS`` as for its base, and ``resend_seconds`` (15): for how long a due job may be left before its queue is
    called again.
    """

    def __init__(self, alias: str, params: dict[str, object]) -> None:
        super().__init__(alias, params)
        self._caller = BrokerCaller(self.call)

    @property
    def resend_seconds(self) -> float:
        """Seconds after which a call counts as lost."""
        return float(self.options.get("resend_seconds", 15))

    def wake(self, job_id: str) -> None:
        """Call a worker for a job, after the transaction if there is one, without waiting for the broker."""
        alias = self.options.get("database", "default")
        transaction.on_commit(partial(self._caller.hand_over, job_id), using=alias, robust=True)

    def call(self, job_id: str) -> None:
        """Call a worker for a job that is due and not announced. Raises what the broker's client raises."""
        name = dispatch.mark_called(job_id)
        if name is not None:
            _publish(job_id, name)

    def catch_up(self) -> None:
        """Call for what became due with time, for what was not announced, and for what was left.

        Every Celery worker does this once a second (``celery_scheduler.py``). Raises what broker and database raise.
        """
        names = sorted(self.queues)
        while (found := dispatch.mark_next_called(names, self.resend_seconds)) is not None:
            _publish(*found)
        for name in names:
            if dispatch.claim_repeat_call(name, self.resend_seconds):
                logger.debug("jobs of the queue %s were left; it is called again", name)
                publish_call(name, is_again=True)


class BrokerCaller:
    """A thread that makes calls, so that enqueueing takes no longer when the broker is slow or away.

    What it drops (too much waiting, broker away, process ended) the workers announce themselves.
    """

    def __init__(self, call: Callable[[str], None]) -> None:
        self._call = call
        self._waiting: waiting.Queue[str] = waiting.Queue(MAX_WAITING)
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None
        self._closed_until = 0.0

    def hand_over(self, job_id: str) -> None:
        """Have a call made; returns at once."""
        if time.monotonic() < self._closed_until:
            return
        try:
            self._waiting.put_nowait(job_id)
        except waiting.Full:
            return
        with self._lock:
            if self._thread is None or not self._thread.is_alive():  # not there either after a fork
                self._thread = threading.Thread(target=self._run, name="calls", daemon=True)
                self._thread.start()

    def _run(self) -> None:
        while True:
            job_id = self._waiting.get()
            if time.monotonic() < self._closed_until:
                continue
            try:
                self._call(job_id)
            except Exception as error:  # whatever a broker's client raises: the job is stored
                self._closed_until = time.monotonic() + OUTAGE_PAUSE
                logger.warning("no worker was called for job %s (%s)", job_id, error.__class__.__name__)


def publish_call(name: str, *, is_again: bool = False) -> None:
    """Give the broker a call for a queue."""
    from streamsite.tasks.celery_app import publish

    publish(name, is_again=is_again)


def _publish(job_id: str, name: str) -> None:
    try:
        publish_call(name)
    except Exception:
        dispatch.unmark_called(job_id)
        raise

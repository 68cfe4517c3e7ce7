"""The worker: one job at a time, its lease renewed by a second thread, a database that is away waited for."""

from __future__ import annotations

import logging
import os
import secrets
import socket
import threading
import time
from collections.abc import Callable
from typing import Any

import bson
import pymongo
from django.db import DatabaseError, InterfaceError, close_old_connections
from django_tasks import task_backends
from django_tasks.base import TaskContext
from django_tasks.utils import get_module_path, normalize_json
from pymongo.errors import PyMongoError

from streamsite import logs
from streamsite.tasks import lease as leases
from streamsite.tasks import periodic, queue
from streamsite.tasks.backend import MongoTaskBackend, load_task
from streamsite.tasks.errors import LeaseLost, PermanentFailure
from streamsite.tasks.signals import FAILED, task_dead

logger = logging.getLogger("streamsite.worker")

SHORTEST_WAIT, LONGEST_WAIT = 0.05, 0.8
OUTAGE_WAIT, LONGEST_OUTAGE_WAIT = 0.5, 5.0
RECORD_WAIT = 0.3
PERIODIC_QUEUE, PERIODIC_WAIT = "default", 15.0
WORKER_LOST = "The worker was lost at every try."
DATABASE_DOWN = (PyMongoError, DatabaseError, InterfaceError)


class Worker:
    """Runs jobs of ``queues`` until ``stop``. One job at a time; start more processes for more."""

    def __init__(self, queues: list[str], *, alias: str = "default") -> None:
        self.queues = queues
        backend = task_backends[alias]
        if not isinstance(backend, MongoTaskBackend):
            raise TypeError("the worker serves streamsite.tasks.backend.MongoTaskBackend only")
        self.backend = backend
        self.name = f"{socket.gethostname()}:{os.getpid()}:{secrets.token_hex(3)}"
        self.stopping = threading.Event()
        self._lease: leases.Lease | None = None
        self._look_at_periodic = 0.0

    def stop(self) -> None:
        """Take no more jobs; the running one is told that its lease is gone and goes back to the queue.

        Not for a signal handler of the thread that works: that may hold the very locks that are set here.
        """
        self.stopping.set()
        if self._lease is not None:
            self._lease.lost.set()

    def run(self, *, once: bool = False) -> None:
        """Work until ``stop``; with ``once``, until no job is due."""
        wait = SHORTEST_WAIT
        while not self.stopping.is_set():
            job = self._outlast(lambda: self._next(once=once))
            if job is not None:
                self.work(job)
                wait = SHORTEST_WAIT
            elif once:
                return
            else:
                self.stopping.wait(wait)
                wait = min(LONGEST_WAIT, wait * 1.5)

    def take(self) -> queue.Job | None:
        """The next due job, to be given to ``work``; ``None`` when there is none, or when told to stop."""
        return self._outlast(lambda: queue.take(self.name, self.queues, self.backend.lease_seconds))

    def _next(self, *, once: bool) -> queue.Job | None:
        self._keep_periodic(once=once)
        return queue.take(self.name, self.queues, self.backend.lease_seconds)

    def _outlast(self, take: Callable[[], queue.Job | None]) -> queue.Job | None:
        """What ``take`` returns, asked again while the database is away; ``None`` when told to stop."""
        outage = OUTAGE_WAIT
        while not self.stopping.is_set():
            try:
                with pymongo.timeout(self.backend.lease_seconds / 2):
                    return take()
            except DATABASE_DOWN as error:
                logger.warning("database unavailable (%s); waiting", error.__class__.__name__)
                self.stopping.wait(outage)
                outage = min(LONGEST_OUTAGE_WAIT, outage * 2)
        return None

    def _keep_periodic(self, *, once: bool) -> None:
        """See to it now and then that every periodic task has its next run queued."""
        if once or PERIODIC_QUEUE not in self.queues or time.monotonic() < self._look_at_periodic:
            return
        self._look_at_periodic = time.monotonic() + PERIODIC_WAIT
        periodic.ensure()

    def work(self, job: queue.Job) -> None:
        """Run one job that was taken, and record how it ended."""
        if job.tries > job.max_tries:
            self._set_aside(job, WORKER_LOST)
            return
        logs.request_id.set(job.id[:16])
        lease = leases.Lease(attempt=job.tries, renew=lambda: self._renew(job))
        self._lease = lease
        if self.stopping.is_set():  # told to stop between taking the job and here
            lease.lost.set()
        ended = threading.Event()
        heart = threading.Thread(target=self._beat, args=(job, lease, ended), daemon=True)
        heart.start()
        token = leases.hold(lease)
        begun = time.monotonic()
        try:
            value = self._call(job)
        except LeaseLost:
            self._record(lambda: queue.give_back(job))
        except PermanentFailure as error:
            self._set_aside(job, str(error))
        except Exception as error:  # whatever a task raises is the job's end, never the worker's
            logger.exception("%s failed (try %d of %d)", job.task, job.tries, job.max_tries)
            self._fail(job, error)
        else:
            if self.stopping.is_set() and lease.lost.is_set():
                self._record(lambda: queue.give_back(job))
            else:
                self._record(lambda: queue.finish(job, value))
                logger.info("%s done in %.1f s", job.task, time.monotonic() - begun)
        finally:
            ended.set()
            leases.release(token)
            self._lease = None
            close_old_connections()

    def _call(self, job: queue.Job) -> Any:
        task = load_task(job.task)
        arguments = list(job.args)
        if task.takes_context:
            arguments.insert(0, TaskContext(task_result=self.backend.get_result(job.id)))
        value = normalize_json(task.call(*arguments, **job.kwargs))
        # What cannot be stored fails here, as the task's fault, and not when the end is recorded.
        bson.encode({"value": value})
        return value

    def _beat(self, job: queue.Job, lease: leases.Lease, ended: threading.Event) -> None:
        """Renew at a third of the lease; after a whole lease without success the job is not ours any more."""
        every = self.backend.lease_seconds / 3
        last = time.monotonic()
        while not ended.wait(every):
            try:
                if not self._renew(job):
                    lease.lost.set()
                    return
                last = time.monotonic()
            except DATABASE_DOWN:
                if time.monotonic() - last > self.backend.lease_seconds:
                    lease.lost.set()
                    return

    def _renew(self, job: queue.Job) -> bool:
        """A server that accepts calls and does not answer counts as away."""
        with pymongo.timeout(self.backend.lease_seconds / 2):
            return queue.renew(job, self.backend.lease_seconds)

    def _fail(self, job: queue.Job, error: Exception) -> None:
        sentence, exception = f"{error.__class__.__name__}: {error}", get_module_path(type(error))
        if job.tries >= job.max_tries:
            self._set_aside(job, sentence, exception=exception)
        else:
            self._record(lambda: queue.retry_later(job, sentence, exception=exception))

    def _set_aside(self, job: queue.Job, why: str, *, exception: str = "") -> None:
        """Tells first and records then: a worker killed in between is followed by one that tells again."""
        if self._record(lambda: self._renew(job)) and self._announce(job, why):
            self._record(lambda: queue.set_aside(job, why, exception=exception))

    @staticmethod
    def _announce(job: queue.Job, why: str) -> bool:
        """Send ``task_dead``. False when a receiver lacked the database and has to be told again."""
        told = True
        for receiver, outcome in task_dead.send_robust(
            sender=Worker, task_path=job.task, args=job.args, kwargs=job.kwargs, error=why, code=FAILED
        ):
            if isinstance(outcome, Exception):
                logger.error("%r failed on a dead job: %s", receiver, outcome)
                told = told and not isinstance(outcome, DATABASE_DOWN)
        return told

    def _record(self, change: Callable[[], bool]) -> bool:
        """Write a job's end; wait for the database for a lease at most, then it is someone else's anyway."""
        deadline = time.monotonic() + self.backend.lease_seconds
        while True:
            try:
                with pymongo.timeout(self.backend.lease_seconds / 2):
                    return change()
            except DATABASE_DOWN:
                if time.monotonic() > deadline:
                    return False
                time.sleep(RECORD_WAIT)

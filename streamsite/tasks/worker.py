"""The worker: one job at a time, under a lease and a time limit, a database that is away waited for."""

from __future__ import annotations

import logging
import os
import secrets
import socket
import threading
import time
from collections.abc import Callable
from contextlib import suppress

import bson
import pymongo
from django.db import DatabaseError, InterfaceError, close_old_connections
from django_tasks import task_backends
from django_tasks.base import TaskContext
from django_tasks.utils import get_module_path, normalize_json
from pymongo.errors import PyMongoError

from streamsite import change_mark, logs
from streamsite.site_id import SiteMismatch
from streamsite.site_mode.state import ModeWatch, are_workers_paused
from streamsite.tasks import job_log, job_totals, periodic, queue
from streamsite.tasks import lease as leases
from streamsite.tasks.attempt import Abandoned, Attempt
from streamsite.tasks.backend import MongoTaskBackend, load_task
from streamsite.tasks.errors import LeaseLost, PermanentFailure, Postponed, RetryLater, TimeLimitExceeded
from streamsite.tasks.heartbeats import CurrentJob, Heartbeat
from streamsite.tasks.signals import FAILED, task_dead
from streamsite.telemetry import spans
from streamsite.telemetry.current import RunningJob
from streamsite.telemetry.jobs import observing

logger = logging.getLogger("streamsite.worker")

MIN_WAIT, MAX_WAIT = 0.05, 0.8
# How long a worker waits for its group, which looks for due jobs for all of its workers, before it sees to its
# heartbeat; and after how long it looks by itself.
GROUP_WAIT, OWN_LOOK_SECONDS = 10.0, 30.0
MIN_OUTAGE_WAIT, MAX_OUTAGE_WAIT = 0.5, 5.0
RECORD_WAIT = 0.3
PERIODIC_QUEUE, PERIODIC_WAIT = "default", 10.0
# So many threads of tasks that do not end are left behind before the process is to end with them.
MAX_ABANDONED = 8
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
        self._heartbeat: Heartbeat | None = None
        # Whether a task found that the database and the files belong to different sites.
        self.is_misplaced = False
        self._lease: leases.Lease | None = None
        self._abandoned: list[Attempt] = []
        self._look_at_periodic = 0.0
        # When it last went on (``time.monotonic``), whether or not the database answered.
        self.went_on_at = time.monotonic()
        self._mode = ModeWatch()
        self._woken = threading.Event()
        # Whether somebody else looks for due jobs and calls ``wake``, and whether the worker waits for that.
        self.is_in_group = self.is_waiting = False
        # When it looks by itself although nobody called.
        self._look_at = 0.0

    def wake(self) -> None:
        """Let the worker look for a job now."""
        self._woken.set()

    def stop(self) -> None:
        """Take no more jobs; the running one is told that its lease is gone and goes back to the queue.

        Not for a signal handler of the thread that works: that may hold the very locks that are set here.
        """
        self.stopping.set()
        self.wake()
        if self._lease is not None:
            self._lease.lost.set()

    @property
    def is_worn_out(self) -> bool:
        """True when so many tasks hang in this process that another one should go on."""
        self._abandoned = [attempt for attempt in self._abandoned if attempt.is_running]
        return len(self._abandoned) >= MAX_ABANDONED

    def run(self, *, once: bool = False) -> None:
        """Work until ``stop`` or until worn out; with ``once``, until no job is due."""
        if not once:
            self._heartbeat = Heartbeat(self.name, self.queues, lifetime=2 * self.backend.lease_seconds)
        try:
            self._run(once=once)
        finally:
            self._end_heartbeat()

    def _run(self, *, once: bool) -> None:
        wait = MIN_WAIT
        while not self.stopping.is_set():
            job = self._outlast(lambda: self._next(once=once))
            if job is not None:
                self.work(job)
                wait = MIN_WAIT
                if self.is_worn_out:
                    return
            elif once:
                return
            elif self.is_in_group:
                self._wait_for_group()
            else:
                self.stopping.wait(wait)
                wait = min(MAX_WAIT, wait * 1.5)

    def _wait_for_group(self) -> None:
        self.is_waiting = True
        if self._woken.wait(GROUP_WAIT):
            self._look_at = 0.0
        self.went_on_at = time.monotonic()
        self.is_waiting = False
        self._woken.clear()

    def take(self) -> queue.Job | None:
        """Return the next due job, to be given to ``work``; ``None`` when there is none, or when told to stop."""
        return self._outlast(self._take)

    def _take(self) -> queue.Job | None:
        """Take the next due job, unless the site's mode pauses the workers."""
        if are_workers_paused():
            return None
        return queue.take(self.name, self.queues, self.backend.lease_seconds)

    def _next(self, *, once: bool) -> queue.Job | None:
        if self._heartbeat is not None:
            self._heartbeat.beat()
        if PERIODIC_QUEUE in self.queues and (told := self._mode.told_change()):
            logger.info("%s", told)
        if not are_workers_paused():
            self._keep_periodic(once=once)
        if time.monotonic() < self._look_at:
            return None
        job = self._take()
        if job is None and self.is_in_group:
            self._look_at = time.monotonic() + OWN_LOOK_SECONDS
        return job

    def _end_heartbeat(self) -> None:
        if self._heartbeat is not None:
            with suppress(*DATABASE_DOWN), pymongo.timeout(1.0):
                self._heartbeat.end()

    def _outlast(self, take: Callable[[], queue.Job | None]) -> queue.Job | None:
        """Call ``take`` until the database answers; return its job, ``None`` when told to stop."""
        outage = MIN_OUTAGE_WAIT
        while not self.stopping.is_set():
            self.went_on_at = time.monotonic()
            try:
                with pymongo.timeout(self.backend.lease_seconds / 2):
                    return take()
            except DATABASE_DOWN as error:
                logger.warning("database unavailable (%s); waiting", error.__class__.__name__)
                self.stopping.wait(outage)
                outage = min(MAX_OUTAGE_WAIT, outage * 2)
        return None

    def _keep_periodic(self, *, once: bool) -> None:
        """Queue the next run of periodic tasks that lack one, at most every ``PERIODIC_WAIT`` seconds."""
        if once or PERIODIC_QUEUE not in self.queues or time.monotonic() < self._look_at_periodic:
            return
        self._look_at_periodic = time.monotonic() + PERIODIC_WAIT
        periodic.enqueue_periodic_tasks()

    def work(self, job: queue.Job) -> None:
        """Run one job that was taken, record how it ended, and log that in one line."""
        token = logs.job_id.set(job.id)
        current = RunningJob(id=job.id, task=job.task, queue=job.queue, tries=job.tries)
        try:
            with observing(current, queued_by=job.trace):
                self._work(job)
        finally:
            change_mark.renew()
            logs.job_id.reset(token)

    def _work(self, job: queue.Job) -> None:
        begun = time.monotonic()
        if job.tries > job.max_tries:
            self._report(job, job_log.DEAD, begun, cause=job_totals.WORKER_LOST, reason=WORKER_LOST)
            self._mark_dead(job, WORKER_LOST)
            return
        if self._heartbeat is not None:
            self._heartbeat.job = CurrentJob(id=job.id, task=job.task)
        lease = leases.Lease(
            attempt=job.tries,
            renew=lambda: self._renew(job),
            job_id=job.id,
            enqueued_at=job.enqueued_at,
        )
        self._lease = lease
        if self.stopping.is_set():  # told to stop between taking the job and here
            lease.lost.set()
        attempt = Attempt(
            lambda: self._call(job), lease, name=job.task, limit=self.backend.time_limit(job.task, job.queue)
        )
        beat = _Beat(lease, self.backend.lease_seconds, self._heartbeat)

        def go_on() -> None:
            self.went_on_at = time.monotonic()
            beat()

        try:
            value = attempt.result(go_on, self.backend.lease_seconds / 3)
        except LeaseLost:
            self._return_job(job, begun)
        except SiteMismatch as error:
            self._end_misplaced(job, error, begun)
        except TimeLimitExceeded as error:
            self._report(job, job_log.FAILED, begun, error, reason=str(error))
            self._end_late(job, error, attempt)
        except Postponed as error:
            self._postpone(job, error, begun)
        except PermanentFailure as error:
            self._report(job, job_log.DEAD, begun, error, reason=str(error))
            self._mark_dead(job, str(error))
        except RetryLater as error:
            self._report(job, job_log.FAILED, begun, error, reason=str(error))
            self._fail(job, error)
        except Exception as error:  # whatever a task raises is the job's end, never the worker's
            self._report(job, job_log.FAILED, begun, error)
            self._fail(job, error)
        else:
            if self.stopping.is_set() and lease.lost.is_set():
                self._return_job(job, begun)
            else:
                self._record(lambda: queue.finish(job, value))
                self._report(job, job_log.DONE, begun)
        finally:
            self._lease = None
            if self._heartbeat is not None:
                self._heartbeat.job = None
            close_old_connections()

    def _postpone(self, job: queue.Job, error: Postponed, begun: float) -> None:
        self._record(
            lambda: queue.postpone(job, waits_for=error.waits_for, amount=error.amount, after=error.after)
        )
        self._report(
            job, job_log.RETURNED, begun, reason=f"waits for {error.waits_for}: {error.amount} bytes"
        )

    def _return_job(self, job: queue.Job, begun: float) -> None:
        self._record(lambda: queue.return_job(job))
        self._report(job, job_log.RETURNED, begun)

    @staticmethod
    def _report(
        job: queue.Job,
        result: str,
        begun: float,
        error: Exception | None = None,
        *,
        cause: str = "",
        reason: str = "",
    ) -> None:
        """Log how a try ended, and count it. ``reason`` is a sentence in the place of the error's class."""
        job_log.log_attempt(job, result, begun, error=None if reason else error, reason=reason)
        job_totals.count_attempt(job, result, begun, cause or job_totals.reason_class(error))
        if result in {job_log.FAILED, job_log.DEAD}:
            spans.fail_current(type(error).__name__ if error is not None else cause or result)

    def _end_misplaced(self, job: queue.Job, error: SiteMismatch, begun: float) -> None:
        """Return the job and stop: this process must not go on with files that are another site's."""
        logger.critical("%s", error)
        self.is_misplaced = True
        self._return_job(job, begun)
        self.stopping.set()

    def _end_late(self, job: queue.Job, error: TimeLimitExceeded, attempt: Attempt) -> None:
        if isinstance(error, Abandoned):
            self._abandoned.append(attempt)
        self._fail(job, error)

    def _call(self, job: queue.Job) -> object:
        task = load_task(job.task)
        arguments = list(job.args)
        if task.takes_context:
            arguments.insert(0, TaskContext(task_result=self.backend.get_result(job.id)))
        value = normalize_json(task.call(*arguments, **job.kwargs))
        # What cannot be stored fails here, as the task's fault, and not when the end is recorded.
        bson.encode({"value": value})
        return value

    def _renew(self, job: queue.Job) -> bool:
        """Renew the lease; a server that accepts calls and does not answer counts as away."""
        with pymongo.timeout(self.backend.lease_seconds / 2):
            return queue.renew(job, self.backend.lease_seconds)

    def _fail(self, job: queue.Job, error: Exception) -> None:
        is_late = isinstance(error, TimeLimitExceeded)
        is_sentence = isinstance(error, (TimeLimitExceeded, RetryLater))
        sentence = str(error) if is_sentence else f"{error.__class__.__name__}: {error}"
        exception = get_module_path(TimeLimitExceeded if is_late else type(error))
        if job.tries >= job.max_tries:
            self._mark_dead(job, sentence, exception=exception)
            return
        after = self.backend.pause(job.queue, job.tries)
        if isinstance(error, RetryLater) and error.at_most is not None:
            after = min(after, error.at_most)
        if isinstance(error, RetryLater) and error.at_least is not None:
            after = max(after, error.at_least)
        self._record(lambda: queue.schedule_retry(job, sentence, exception=exception, after=after))

    def _mark_dead(self, job: queue.Job, why: str, *, exception: str = "") -> None:
        """Announce the failure, then record it: if the worker is killed in between, another one announces it again."""
        if self._record(lambda: self._renew(job)) and self._announce(job, why):
            self._record(lambda: queue.mark_dead(job, why, exception=exception))

    @staticmethod
    def _announce(job: queue.Job, why: str) -> bool:
        """Send ``task_dead``. False when a receiver lacked the database and has to be told again."""
        told = True
        for receiver, outcome in task_dead.send_robust(
            sender=Worker, task_path=job.task, args=job.args, kwargs=job.kwargs, error=why, code=FAILED
        ):
            if isinstance(outcome, Exception):
                logger.error("%r failed on a dead job", receiver, exc_info=outcome)
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


class _Beat:
    """Renews a lease for ``Attempt``, and tells that the worker is alive.

    After a whole lease without success the job is not ours any more.
    """

    def __init__(self, lease: leases.Lease, lease_seconds: float, heartbeat: Heartbeat | None) -> None:
        self._lease, self._seconds, self._heartbeat = lease, lease_seconds, heartbeat
        self._last = time.monotonic()

    def __call__(self) -> None:
        if self._lease.lost.is_set():
            return
        try:
            with spans.aside():  # a job of a day has thousands of them
                self._lease.check()
                self._last = time.monotonic()
                if self._heartbeat is not None:
                    self._heartbeat.beat()
        except LeaseLost:
            return  # noted in the lease, for the task to see
        except DATABASE_DOWN:
            if time.monotonic() - self._last > self._seconds:
                self._lease.lost.set()

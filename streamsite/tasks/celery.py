"""A Celery worker: ``celery -A streamsite.tasks.celery worker -Q transcode -c 1``.

A message is a call: that queue has a due job. The jobs, their states, tries and leases stay in MongoDB (``queue.py``),
and a job is taken and run exactly as under ``manage.py run_worker``: by a ``Worker``, one job per message. Celery's own
retries, results, priorities, delays and acknowledgements carry no meaning, so none of their limits does.

Only for ``TASK_BACKEND=celery``: the site imports nothing of it, so that Celery need not be installed.
"""

from __future__ import annotations

import logging
import os
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import django
from celery import signals
from django.apps import apps
from django.core.exceptions import ImproperlyConfigured

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "streamsite.settings")
if not apps.ready:  # started by the command `celery`, which knows nothing of Django
    try:
        django.setup()
    except ImproperlyConfigured as error:
        sys.exit(f"celery: {error}")

from django_tasks import task_backends

from streamsite import site_id, startup_warnings
from streamsite.metrics import process_files
from streamsite.tasks import dispatch
from streamsite.tasks.backend import MAIL, PUSH, WEBHOOKS
from streamsite.tasks.celery_app import RUN_JOB, app, publish
from streamsite.tasks.celery_backend import CeleryTaskBackend
from streamsite.tasks.celery_scheduler import CeleryScheduler
from streamsite.tasks.worker import PERIODIC_QUEUE, Worker
from streamsite.telemetry import start as telemetry

if TYPE_CHECKING:
    from celery.apps.worker import Worker as CeleryWorker

logger = logging.getLogger("streamsite.worker")


class _Workers:
    """Those at work in this process, to be told when it is to end."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._active: set[Worker] = set()
        self._stopping = False

    @contextmanager
    def one(self, queue: str) -> Iterator[Worker]:
        """Give a worker for one job, which ``stop`` reaches."""
        worker = Worker([queue])
        with self._lock:
            self._active.add(worker)
            if self._stopping:
                worker.stopping.set()
        try:
            yield worker
        finally:
            with self._lock:
                self._active.discard(worker)

    def stop(self) -> None:
        """Return every job to the queue, now and from now on."""
        with self._lock:
            self._stopping = True
            for worker in self._active:
                worker.stop()


_workers = _Workers()
_upkeep = CeleryScheduler()


@app.task(name=RUN_JOB)  # type: ignore[untyped-decorator]
def run_job(queue: str, is_again: bool = False) -> bool:
    """Take the next due job of the queue and run it. False when there was none.

    A call that was made again, because jobs were left, is passed on while there are such.
    """
    with _workers.one(queue) as worker:
        job = worker.take()
        if worker.stopping.is_set() or (is_again and job is not None):
            _pass_on(queue, is_again)
        if job is not None:
            worker.work(job)
        if worker.is_misplaced:
            os.kill(os.getpid(), signal.SIGTERM)  # Celery ends as if it was told to; the log says why
    return job is not None


def _pass_on(queue: str, is_again: bool) -> None:
    """Call another worker, if that can be done; if not, the queue is called again anyway."""
    try:
        if not is_again or dispatch.has_overdue_job(queue, _backend().resend_seconds):
            publish(queue, is_again=is_again)
    # Whatever a broker's client raises: a job may have been taken that is to be run.
    except Exception as error:
        logger.warning("a call was not passed on (%s)", error.__class__.__name__)


def _backend() -> CeleryTaskBackend:
    backend = task_backends["default"]
    if not isinstance(backend, CeleryTaskBackend):
        raise TypeError("TASK_BACKEND must be celery")
    return backend


def _keep_logging(**told: object) -> None:
    """Do nothing: with a receiver here, Celery leaves the logging that Django configured alone."""


def _serve_included(sender: str, instance: CeleryWorker, **told: object) -> None:
    """Take mail, push and webhooks with ``default``: commands written before these queues existed go on serving all."""
    queues = instance.app.amqp.queues
    if PERIODIC_QUEUE not in queues.consume_from:
        return
    for name in (MAIL, PUSH, WEBHOOKS):
        if name not in queues.consume_from:
            logger.warning("this worker takes %s too; let another one do that, with -Q %s", name, name)
            queues.select_add(queues[name])


def _require_site(**told: object) -> None:
    """End before the broker is asked, when the database and the data folder belong to different sites."""
    telemetry.start(process_files.WORKER)
    try:
        site_id.wait_and_require_match()
    except site_id.SiteMismatch as error:
        raise SystemExit(f"celery: {error}") from None


def _start_upkeep(**told: object) -> None:
    startup_warnings.log_startup_warnings_in_background()
    _upkeep.start(_backend(), list(app.amqp.queues.consume_from))


def _stop(**told: object) -> None:
    # Sent from a signal handler, which may have interrupted a thread that holds the locks.
    threading.Thread(target=_stop_all, name="stop").start()


def _stop_all() -> None:
    _upkeep.stop()
    _workers.stop()


signals.setup_logging.connect(_keep_logging)
signals.celeryd_init.connect(_require_site)
signals.celeryd_after_setup.connect(_serve_included)
signals.worker_ready.connect(_start_upkeep)
signals.worker_shutting_down.connect(_stop)

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from streamsite.tasks import queue

ROOT = Path(__file__).parents[2]
IS_CELERY = os.environ["TASK_BACKEND"] == "celery"
# What a worker ends with after Ctrl-C, and in how many seconds; Celery's say 1 although they end in order.
INTERRUPTED, STOP_SECONDS = (1, 30) if IS_CELERY else (0, 15)


def wait_until(condition: Callable[[], object], seconds: float = 90) -> float:
    """Wait until the condition holds; return how many seconds it took."""
    started = time.monotonic()
    while not condition():
        assert time.monotonic() - started < seconds, "waited in vain"
        time.sleep(0.02)
    return time.monotonic() - started


@pytest.fixture
def jobs(database):
    """The queue over an empty database."""
    return queue


@pytest.fixture
def put(jobs):
    """Stores a job of a task that nobody runs; returns its id."""

    def store(task: str = "some.task", *args, **options) -> str:
        job = queue.build_job(task, list(args), {}, **({"queue": "default"} | options))
        assert queue.put(job)
        return job["_id"]

    return store


@pytest.fixture
def worker(database):
    """A worker in this thread, with a short lease: the site's own, or with that backend Celery's task."""
    made = make_worker()
    before = dict(made.backend.options)
    made.backend.options["lease_seconds"] = 0.6
    yield made
    made.backend.options.clear()
    made.backend.options.update(before)


def make_worker():
    from streamsite.tasks.worker import Worker

    if not IS_CELERY:
        return Worker(["default"])
    from tests.tasks.celery.task_worker import TaskWorker

    return TaskWorker(["default"])


def worker_command(*arguments: str, concurrency: int = 1) -> list[str]:
    """Return the command of the site's own worker, or of Celery's; `--queue` means the same to both."""
    if not IS_CELERY:
        return [sys.executable, "manage.py", "run_worker", *arguments]
    options = [
        "--concurrency",
        str(concurrency),
        "--without-mingle",
        "--without-gossip",
        *(arguments and ["-Q", ",".join(arguments[1::2])]),
    ]
    return [sys.executable, "-m", "celery", "-A", "streamsite.tasks.celery", "worker", *options]


@pytest.fixture
def start_worker(database) -> Iterator[Callable[..., subprocess.Popen[bytes]]]:
    """Starts a worker's process on the test database; kills what is left at the end."""
    from streamsite.mongo.engine.client import get_database

    started: list[subprocess.Popen[bytes]] = []

    def start(*arguments: str, concurrency: int = 1, **environment: str) -> subprocess.Popen[bytes]:
        name = get_database("default").name
        variables = {"MONGODB_NAME": name, "TASK_LEASE_SECONDS": "2"} | environment
        command = worker_command(*arguments, concurrency=concurrency)
        process = subprocess.Popen(command, cwd=ROOT, env=os.environ | variables)
        started.append(process)
        return process

    yield start
    for process in started:
        if process.poll() is None:
            process.send_signal(signal.SIGKILL)
        process.wait()

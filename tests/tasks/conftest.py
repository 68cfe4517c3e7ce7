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


def wait_until(condition: Callable[[], object], seconds: float = 15) -> float:
    """Returns how long it took for the condition to hold."""
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
        job = queue.new_job(task, list(args), {}, **({"queue": "default"} | options))
        assert queue.put(job)
        return job["_id"]

    return store


@pytest.fixture
def worker(database):
    """A worker in this thread, with a short lease."""
    from streamsite.tasks.worker import Worker

    made = Worker(["default"])
    before = dict(made.backend.options)
    made.backend.options["lease_seconds"] = 0.6
    yield made
    made.backend.options.clear()
    made.backend.options.update(before)


@pytest.fixture
def start_worker(database) -> Iterator[Callable[..., subprocess.Popen[bytes]]]:
    """Starts `manage.py run_worker` on the test database; kills what is left at the end."""
    from streamsite.mongo.engine.client import get_database

    started: list[subprocess.Popen[bytes]] = []

    def start(*arguments: str, **environment: str) -> subprocess.Popen[bytes]:
        name = get_database("default").name
        variables = {"MONGODB_NAME": name, "TASK_LEASE_SECONDS": "2"} | environment
        command = [sys.executable, "manage.py", "run_worker", *arguments]
        process = subprocess.Popen(command, cwd=ROOT, env=os.environ | variables)
        started.append(process)
        return process

    yield start
    for process in started:
        if process.poll() is None:
            process.send_signal(signal.SIGKILL)
        process.wait()

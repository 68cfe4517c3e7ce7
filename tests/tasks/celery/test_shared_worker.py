"""Behavior of one real worker, started once."""

import os
import subprocess
import time

import pytest

from streamsite.mongo.engine.client import get_database
from streamsite.tasks import control, queue
from streamsite.tasks.celery_app import publish
from tests.tasks import samples
from tests.tasks.celery.messages import SOON, waiting, words
from tests.tasks.conftest import ROOT, wait_until, worker_command


@pytest.fixture(scope="module")
def worker_at_hand(prepared_database, django_db_blocker):
    """A worker that is started once for those who need nothing special."""
    with django_db_blocker.unblock():
        name = get_database("default").name
    variables = {"MONGODB_NAME": name, "TASK_LEASE_SECONDS": "2"} | SOON
    process = subprocess.Popen(worker_command("--queue", "default"), cwd=ROOT, env=os.environ | variables)
    yield process
    process.terminate()
    assert process.wait(timeout=20) == 0


def test_messages_that_come_twice_do_nothing(database, worker_at_hand):
    samples.note.enqueue("a")
    for _ in range(20):
        publish("default")
    wait_until(lambda: words() == ["a"])
    wait_until(lambda: waiting() == 0)
    samples.note.enqueue("b")
    wait_until(lambda: words() == ["a", "b"])
    assert samples.traces() == [("a", 1), ("b", 1)]


def test_worker_hears_its_queue_only(database, worker_at_hand):
    other = samples.note.using(queue_name="transcode").enqueue("other")
    samples.note.enqueue("own")
    wait_until(lambda: words() == ["own"])
    time.sleep(2.5)  # its upkeep has looked after both queues by then
    assert words() == ["own"]
    assert queue.find(other.id)["state"] == queue.READY
    assert waiting("transcode") > 0


def test_failed_job_is_called_for_after_its_pause(database, worker_at_hand):
    result = samples.crash.enqueue("no such row")
    wait_until(lambda: len(queue.find(result.id)["errors"]) == 2)
    first, second = (entry["at"] for entry in queue.find(result.id)["errors"])
    assert 1.5 <= (second - first).total_seconds() < 5


def test_cancelled_job_stops_and_its_worker_takes_the_next(database, worker_at_hand, tmp_path):
    go = tmp_path / "go"
    result = samples.wait_for.enqueue(str(go))
    wait_until(lambda: words() == ["begun"])
    assert control.cancel(result.id)
    samples.note.enqueue("next")
    wait_until(lambda: words() == ["begun", "lost", "next"])
    assert queue.find(result.id)["state"] == queue.CANCELLED
    assert control.retry(result.id)
    wait_until(lambda: words()[3:] == ["begun"])
    go.touch()
    wait_until(lambda: queue.find(result.id)["state"] == queue.DONE)

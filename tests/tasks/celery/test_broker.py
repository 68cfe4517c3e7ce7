"""A broker that loses messages loses no jobs: MongoDB has them."""

import json
import os
import signal
import socket
import subprocess
import sys

import pytest
from django_tasks import task_backends

from streamsite.mongo.collections import collection
from streamsite.mongo.engine.client import get_database
from streamsite.tasks import control, dispatch, queue
from streamsite.tasks.celery_app import app
from tests.support.redis import RedisServer
from tests.tasks import samples
from tests.tasks.celery.messages import SOON, lose_messages, waiting, words
from tests.tasks.conftest import ROOT, wait_until

QUICK = 1.0  # seconds; who waits for a broker waits for two at least
# Enqueues a job for each word and prints how many seconds the slowest took.
ENQUEUE = """
import django; django.setup()
import sys, time
from streamsite.tasks import queue
from tests.tasks import samples
queue.find("connected by this")
longest = 0
for word in sys.argv[1:]:
    begun = time.monotonic()
    samples.note.enqueue(word)
    longest = max(longest, time.monotonic() - begun)
print(longest)
"""


@pytest.fixture
def own_broker(tmp_path, database):
    """A broker that a test may kill."""
    broker = RedisServer(tmp_path / "redis")
    broker.start()
    yield broker
    broker.kill()


def states() -> set[str]:
    return set(collection(queue.JOBS).distinct("state", {"task": {"$regex": "samples"}}))


def enqueue_elsewhere(*chosen: str, broker_url: str) -> float:
    """Enqueues in another process, for that broker. How long the slowest took."""
    variables = {"CELERY_BROKER_URL": broker_url, "MONGODB_NAME": get_database("default").name}
    ran = subprocess.run(
        [sys.executable, "-c", ENQUEUE, *chosen],
        cwd=ROOT,
        env=os.environ | variables,
        capture_output=True,
        text=True,
        timeout=30,
        check=True,
    )
    return float(ran.stdout)


def make_due(*job_ids: str, ago: float) -> None:
    past = {"$subtract": [queue.NOW, round(ago * 1000)]}
    collection(queue.JOBS).update_many({"_id": {"$in": list(job_ids)}}, [{"$set": {"run_at": past}}])


def test_jobs_enqueued_while_redis_is_dead_run_when_it_is_back_empty(own_broker, start_worker, tmp_path):
    go = tmp_path / "go"
    running = samples.wait_for.enqueue(str(go))
    worker = start_worker("--queue", "default", CELERY_BROKER_URL=own_broker.url, **SOON)
    wait_until(lambda: words() == ["begun"])
    own_broker.kill()
    slowest = enqueue_elsewhere("a", "b", "c", broker_url=own_broker.url)
    go.touch()
    wait_until(lambda: queue.find(running.id)["state"] == queue.DONE)  # goes on without a broker
    own_broker.start()
    wait_until(lambda: states() == {queue.DONE})
    assert sorted(words()) == ["a", "b", "begun", "c"]
    assert worker.poll() is None
    assert slowest < QUICK


def test_broker_that_does_not_answer_holds_nobody_up(database):
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"redis://127.0.0.1:{silent.getsockname()[1]}/0"
        assert enqueue_elsewhere("a", "b", broker_url=url) < QUICK
    assert collection(queue.JOBS).count_documents({"state": queue.READY}) == 2


def test_lost_messages_are_made_up_for(database, start_worker):
    results = [samples.note.enqueue(str(number)) for number in range(30)]
    wait_until(lambda: waiting() == len(results))
    lose_messages()
    start_worker("--queue", "default", **SOON)
    wait_until(lambda: len(words()) == len(results))
    assert sorted(words(), key=int) == [str(number) for number in range(len(results))]


def test_long_queue_is_one_message_per_job_and_a_few(database):
    backend = task_backends["default"]
    results = [samples.note.enqueue(str(number)) for number in range(100)]
    wait_until(lambda: waiting() == len(results))
    for _ in range(10):
        backend.catch_up()
    assert waiting() == len(results)
    make_due(*(result.id for result in results), ago=3600)
    for _ in range(10):
        backend.catch_up()
    assert waiting() == len(results) + 1


def test_queue_is_called_again_at_growing_intervals(database, put):
    make_due(put(), ago=60)
    intervals = []
    for _ in range(6):
        assert dispatch.claim_repeat_call("default", 10)
        assert not dispatch.claim_repeat_call("default", 10)
        calls = collection(dispatch.CALLS)
        [row] = calls.aggregate([{"$set": {"left": {"$subtract": ["$again_at", "$$NOW"]}}}])
        intervals.append(round(row["left"] / 1000))
        calls.update_one({}, [{"$set": {"again_at": "$$NOW"}}])
    assert intervals == [10, 20, 40, 80, 80, 80]
    assert queue.take("w", ["default"], 30) is not None
    assert not dispatch.claim_repeat_call("default", 10)
    assert collection(dispatch.CALLS).count_documents({}) == 0


def test_most_urgent_job_goes_first_whatever_the_order_of_messages(database, start_worker):
    for priority in (0, -100, 99, 3, 4):
        samples.note.using(priority=priority).enqueue(str(priority))
    last = samples.note.using(priority=-99).enqueue("front")
    assert control.move_to_front(last.id)
    start_worker("--queue", "default")
    wait_until(lambda: len(words()) == 6)
    assert words() == ["front", "99", "4", "3", "0", "-100"]


def test_running_job_is_not_taken_from_a_worker_that_lives(database, start_worker):
    result = samples.ignore_everything.enqueue(3)  # more than a lease
    for _ in range(2):
        start_worker("--queue", "default", **SOON)
    wait_until(lambda: queue.find(result.id)["state"] == queue.DONE)
    assert samples.traces() == [("begun", 1)]


def test_stopped_worker_s_job_is_taken_over_at_once(database, start_worker, tmp_path):
    go = tmp_path / "go"
    result = samples.wait_for.enqueue(str(go))
    first = start_worker("--queue", "default", TASK_LEASE_SECONDS="60")
    wait_until(lambda: words() == ["begun"])
    start_worker("--queue", "default", TASK_LEASE_SECONDS="60")
    first.send_signal(signal.SIGTERM)
    assert first.wait(timeout=20) == 0
    go.touch()
    wait_until(lambda: queue.find(result.id)["state"] == queue.DONE)
    assert samples.traces()[-1] == ("begun", 1)  # the first try did not count


def test_message_names_a_queue_and_nothing_else(database):
    samples.note.enqueue("secret")
    wait_until(lambda: waiting() == 1)
    with app.connection_for_write() as connection:
        raw = connection.default_channel.client.lindex("default", 0)
    assert json.loads(raw)["headers"]["argsrepr"] == "['default', False]"
    assert b"secret" not in raw

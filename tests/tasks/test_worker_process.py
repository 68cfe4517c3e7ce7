import os
import signal
import subprocess
import sys
import time

import pytest
from django.conf import settings
from pymongo import MongoClient

from accounts import tasks
from streamsite import site_id
from streamsite.mongo.collections import collection
from streamsite.mongo.server import EmbeddedMongo
from streamsite.tasks import heartbeats, queue
from tests.support.smtp import MailServer
from tests.tasks import samples
from tests.tasks.conftest import INTERRUPTED, IS_CELERY, ROOT, STOP_SECONDS, wait_until, worker_command


def words() -> list[str]:
    return [word for word, _ in samples.traces()]


def test_job_of_a_killed_worker_is_taken_over_when_its_lease_ends(start_worker, tmp_path):
    go = tmp_path / "go"
    result = samples.wait_for.enqueue(str(go))
    first = start_worker("--queue", "default")
    wait_until(lambda: words() == ["begun"])
    first.send_signal(signal.SIGKILL)
    first.wait()
    go.touch()
    second = start_worker("--queue", "default")
    wait_until(lambda: queue.find(result.id)["state"] == queue.DONE)
    assert samples.traces() == [("begun", 1), ("begun", 2)]
    assert second.poll() is None


def test_terminated_worker_returns_its_job_and_ends_in_order(start_worker, tmp_path):
    result = samples.wait_for.enqueue(str(tmp_path / "never"))
    process = start_worker("--queue", "transcode", "--queue", "default")
    wait_until(lambda: words() == ["begun"])
    process.send_signal(signal.SIGTERM)
    assert process.wait(timeout=5) == 0
    job = queue.find(result.id)
    assert (job["state"], job["tries"]) == (queue.READY, 0)


def served_now():
    return {name for worker in heartbeats.list_alive(100) for name in worker["queues"]}


def test_idle_worker_wakes_soon_and_stops_at_once(start_worker):
    process = start_worker()
    samples.note.enqueue("first")
    wait_until(lambda: words() == ["first"])
    wait_until(lambda: heartbeats.served_queues() == set(settings.TASKS["default"]["QUEUES"]))
    time.sleep(1.2)  # long enough for its pauses to have grown to the longest
    samples.note.enqueue("second")
    wait_until(
        lambda: words() == ["first", "second"], seconds=20
    )  # pauses that grew without end would be longer
    process.send_signal(signal.SIGINT)
    assert process.wait(timeout=STOP_SECONDS) == INTERRUPTED
    # Celery's process may end before the thread that would remove it; then it expires.
    assert IS_CELERY or served_now() == set()


def test_worker_of_short_tasks_sends_mail_too(start_worker, tmp_path):
    """Commands from before there was a queue for mail go on sending it, and nothing waits behind it."""
    samples.wait_for.using(queue_name="mail").enqueue(str(tmp_path / "never"))
    start_worker("--queue", "default", concurrency=2)
    wait_until(lambda: words() == ["begun"])
    samples.note.enqueue("a publication")
    wait_until(lambda: words() == ["begun", "a publication"])


def test_mail_of_a_worker_that_is_killed_as_it_is_accepted_comes_twice_and_is_known(start_worker, cast):
    server = MailServer()
    reach = {"EMAIL_HOST": "127.0.0.1", "EMAIL_PORT": str(server.port)}
    try:
        tasks.enqueue_mail("verify", cast.owner)
        first = start_worker("--queue", "mail", **reach)
        server.before_answer = lambda: first.send_signal(signal.SIGKILL)
        wait_until(lambda: first.poll() is not None)
        server.before_answer = lambda: None
        start_worker("--queue", "mail", **reach)
        wait_until(lambda: collection(queue.JOBS).find_one({"state": queue.DONE}))
        copies = server.to(cast.owner.email)
        assert len(copies) == 2
        assert copies[0]["Message-ID"] == copies[1]["Message-ID"]
    finally:
        server.stop()


@pytest.mark.skipif(IS_CELERY, reason="Celery's workers have no such option")
def test_once_drains_the_queue_and_ends(start_worker):
    for word in "abc":
        samples.note.enqueue(word)
    assert start_worker("--once").wait(timeout=15) == 0
    assert words() == ["a", "b", "c"]


def test_worker_outlives_a_crash_of_the_database(tmp_path):
    """A MongoDB of its own is killed and started again; the worker goes on by itself."""
    mongo = EmbeddedMongo(tmp_path, database="outage")
    mongo.start()
    with MongoClient(mongo.uri) as client:
        client["outage"][site_id.COLLECTION].insert_one({"_id": site_id.DOCUMENT, "site_id": "0" * 32})
    (tmp_path / "media").mkdir()
    (tmp_path / "media" / site_id.FILE).write_text("0" * 32)
    own = {"MONGODB_URI": mongo.uri, "MONGODB_NAME": "outage", "STREAMSITE_DATA_DIR": str(tmp_path)}
    environment = os.environ | own | {"TASK_LEASE_SECONDS": "2"}
    enqueue = (
        "import django; django.setup(); from tests.tasks import samples, conftest; import sys\n"
        "result = samples.note.enqueue(sys.argv[1])\n"
        "conftest.wait_until(lambda: samples.note.get_result(result.id).is_finished)\n"
    )

    def noted(word):
        return subprocess.run(
            [sys.executable, "-c", enqueue, word], cwd=ROOT, env=environment, timeout=40
        ).returncode

    worker = subprocess.Popen(worker_command(), cwd=ROOT, env=environment)
    try:
        assert noted("before") == 0
        mongo.process.kill()
        mongo.process.wait()
        time.sleep(1)
        mongo.launch()
        assert noted("after") == 0
        assert worker.poll() is None
    finally:
        worker.kill()
        worker.wait()
        mongo.stop()

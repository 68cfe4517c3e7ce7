"""``/healthz`` and ``/readyz``: who asks for them, what they say, and what they cost."""

from __future__ import annotations

import json
import socket
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from django.conf import settings as configured

from streamsite import __version__, health
from streamsite.mongo.engine.client import get_database
from streamsite.tasks import heartbeats, queue
from streamsite.tasks.worker import Worker
from tests.support.commands import recorded

QUEUES = ["default", "mail", "push", "transcode", "webhooks"]
PATHS = ("/healthz", "/readyz")


@pytest.fixture
def visitor(cast):
    return cast.page("anonymous")


@pytest.fixture
def ready(visitor):
    """Ask ``/readyz`` for what holds at this moment."""

    def ask():
        health.clear_check_results()
        response = visitor.get("/readyz")
        return response.status_code, response.json()

    return ask


@pytest.fixture
def workers(database):
    """Living workers of all queues."""
    heartbeats.Heartbeat("host:1:abc", QUEUES).beat()


@pytest.mark.parametrize("path", [*PATHS, "/healthz/", "/readyz/"])
@pytest.mark.parametrize("host", ["10.2.3.4:8000", "evil.example", "", "a b"])
def test_probes_answer_for_any_host(visitor, settings, path, host):
    settings.ALLOWED_HOSTS = ["videos.example.org"]
    settings.SECURE_SSL_REDIRECT = True
    for ask in (visitor.get, visitor.head):
        response = ask(path, HTTP_HOST=host)
        assert response.status_code == 200, host
        assert response["X-Request-Id"]
        assert response["Cache-Control"] == "no-store"
        assert int(response["Content-Length"]) > 10


def test_nothing_is_before_the_probes():
    own = [name for name in configured.MIDDLEWARE if not name.startswith("tests.")]
    assert own[0] == "streamsite.health.HealthMiddleware"


@pytest.mark.parametrize("path", [*PATHS, "/healthz/", "/readyz/"])
@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "PROPFIND"])
def test_other_methods_are_refused_before_anything_counts_them(rf, path, method):
    """Whoever a proxy says has sent them: nobody's limit is used up."""

    def fail(request):
        raise AssertionError(f"{request.method} went on to the other middleware")

    response = health.HealthMiddleware(fail)(rf.generic(method, path))
    assert (response.status_code, response["Allow"]) == (405, "GET, HEAD")
    assert json.loads(response.content)["code"] == "method_not_allowed"
    assert (response["Cache-Control"], int(response["Content-Length"])) == ("no-store", len(response.content))


def test_healthz_says_the_version(visitor):
    assert visitor.get("/healthz").json() == {"status": "ok", "version": __version__}


def test_everything_is_right(ready, workers):
    names = ("database", "migrations", "site_id", "disk", "queue", "workers")
    assert ready() == (200, {"status": "ok", "checks": dict.fromkeys(names, True), "partners": {}})


def test_a_full_disk_only_degrades(ready, workers, settings):
    """Playback would go with uploads, if balancers took the site away."""
    settings.DISK_WATERMARK_BYTES = 10**18
    status, answer = ready()
    assert (status, answer["status"]) == (200, "degraded")
    assert answer["checks"]["disk"] == health.DISK_FULL
    assert [name for name, result in answer["checks"].items() if result is not True] == ["disk"]


def test_a_missing_migration_is_503(ready, workers):
    rows = get_database("default")["django_migrations"]
    row = rows.find_one_and_delete({"app": "streamsite", "name": "0001_job"})
    try:
        status, answer = ready()
    finally:
        rows.insert_one(row)
    assert (status, answer["status"], answer["code"]) == (503, "unavailable", "unavailable")
    assert answer["checks"]["migrations"] == health.NOT_MIGRATED
    assert answer["checks"]["database"] is True
    assert ready()[0] == 200


def test_a_foreign_database_is_503_and_only_the_log_has_names(ready, workers, monkeypatch, caplog):
    monkeypatch.setattr(
        "streamsite.site_id.mismatch_message", lambda: "db1 on 10.0.0.7 is not of /var/lib/streamsite"
    )
    status, answer = ready()
    assert (status, answer["checks"]["site_id"]) == (503, health.FOREIGN_SITE)
    assert "10.0.0.7" not in json.dumps(answer)
    assert "10.0.0.7" in caplog.text


@pytest.mark.parametrize("name", QUEUES)
def test_a_job_that_waits_too_long_degrades(ready, workers, name):
    limit = health.MAX_WAITS[name]
    job = queue.build_job("some.task", [], {}, queue=name)
    due = datetime.now(UTC) - timedelta(seconds=limit - 60)
    queue.put(job | {"run_at": due})
    assert ready()[1]["status"] == "ok"
    queue.put(queue.build_job("some.task", [], {}, queue=name, run_at=due - timedelta(seconds=120)))
    status, answer = ready()
    assert (status, answer["status"]) == (200, "degraded")
    assert answer["checks"]["queue"] == f"Jobs have waited too long: {name}."


def test_missing_workers_degrade(ready, cast):
    heartbeats.Heartbeat("host:1:abc", ["default", "mail"]).beat()
    status, answer = ready()
    assert (status, answer["status"]) == (200, "degraded")
    assert answer["checks"]["workers"] == "No worker is running for: push, transcode, webhooks."


def test_a_silent_worker_counts_no_more(cast):
    heartbeats.Heartbeat("host:1:abc", ["default"]).beat()
    assert heartbeats.served_queues() == {"default"}
    get_database("default")[heartbeats.WORKERS].update_many(
        {}, {"$set": {"expires_at": datetime(2020, 1, 1)}}
    )
    assert heartbeats.served_queues() == set()


def test_a_worker_tells_that_it_is_there_and_that_it_ended(database):
    worker = Worker(["mail"])
    thread = threading.Thread(target=worker.run)
    thread.start()
    try:
        assert _comes_about(lambda: heartbeats.served_queues() == {"mail"})
        (told,) = heartbeats.list_alive(10)
    finally:
        worker.stop()
        thread.join()
    assert (told["name"], told["queues"], told["job"]) == (worker.name, ["mail"], None)
    assert (told["host"], told["version"]) == (socket.gethostname(), __version__)
    assert heartbeats.list_alive(10) == []
    # A restart takes less than a minute, and nobody is to be told about it.
    assert heartbeats.served_queues() == {"mail"}
    _let_time_pass(heartbeats.LIFETIME - 1)
    assert heartbeats.served_queues() == {"mail"}
    _let_time_pass(2)
    assert heartbeats.served_queues() == set()


def _let_time_pass(seconds):
    """Make every heartbeat older."""
    get_database("default")[heartbeats.WORKERS].update_many(
        {}, [{"$set": {"expires_at": {"$subtract": ["$expires_at", round(seconds * 1000)]}}}]
    )


def test_a_worker_tells_its_job(database):
    release, told = threading.Event(), []

    def look():
        worker._heartbeat._due = 0
        worker._heartbeat.beat()
        told.extend(heartbeats.list_alive(10))
        release.set()

    worker = Worker(["default"])
    worker._heartbeat = heartbeats.Heartbeat(worker.name, worker.queues)
    job = queue.build_job("tests.tasks.samples.note", ["x"], {}, queue="default")
    queue.put(job)
    taken = worker.take()
    worker._call = lambda _: look()
    worker.work(taken)
    assert release.is_set()
    assert [worker["job"] for worker in told] == [{"id": job["_id"], "task": "tests.tasks.samples.note"}]
    assert worker._heartbeat.job is None


def test_workers_of_the_previous_release_are_listed(database):
    now = datetime.now(UTC)
    get_database("default")[heartbeats.WORKERS].insert_one(
        {"_id": "old:1", "queues": ["default"], "seen_at": now, "expires_at": now + timedelta(minutes=5)}
    )
    (worker,) = heartbeats.list_alive(10)
    assert (worker["host"], worker["version"], worker["job"]) == ("", "", None)
    assert heartbeats.served_queues() == {"default"}


def _comes_about(condition, seconds=20.0):
    waiting = threading.Event()
    for _ in range(round(seconds / 0.05)):
        if condition():
            return True
        waiting.wait(0.05)
    return False


def test_probes_do_not_load_the_database(ready, visitor, workers):
    ready()
    with recorded() as commands:
        for _ in range(20):
            assert visitor.get("/readyz").status_code == 200
            assert visitor.get("/healthz").status_code == 200
    assert len(commands) <= 1, commands


def test_one_thread_at_a_time_asks():
    asked, may_answer = [], threading.Event()

    def look():
        asked.append(1)
        may_answer.wait(10)
        return ""

    check = health.Check(look, good_seconds=60)
    with ThreadPoolExecutor(8) as pool:
        results = [pool.submit(check.result) for _ in range(8)]
        may_answer.set()
        assert {result.result() for result in results} == {True}
    assert len(asked) == 1


def test_a_check_that_hangs_holds_up_nobody(monkeypatch):
    """Those who come meanwhile get the former result, or are told after a bounded time."""
    may_answer, is_asking = threading.Event(), threading.Event()

    def look():
        is_asking.set()
        may_answer.wait(30)
        return ""

    monkeypatch.setattr(health, "DATABASE_SECONDS", 0.05)
    check = health.Check(look, good_seconds=60)
    with ThreadPoolExecutor(1) as pool:
        first = pool.submit(check.result)
        assert is_asking.wait(10)
        assert check.result() == health.DATABASE_AWAY
        may_answer.set()
        assert first.result() is True
    assert check.result() is True

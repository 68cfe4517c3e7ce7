"""Figures of the site at ``/metrics``: they are true, each look is shared, and an outage makes up no number."""

from __future__ import annotations

import shutil
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone
from pymongo.errors import AutoReconnect

from accounts import auth_session_store
from streamsite import __version__, health
from streamsite.metrics import exposition, registry, site_figures, store, totals
from streamsite.metrics.registry import COUNTER, Family, Source
from streamsite.mongo.engine.client import get_database
from streamsite.tasks import heartbeats, job_totals, queue
from streamsite.tasks.errors import LeaseLost, PermanentFailure, RetryLater, TimeLimitExceeded
from streamsite.tasks.worker import Worker
from tests.faulty_urls import FAULTS
from tests.support.commands import recorded
from videos.processing import totals as video_totals

QUEUES = ["default", "mail", "push", "transcode", "webhooks"]


def jobs(**changes):
    get_database("default")[queue.JOBS].update_many({}, {"$set": changes})


def put(name="default", **options):
    job = queue.build_job("some.task", [], {}, queue=name, **options)
    assert queue.put(job)
    return job["_id"]


def test_every_sample_is_declared(scrape):
    names = {name for name, _ in scrape().samples}
    assert names - exposition.declared_names() == set()
    assert len(names) > 8


def test_names_and_units_are_those_of_prometheus():
    for name in exposition.declared_names():
        assert name.startswith("streamsite_")
        assert not name.endswith(("_ms", "_milliseconds", "_mb", "_percent", "_minutes", "_hours"))
    for source in registry.sources():
        for family in source.families:
            assert (family.kind == COUNTER) == family.name.endswith("_total"), family.name
            assert family.help.endswith("."), family.name


def test_the_version_and_the_checks(scrape, database):
    found = scrape()
    assert found.value("streamsite_build_info", version=__version__) == 1
    assert found.value("streamsite_database_up") == 1
    assert found.value("streamsite_check_ok", check="workers") == 0
    heartbeats.Heartbeat("host:1:abc", QUEUES).beat()
    assert scrape().value("streamsite_check_ok", check="workers") == 1


def test_the_disk(scrape, settings):
    settings.DISK_WATERMARK_BYTES = 5_000
    found = scrape()
    assert found.value("streamsite_disk_size_bytes") == shutil.disk_usage(settings.DATA_DIR).total
    assert 0 < found.value("streamsite_disk_free_bytes") < found.value("streamsite_disk_size_bytes")
    assert found.value("streamsite_disk_watermark_bytes") == 5_000


def test_jobs_by_queue_and_state(scrape):
    ids = [put() for _ in range(4)]
    put("mail", run_at=datetime.now(UTC) + timedelta(hours=1))
    put("transcode")
    taken = queue.take("w", ["transcode"], 60)
    dead = queue.take_by_id(ids[0], "w", 60)
    queue.mark_dead(dead, "why")
    lost = queue.take_by_id(ids[1], "w", 0)  # its worker has died
    found = scrape()
    assert taken
    assert lost
    for name, state, count in [
        ("default", "waiting", 3),
        ("default", "running", 0),
        ("default", "failed", 1),
        ("mail", "scheduled", 1),
        ("mail", "waiting", 0),
        ("transcode", "running", 1),
        ("push", "waiting", 0),
    ]:
        assert found.value("streamsite_jobs", queue=name, state=state) == count, (name, state)
    assert found.value("streamsite_jobs", queue="storage", state="waiting") is None


def test_the_age_of_the_oldest_job(scrape):
    put(run_at=datetime.now(UTC) - timedelta(seconds=500))
    put(priority=50)
    put("mail", run_at=datetime.now(UTC) + timedelta(hours=1))
    found = scrape()
    assert 500 <= found.value("streamsite_job_oldest_age_seconds", queue="default") < 800
    assert found.value("streamsite_job_oldest_age_seconds", queue="mail") == 0


def test_the_queues_are_read_from_an_index(database):
    for _ in range(20):
        put()
    command = {"aggregate": queue.JOBS, "cursor": {}}
    with recorded() as seen:
        site_figures._queues()
    assert seen == [f"aggregate {queue.JOBS}"]
    match = {"queue": {"$in": QUEUES}, "state": {"$in": queue.UNFINISHED}}
    project = {"_id": 0, "queue": 1, "state": 1, "run_at": 1}
    plan = get_database("default").command(
        {
            "explain": {**command, "pipeline": [{"$match": match}, {"$project": project}]},
            "verbosity": "executionStats",
        }
    )
    assert "FETCH" not in str(plan)
    assert "IXSCAN" in str(plan)


def test_workers_by_queue_and_version(scrape):
    heartbeats.Heartbeat("a:1:x", ["default", "mail"]).beat()
    heartbeats.Heartbeat("b:1:x", ["default"]).beat()
    get_database("default")[heartbeats.WORKERS].update_one({"_id": "b:1:x"}, {"$set": {"version": "0.5.0"}})
    found = scrape()
    assert found.value("streamsite_workers", queue="default") == 2
    assert found.value("streamsite_workers", queue="transcode") == 0
    assert found.value("streamsite_queue_without_worker", queue="default") == 0
    assert found.value("streamsite_queue_without_worker", queue="transcode") == 1
    assert found.value("streamsite_worker_versions", version=__version__) == 1
    assert found.value("streamsite_worker_versions", version="0.5.0") == 1


def test_a_restart_of_workers_is_not_missed(scrape):
    heartbeat = heartbeats.Heartbeat("a:1:x", ["default"])
    heartbeat.beat()
    heartbeat.end()
    found = scrape()
    assert found.value("streamsite_workers", queue="default") == 0
    assert found.value("streamsite_queue_without_worker", queue="default") == 0


def test_sessions(scrape, cast):
    before = scrape().value("streamsite_sessions")
    cast.api("owner")
    client = cast.page("stranger")
    assert client.get("/").status_code == 200
    live = auth_session_store.count_live(timezone.now())
    assert scrape().value("streamsite_sessions") == live >= before


@pytest.fixture
def no_backup():
    yield
    site_figures._backup_time.clear()


def test_the_backup_is_unknown_until_somebody_tells(scrape, no_backup):
    name = "streamsite_backup_last_success_timestamp_seconds"
    assert scrape().value(name) is None
    site_figures.register_backup_time(lambda: None)
    assert scrape().value(name) is None
    site_figures.register_backup_time(lambda: datetime(2026, 11, 30, tzinfo=UTC))
    assert scrape().value(name) == datetime(2026, 11, 30, tzinfo=UTC).timestamp()


# --- totals ---------------------------------------------------------------------------------------


def attempts(found, result, reason, name="default"):
    return found.value("streamsite_job_attempts_total", queue=name, result=result, reason=reason)


def test_tries_are_counted_by_result_and_reason(scrape):
    for task, options in [("note", {}), ("note", {}), ("crash", {"max_tries": 1}), ("crash_for_good", {})]:
        assert queue.put(
            queue.build_job(f"tests.tasks.samples.{task}", ["x"], {}, queue="default", **options)
        )
    Worker(["default"]).run(once=True)
    found = scrape()
    assert attempts(found, "done", "none") == 2
    assert attempts(found, "failed", "fault") == 1
    assert attempts(found, "dead", "permanent") == 1
    assert found.value("streamsite_job_seconds_total", queue="default") > 0


def test_a_job_whose_workers_died_is_counted(scrape):
    put("mail", max_tries=1)
    queue.take("w", ["mail"], 0)
    Worker(["mail"]).run(once=True)
    assert attempts(scrape(), "dead", "worker_lost", "mail") == 1


@pytest.mark.parametrize(
    ("error", "word"),
    [
        (None, "none"),
        (PermanentFailure("x"), "permanent"),
        (RetryLater("x"), "partner"),
        (ConnectionRefusedError(), "partner"),
        (TimeLimitExceeded("x"), "time_limit"),
        (LookupError(), "fault"),
        (LeaseLost(), "fault"),
        (FAULTS["outage"], "expected"),
    ],
)
def test_reasons_are_few_words(error, word):
    assert job_totals.reason_class(error) == word


def test_speed_and_failures_of_videos(scrape):
    video_totals.count_encoded(duration=60.0, elapsed=20.0)
    video_totals.count_encoded(duration=30.0, elapsed=10.0)
    video_totals.count_failed("unsupported_media")
    found = scrape()
    assert found.value("streamsite_videos_processed_total") == 2
    assert found.value("streamsite_transcoded_video_seconds_total") == 90
    assert found.value("streamsite_transcode_seconds_total") == 30
    assert found.value("streamsite_video_failures_total", code="unsupported_media") == 1


def test_many_at_once_lose_nothing(database):
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda _: totals.add((job_totals.SECONDS, ("default",), 1)), range(80)))
    assert store.load()["streamsite_job_seconds_total"] == {("default",): 80}


# --- what a look costs ----------------------------------------------------------------------------


def test_scrapes_do_not_load_the_database(scrape):
    scrape()
    with recorded() as commands:
        for _ in range(10):
            exposition.text()
    assert len(commands) <= 1, commands


FAMILY = Family("streamsite_test", "Of a test.")


def test_one_thread_at_a_time_looks_and_nobody_waits():
    looks, may_answer, is_looking = [], threading.Event(), threading.Event()

    def look():
        looks.append(1)
        is_looking.set()
        may_answer.wait(10)
        return {FAMILY.name: {(): len(looks)}}

    source = Source((FAMILY,), look)
    with ThreadPoolExecutor(1) as pool:
        first = pool.submit(lambda: list(source.metrics()))
        assert is_looking.wait(10)
        ((metric,),) = [list(source.metrics())]
        assert metric.samples == []
        may_answer.set()
        assert first.result()[0].samples[0].value == 1
    assert [metric.samples[0].value for metric in source.metrics()] == [1]
    assert len(looks) == 1


def test_what_fails_is_unknown_and_asked_again():
    answers = [{FAMILY.name: {(): 1}}, AutoReconnect("away"), {FAMILY.name: {(): 2}}]

    def look():
        answer = answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer

    source = Source((FAMILY,), look, seconds=0.0)
    found = [[sample.value for metric in source.metrics() for sample in metric.samples] for _ in range(3)]
    assert found == [[1], [], [2]]


def test_without_the_database_the_rest_is_there(scrape, monkeypatch):
    put()

    def away():
        raise AutoReconnect("away")

    monkeypatch.setattr(health.DATABASE, "_look", away)
    found = scrape()
    assert found.value("streamsite_database_up") == 0
    assert found.value("streamsite_check_ok", check="database") == 0
    assert found.value("streamsite_check_ok", check="migrations") is None
    assert found.value("streamsite_disk_free_bytes") > 0
    assert found.value("streamsite_jobs", queue="default", state="waiting") is None
    monkeypatch.undo()
    health.clear_check_results()

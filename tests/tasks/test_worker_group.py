"""Workers of one process: their group looks for jobs, and wakes the one that has something to do."""

import threading
from contextlib import contextmanager

import pytest
from pymongo.errors import AutoReconnect

from streamsite.mongo.collections import collection
from streamsite.tasks import periodic, queue, worker_group
from streamsite.tasks.worker import Worker
from streamsite.tasks.worker_group import WorkerGroup
from tests.tasks import samples
from tests.tasks.conftest import IS_CELERY, wait_until

pytestmark = pytest.mark.skipif(IS_CELERY, reason="Celery's workers are Celery's")


@pytest.fixture(autouse=True)
def only_woken(database, monkeypatch):
    """Workers that go on by themselves after ten minutes only, and a group that looks often."""
    monkeypatch.setattr("streamsite.tasks.worker.GROUP_WAIT", 600.0)
    monkeypatch.setattr(worker_group, "MAX_WAIT", 0.05)


@contextmanager
def running(*queues):
    """Run a group until the block ends, which all of its workers have to notice."""
    group = WorkerGroup([Worker([name]) for name in queues])
    thread = threading.Thread(target=group.run)
    thread.start()
    try:
        yield group
    finally:
        group.stop()
        thread.join(timeout=30)
        assert not thread.is_alive()


def counted(monkeypatch, name):
    """Return the arguments of each call of a function of the queue, which is carried out."""
    calls, real = [], getattr(queue, name)

    def call(*given, **named):
        calls.append(given)
        return real(*given, **named)

    monkeypatch.setattr(queue, name, call)
    return calls


def has_trace(word):
    return word in [seen for seen, _ in samples.traces()]


def test_one_look_serves_all_workers_that_wait(monkeypatch):
    takes, looks = counted(monkeypatch, "take"), counted(monkeypatch, "due_queues")
    with running("default", "mail", "push") as group:
        wait_until(lambda: all(worker.is_waiting for worker in group.workers))
        del looks[:]
        wait_until(lambda: len(looks) >= 5)
        assert {frozenset(names) for (names,) in looks} == {frozenset({"default", "mail", "push"})}
        assert len(takes) == 3


def test_a_job_wakes_the_worker_of_its_queue_alone(monkeypatch):
    with running("default", "mail") as group:
        wait_until(lambda: all(worker.is_waiting for worker in group.workers))
        takes = counted(monkeypatch, "take")
        samples.note.enqueue("here")
        wait_until(lambda: has_trace("here"))
        assert {names[0] for _, names, _ in takes} == {"default"}


def test_a_job_that_becomes_due_is_found(monkeypatch):
    result = samples.note.using(run_after=queue.datetime(2100, 1, 1, tzinfo=queue.UTC)).enqueue("later")
    looks = counted(monkeypatch, "due_queues")
    with running("default"):
        wait_until(lambda: len(looks) >= 3)
        assert not has_trace("later")
        collection(queue.JOBS).update_one({"_id": result.id}, [{"$set": {"run_at": "$$NOW"}}])
        wait_until(lambda: has_trace("later"))


def test_when_the_look_fails_workers_look_themselves(monkeypatch):
    def fail(names):
        raise AutoReconnect("away")

    with running("default") as group:
        wait_until(lambda: group.workers[0].is_waiting)
        monkeypatch.setattr(queue, "due_queues", fail)
        samples.note.enqueue("anyway")
        wait_until(lambda: has_trace("anyway"))


def test_names_are_looked_up_by_their_index(put):
    put(unique="once")
    for condition in (queue._named("once"), {"unique": {"$in": ["once"], "$type": "string"}}):
        plan = str(collection(queue.JOBS).find(condition).explain()["queryPlanner"]["winningPlan"])
        assert "job_unique" in plan
        assert "COLLSCAN" not in plan


def test_periodic_tasks_that_wait_are_found_by_one_query(settings, monkeypatch):
    periodic.enqueue_periodic_tasks()
    names = {f"every:{path}" for path in settings.PERIODIC_TASKS}
    assert queue.unfinished_names([*names, "every:other"]) == names
    stored = counted(monkeypatch, "put_result")
    periodic.enqueue_periodic_tasks()
    assert stored == []
    gone = names.pop()
    collection(queue.JOBS).delete_one({"unique": {"$eq": gone, "$type": "string"}})
    periodic.enqueue_periodic_tasks()
    assert [job["unique"] for (job,) in stored] == [gone]


def test_only_queues_with_due_jobs_are_named(put):
    put(queue="mail")
    put(queue="push", run_at=queue.datetime(2100, 1, 1, tzinfo=queue.UTC))
    assert queue.due_queues(["default", "mail", "push"]) == {"mail"}


def test_a_worker_that_nobody_calls_looks_by_itself_now_and_then(monkeypatch):
    monkeypatch.setattr("streamsite.tasks.worker.GROUP_WAIT", 0.05)
    monkeypatch.setattr("streamsite.tasks.worker.OWN_LOOK_SECONDS", 0.5)
    monkeypatch.setattr(queue, "due_queues", lambda names: set())
    with running("default") as group:
        wait_until(lambda: group.workers[0].is_waiting)
        samples.note.enqueue("found")
        wait_until(lambda: has_trace("found"))

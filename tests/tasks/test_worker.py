import threading
import time

import pytest
from django.db import OperationalError
from django_tasks.base import TaskResultStatus
from pymongo.errors import AutoReconnect

from streamsite.mongo.collections import collection
from streamsite.tasks import queue
from streamsite.tasks.signals import task_dead
from streamsite.tasks.worker import Worker
from tests.tasks import samples


@pytest.fixture
def deaths():
    """Collects what `task_dead` says."""
    heard = []

    def hear(sender, *, task_path, args, kwargs, error, **extra):
        heard.append((task_path, args, error))

    task_dead.connect(hear)
    yield heard
    task_dead.disconnect(hear)


def expire(job_id, **values):
    """Makes a job due now."""
    collection(queue.JOBS).update_one({"_id": job_id}, [{"$set": {"run_at": "$$NOW"} | values}])


def test_job_runs_and_its_value_is_kept(worker):
    result = samples.note.enqueue("a")
    worker.run(once=True)
    result.refresh()
    assert (result.status, result.return_value) == (TaskResultStatus.SUCCESSFUL, "noted a")
    [name] = result.worker_ids
    assert name.rpartition(":")[0] == worker.name.rpartition(":")[0]  # host and process
    assert samples.traces() == [("a", 1)]


def test_task_may_take_its_context(worker):
    result = samples.note_attempt.enqueue("a")
    worker.run(once=True)
    result.refresh()
    assert result.return_value == 1


def test_failing_job_is_tried_again_and_then_set_aside_with_its_reason(worker, deaths):
    result = samples.crash.enqueue("no such row")
    for _ in range(5):
        expire(result.id)
        worker.run(once=True)
    result.refresh()
    assert result.status == TaskResultStatus.FAILED
    assert [error.exception_class for error in result.errors] == [LookupError] * 5
    assert deaths == [("tests.tasks.samples.crash", ["no such row"], "LookupError: no such row")]


def test_permanent_failure_is_set_aside_at_once(worker, deaths):
    result = samples.crash_for_good.enqueue("never")
    worker.run(once=True)
    assert queue.find(result.id)["state"] == queue.DEAD
    assert [error for _, _, error in deaths] == ["never"]


def test_job_whose_workers_were_all_lost_is_set_aside(worker, deaths):
    result = samples.note.enqueue("a")
    expire(result.id, tries=5, state=queue.RUNNING)
    worker.run(once=True)
    assert queue.find(result.id)["state"] == queue.DEAD
    assert [error for _, _, error in deaths] == ["The worker was lost at every try."]
    assert samples.traces() == []


def test_app_is_told_again_when_it_could_not_write_it_down(worker, deaths):
    outages = [OperationalError("no primary")]

    def fail_once(**_):
        if outages:
            raise outages.pop()

    task_dead.connect(fail_once)
    try:
        result = samples.crash_for_good.enqueue("never")
        worker.run(once=True)
        assert queue.find(result.id)["state"] == queue.RUNNING
        expire(result.id)
        worker.run(once=True)
    finally:
        task_dead.disconnect(fail_once)
    assert queue.find(result.id)["state"] == queue.DEAD
    assert len(deaths) == 2


@pytest.mark.parametrize("path", ["tests.tasks.samples.vanished", "os.getcwd"])
def test_job_of_a_task_that_is_no_more_fails(worker, put, path):
    job_id = put(path)
    worker.run(once=True)
    assert "ImportError" in queue.find(job_id)["error"]


def test_value_that_cannot_be_stored_is_the_tasks_failure(worker):
    result = samples.return_too_much.enqueue()
    worker.run(once=True)
    assert "OverflowError" in queue.find(result.id)["error"]


def test_long_job_keeps_its_lease(worker):
    result = samples.ignore_everything.enqueue(1.5)
    thieves = []

    def steal():
        wait_for_trace("begun")
        deadline = time.monotonic() + 1.2
        while time.monotonic() < deadline:
            thieves.append(queue.take("thief", ["default"], 30))
            time.sleep(0.05)

    thread = in_thread(steal)
    worker.run(once=True)
    thread.join()
    assert len(thieves) > 5
    assert set(thieves) == {None}
    assert queue.find(result.id)["state"] == queue.DONE


def test_cancelled_job_is_told_and_leaves_no_end(worker, tmp_path):
    result = samples.wait_for.enqueue(str(tmp_path / "never"))
    thread = in_thread(lambda: (wait_for_trace("begun"), queue.cancel(result.id)))
    started = time.monotonic()
    worker.run(once=True)
    thread.join()
    assert time.monotonic() - started < 3
    assert [word for word, _ in samples.traces()] == ["begun", "lost"]
    assert queue.find(result.id)["state"] == queue.CANCELLED


def test_stopped_worker_returns_its_job_uncounted(worker, tmp_path):
    result = samples.wait_for.enqueue(str(tmp_path / "never"))
    thread = in_thread(lambda: (wait_for_trace("begun"), worker.stop()))
    worker.run()
    thread.join()
    job = queue.find(result.id)
    assert (job["state"], job["tries"]) == (queue.READY, 0)
    assert queue.take("next", ["default"], 30) is not None


def test_job_taken_while_stopping_is_returned(worker, tmp_path):
    result = samples.wait_for.enqueue(str(tmp_path / "never"))
    job = queue.take(worker.name, ["default"], 30)
    worker.stop()
    worker.work(job)
    assert queue.find(result.id)["state"] == queue.READY


def test_database_that_is_away_is_waited_for(worker, monkeypatch):
    """Both while it looks for a job and when it writes down how one ended."""

    def shaky(call):
        outages = [AutoReconnect("down"), AutoReconnect("down")]

        def attempt(*args):
            if outages:
                raise outages.pop()
            return call(*args)

        return attempt

    monkeypatch.setattr("streamsite.tasks.worker.OUTAGE_WAIT", 0.01)
    monkeypatch.setattr("streamsite.tasks.worker.RECORD_WAIT", 0.01)
    monkeypatch.setattr(queue, "take", shaky(queue.take))
    monkeypatch.setattr(queue, "finish", shaky(queue.finish))
    result = samples.note.enqueue("a")
    worker.run(once=True)
    assert queue.find(result.id)["state"] == queue.DONE


def test_worker_needs_the_mongo_backend(settings):
    settings.TASKS = {"default": {"BACKEND": "django_tasks.backends.immediate.ImmediateBackend"}}
    with pytest.raises(TypeError):
        Worker(["default"])


def in_thread(work):
    thread = threading.Thread(target=work)
    thread.start()
    return thread


def wait_for_trace(word):
    deadline = time.monotonic() + 10
    while word not in [seen for seen, _ in samples.traces()]:
        assert time.monotonic() < deadline
        time.sleep(0.02)

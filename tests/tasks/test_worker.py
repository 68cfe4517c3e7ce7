import os
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
from streamsite.tasks.worker_group import WorkerGroup
from tests.tasks import samples
from tests.tasks.conftest import IS_CELERY, wait_until


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
    """Make a job due now."""
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


@pytest.fixture
def limited(worker, monkeypatch):
    """A worker whose jobs may take 0.3 s."""
    monkeypatch.setattr("streamsite.tasks.attempt.GRACE_SECONDS", 0.2)
    worker.backend.options["time_limits"] = {"default": 0.3}
    return worker


def test_task_that_listens_is_stopped_when_its_time_is_up_and_tried_again(limited, tmp_path):
    result = samples.wait_for.enqueue(str(tmp_path / "never"))
    limited.run(once=True)
    job = queue.find(result.id)
    assert (job["state"], job["tries"], job["error"]) == (queue.READY, 1, "It took longer than 0.3 s.")
    assert [word for word, _ in samples.traces()] == ["begun", "lost"]
    assert not limited.is_worn_out


def test_task_that_hangs_is_left_behind_and_writes_nothing_more(limited, deaths):
    stuck = samples.check_lease_late.enqueue(1.5)
    expire(stuck.id, tries=4)  # this is the last one
    other = samples.note.enqueue("next")
    begun = time.monotonic()
    limited.run(once=True)
    assert time.monotonic() - begun < 1.4
    assert queue.find(other.id)["state"] == queue.DONE
    job = queue.find(stuck.id)
    assert (job["state"], job["error"]) == (queue.DEAD, "It took longer than 0.3 s.")
    assert deaths == [("tests.tasks.samples.check_lease_late", [1.5], "It took longer than 0.3 s.")]
    wait_for_trace("LeaseLost")


@pytest.mark.skipif(IS_CELERY, reason="the processes of Celery's workers are Celery's")
def test_worker_with_too_many_hanging_tasks_ends(limited, monkeypatch):
    monkeypatch.setattr("streamsite.tasks.worker.MAX_ABANDONED", 2)
    for _ in range(3):
        samples.ignore_everything.enqueue(3)
    crew = WorkerGroup([limited])
    assert not crew.run()
    assert len([word for word, _ in samples.traces() if word == "begun"]) == 2


def test_a_task_s_own_limit_goes_before_its_queue_s(limited):
    limited.backend.options["time_limits_of_tasks"] = {"tests.tasks.samples.ignore_everything": 5}
    result = samples.ignore_everything.enqueue(0.6)
    limited.run(once=True)
    assert queue.find(result.id)["state"] == queue.DONE


def test_queues_do_not_wait_for_one_another(database, tmp_path):
    go = tmp_path / "go"
    samples.wait_for.using(queue_name="mail").enqueue(str(go))
    crew = WorkerGroup([Worker(["mail"]), Worker(["default"])])
    thread = in_thread(crew.run)
    wait_for_trace("begun")
    samples.note.enqueue("a publication")
    wait_for_trace("a publication")
    crew.stop()
    thread.join(timeout=10)
    assert not thread.is_alive()


def wait_for_log(caplog, text, count=1):
    wait_until(lambda: sum(text in message for message in caplog.messages) >= count)


@pytest.mark.skipif(IS_CELERY, reason="probes of Celery's workers are Celery's")
def test_the_alive_file_is_old_while_a_thread_is_stuck(worker, tmp_path, monkeypatch, caplog):
    monkeypatch.setattr("streamsite.tasks.worker_group.LOOK_EVERY", 0.05)
    monkeypatch.setattr("streamsite.tasks.worker_group.STUCK_AFTER", 0.3)
    path, go_on = tmp_path / "alive", threading.Event()
    stuck, other = Worker(["mail"]), Worker(["default"])
    crew = WorkerGroup([stuck, other], alive_file=path)
    thread = in_thread(crew.run)
    try:
        wait_until(path.exists)
        monkeypatch.setattr(stuck, "_next", lambda *, once: go_on.wait(60) and None)
        wait_for_log(caplog, "has been stuck for")
        os.utime(path, (1, 1))
        wait_for_log(caplog, "has been stuck for", len(caplog.messages) + 3)
        assert path.stat().st_mtime == 1
        go_on.set()
        wait_until(lambda: path.stat().st_mtime > 1)
    finally:
        go_on.set()
        crew.stop()
        thread.join(timeout=10)


@pytest.mark.skipif(IS_CELERY, reason="probes of Celery's workers are Celery's")
def test_the_alive_file_is_renewed_while_a_job_runs_and_the_database_is_away(
    worker, tmp_path, monkeypatch, caplog
):
    monkeypatch.setattr("streamsite.tasks.worker_group.LOOK_EVERY", 0.05)
    monkeypatch.setattr("streamsite.tasks.worker_group.STUCK_AFTER", 1.0)
    path, never = tmp_path / "alive", tmp_path / "never"
    samples.wait_for.enqueue(str(never))
    crew = WorkerGroup([Worker(["default"])], alive_file=path)
    thread = in_thread(crew.run)

    def away(*given):
        raise AutoReconnect("away")

    try:
        wait_for_trace("begun")
        begun = time.monotonic()
        monkeypatch.setattr(queue, "renew", away)
        monkeypatch.setattr(queue, "take", away)
        while time.monotonic() - begun < 2 * crew._stuck_after:
            os.utime(path, (1, 1))
            wait_until(lambda: path.stat().st_mtime > 1)
        assert not [message for message in caplog.messages if "has been stuck for" in message]
    finally:
        monkeypatch.undo()
        crew.stop()
        thread.join(timeout=10)


def test_database_that_is_away_is_waited_for(worker, monkeypatch):
    """Both while it looks for a job and when it writes down how one ended."""

    def shaky(call):
        outages = [AutoReconnect("down"), AutoReconnect("down")]

        def attempt(*args):
            if outages:
                raise outages.pop()
            return call(*args)

        return attempt

    monkeypatch.setattr("streamsite.tasks.worker.MIN_OUTAGE_WAIT", 0.01)
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

from contextlib import suppress
from datetime import timedelta

import pytest
from django.db import transaction
from django.test import override_settings
from django.utils import timezone
from django_tasks.base import TaskResultStatus
from django_tasks.exceptions import TaskResultDoesNotExist

from streamsite.mongo.collections import collection
from streamsite.tasks import queue
from streamsite.tasks.backend import enqueue_once, load_task
from tests.support.commands import LOG
from tests.tasks import samples

IMMEDIATE = {"default": {"BACKEND": "django_tasks.backends.immediate.ImmediateBackend"}}


class Undo(Exception):
    """Ends a transaction."""


def undone(work, *args):
    """Enqueue in a transaction that is rolled back."""
    with suppress(Undo), transaction.atomic():
        work(*args)
        raise Undo


def count() -> int:
    return collection(queue.JOBS).count_documents({})


def test_enqueued_task_can_be_found_again(database):
    result = samples.note.enqueue("a")
    found = samples.note.get_result(result.id)
    assert (found.status, found.args, found.attempts) == (TaskResultStatus.READY, ["a"], 0)
    assert abs(timezone.now() - found.enqueued_at) < timedelta(seconds=30)


def test_unknown_result_does_not_exist(database):
    with pytest.raises(TaskResultDoesNotExist):
        samples.note.get_result("nothing")


def test_priority_queue_and_time_are_kept(database):
    later = timezone.now() + timedelta(hours=1)
    result = samples.note.using(priority=7, queue_name="transcode", run_after=later).enqueue("a")
    job = queue.find(result.id)
    assert (job["priority"], job["queue"]) == (7, "transcode")
    assert abs(job["run_at"] - later.replace(tzinfo=None)) < timedelta(milliseconds=2)


def test_enqueueing_is_one_command(database):
    samples.note.enqueue("warm")
    LOG.seen = []
    samples.note.enqueue("a")
    seen, LOG.seen = LOG.seen, None
    # With Celery another thread notes meanwhile that it calls a worker.
    assert [command for command in seen if command != "findAndModify task_job"] == ["update task_job"]


def test_job_of_a_rolled_back_transaction_does_not_exist(database):
    undone(samples.note.enqueue, "a")
    assert count() == 0


def test_job_is_seen_by_workers_when_the_transaction_commits(database):
    with transaction.atomic():
        samples.note.enqueue("a")
        assert queue.take("w", ["default"], 30) is None
    assert queue.take("w", ["default"], 30) is not None


def test_job_of_a_rolled_back_savepoint_does_not_exist(database):
    with transaction.atomic():
        samples.note.enqueue("kept")
        undone(samples.note.enqueue, "dropped")
    assert [job["args"] for job in collection(queue.JOBS).find()] == [["kept"]]


def test_named_job_is_enqueued_once(database):
    first = enqueue_once(samples.note, "video-1", "a")
    with transaction.atomic():
        second = enqueue_once(samples.note, "video-1", "b")
    assert first.id == second.id
    assert second.args == ["a"]
    assert count() == 1


def test_named_job_of_a_rolled_back_transaction_leaves_the_name_free(database):
    undone(enqueue_once, samples.note, "video-1", "a")
    enqueue_once(samples.note, "video-1", "b")
    assert count() == 1


@pytest.mark.parametrize(
    "path", ["os.system", "tests.tasks.samples.trace", "tests.tasks.absent.thing", "nonsense"]
)
def test_only_tasks_can_be_loaded(path):
    with pytest.raises(ImportError):
        load_task(path)


def test_task_code_runs_without_a_worker(database):
    """The immediate backend of other tests: the lease is one that is never lost."""
    with override_settings(TASKS=IMMEDIATE):
        assert samples.check_lease.enqueue().status == TaskResultStatus.SUCCESSFUL
        assert enqueue_once(samples.note, "name", "a").return_value == "noted a"
    assert samples.traces() == [("a", 1)]

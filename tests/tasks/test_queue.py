import threading
from datetime import UTC, datetime, timedelta

import pytest

from streamsite.mongo.collections import collection
from streamsite.tasks import queue
from streamsite.tasks.retry_delay import compute_retry_delay

THREADS, JOBS = 8, 200


def in_threads(work):
    threads = [threading.Thread(target=work) for _ in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def take(jobs, lease=30.0):
    return jobs.take("w", ["default"], lease)


def test_each_job_is_taken_once(jobs, put, django_db_blocker):
    expected = {put() for _ in range(JOBS)}
    taken = []

    def drain():
        with django_db_blocker.unblock():
            while (job := take(jobs)) is not None:
                taken.append(job.id)

    in_threads(drain)
    assert len(taken) == JOBS
    assert set(taken) == expected


def test_higher_priority_goes_first_then_the_longest_due(jobs, put):
    put("late", priority=0)
    put("early", priority=0, run_at=datetime.now(UTC) - timedelta(minutes=1))
    put("urgent", priority=5)
    put("someday", priority=-5)
    assert [take(jobs).task for _ in range(4)] == ["urgent", "early", "late", "someday"]


def test_only_the_queues_asked_for_are_served(jobs, put):
    put("a", queue="transcode")
    assert take(jobs) is None
    assert jobs.take("w", ["default", "transcode"], 30).task == "a"


def test_job_for_later_waits(jobs, put):
    put(run_at=datetime.now(UTC) + timedelta(minutes=1))
    assert take(jobs) is None


def test_host_with_a_wrong_clock_changes_nothing(jobs, put, monkeypatch):
    class Tomorrow(datetime):
        @classmethod
        def now(cls, tz=None):
            return datetime.now(tz) + timedelta(days=1)

    monkeypatch.setattr(queue, "datetime", Tomorrow)
    put()
    first = take(jobs)
    assert first is not None
    assert take(jobs) is None
    assert jobs.renew(first, 30)


def test_expired_lease_is_taken_over_and_the_first_owner_can_do_nothing(jobs, put):
    job_id = put()
    first = take(jobs, lease=0.0)
    second = take(jobs)
    assert (first.id, second.id, second.tries) == (job_id, job_id, 2)
    assert not jobs.renew(first, 30)
    assert not jobs.finish(first, "late")
    assert not jobs.schedule_retry(first, "late")
    assert not jobs.mark_dead(first, "late")
    assert not jobs.return_job(first)
    assert jobs.finish(second, "in time")
    assert jobs.find(job_id)["return_value"] == "in time"


def test_renewed_lease_is_not_taken_over(jobs, put):
    put()
    job = take(jobs, lease=0.0)
    assert jobs.renew(job, 30)
    assert take(jobs) is None


def test_failed_job_waits_longer_each_time(jobs, put):
    job_id = put()
    job = take(jobs)
    assert jobs.schedule_retry(job, "it broke", exception="builtins.OSError")
    found = jobs.find(job_id)
    assert (found["state"], found["error"]) == (queue.READY, "it broke")
    assert found["errors"][0]["exception"] == "builtins.OSError"
    assert found["run_at"] > found["started_at"] + timedelta(seconds=1)
    assert take(jobs) is None
    pauses = [compute_retry_delay(tries).total_seconds() for tries in range(1, 20)]
    assert 1.5 <= pauses[0] <= 2.5
    assert 12 <= pauses[3] <= 20
    assert max(pauses) <= 750


def test_job_set_aside_keeps_its_reason_and_is_not_taken(jobs, put):
    job_id = put()
    assert jobs.mark_dead(take(jobs), "no use")
    found = jobs.find(job_id)
    assert (found["state"], found["error"]) == (queue.DEAD, "no use")
    assert take(jobs) is None
    assert jobs.requeue(job_id)
    assert take(jobs).tries == 1


def test_returned_job_does_not_count_the_try(jobs, put):
    put()
    assert jobs.return_job(take(jobs))
    assert take(jobs).tries == 1


def test_cancelled_job_is_not_run_and_its_worker_loses_it(jobs, put):
    waiting, running = put(), put(priority=1)
    job = take(jobs)
    assert jobs.cancel(waiting)
    assert jobs.cancel(running)
    assert not jobs.renew(job, 30)
    assert take(jobs) is None
    assert not jobs.cancel(running)


def test_finished_job_cannot_be_cancelled_or_requeued_and_is_purged_later(jobs, put):
    job_id = put()
    jobs.finish(take(jobs), {"a": 1})
    assert not jobs.cancel(job_id)
    assert not jobs.requeue(job_id)
    found = jobs.find(job_id)
    assert found["purge_at"] == found["finished_at"] + queue.RETENTION
    assert collection(queue.JOBS).index_information()["job_purge"]["expireAfterSeconds"] == 0


def test_name_admits_one_unfinished_job(jobs, put):
    put(unique="video-1")
    assert not jobs.put(jobs.build_job("again", [], {}, queue="default", unique="video-1"))
    job = take(jobs)
    assert not jobs.put(jobs.build_job("again", [], {}, queue="default", unique="video-1"))
    jobs.finish(job)
    put(unique="video-1")


def test_name_admits_one_job_of_many_at_once(jobs, django_db_blocker):
    outcomes = []

    def race():
        with django_db_blocker.unblock():
            outcomes.append(jobs.put(jobs.build_job("t", [], {}, queue="default", unique="same")))

    in_threads(race)
    assert sorted(outcomes) == [False] * (THREADS - 1) + [True]
    assert collection(queue.JOBS).count_documents({}) == 1


def test_dollars_and_dots_are_data(jobs, put):
    hostile = {"$where": "1", "a.b": "$$NOW", "c": ["$_id"]}
    job_id = put("t", "$state", hostile)
    job = jobs.take("$tries", ["default"], 30)
    assert job.args == ["$state", hostile]
    jobs.schedule_retry(job, "$token", exception="$args")
    found = jobs.find(job_id)
    assert (found["worker"], found["error"], found["errors"][0]["exception"]) == ("$tries", "$token", "$args")


def test_taking_walks_its_index_in_order(jobs):
    states = [queue.READY, queue.RUNNING, queue.DONE, queue.DEAD]
    now = datetime.now(UTC)
    rows = [
        {
            "_id": str(number),
            "queue": "default" if number % 2 else "transcode",
            "state": states[number % 4],
            "priority": number % 7,
            "run_at": now + timedelta(minutes=number % 200 - 100),
            "tries": 0,
        }
        for number in range(4000)
    ]
    collection(queue.JOBS).insert_many(rows)
    command = {
        "findAndModify": queue.JOBS,
        "query": {
            "queue": {"$in": ["default", "transcode"]},
            "state": {"$in": [queue.READY, queue.RUNNING]},
            "$expr": {"$lte": ["$run_at", queue.NOW]},
        },
        "sort": {"priority": -1, "run_at": 1},
        "update": [{"$set": {"state": queue.RUNNING}}],
    }
    explained = collection(queue.JOBS).database.command("explain", command, verbosity="executionStats")
    plan = str(explained["queryPlanner"]["winningPlan"])
    assert "job_take" in plan
    assert "COLLSCAN" not in plan
    assert "'SORT'" not in plan
    assert explained["executionStats"]["totalDocsExamined"] <= 10


@pytest.mark.parametrize("length", [1, 50_000])
def test_error_text_is_bounded(jobs, put, length):
    job_id = put()
    for _ in range(queue.MAX_ERRORS + 3):
        collection(queue.JOBS).update_one(
            {"_id": job_id}, {"$set": {"run_at": datetime(2020, 1, 1, tzinfo=UTC)}}
        )
        jobs.schedule_retry(take(jobs), "x" * length)
    found = jobs.find(job_id)
    assert len(found["error"]) <= queue.ERROR_LENGTH
    assert len(found["errors"]) == queue.MAX_ERRORS

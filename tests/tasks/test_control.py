"""Staff's actions on jobs, and their effect on a video."""

import pytest

from streamsite.errors import Conflict
from streamsite.tasks import control, queue
from streamsite.tasks.signals import task_dead
from tests.tasks import samples
from videos.files import paths
from videos.models import Status, Video
from videos.tasks import enqueue_processing, process_video


@pytest.fixture
def video(cast):
    """An uploaded video whose job waits."""
    made = cast.video(status=Status.QUEUED)
    source = paths.source_path(made.pk)
    source.parent.mkdir(parents=True, exist_ok=True)
    source.write_bytes(b"film")
    enqueue_processing(made)
    return made


def job_of(video):
    [job_id] = control.find_ids_by_argument(video.pk)
    return queue.find(job_id)


def test_cancelled_job_makes_its_video_failed_with_the_reason(video):
    assert control.cancel(job_of(video)["_id"])
    video.refresh_from_db()
    assert (video.status, video.failure_code) == (Status.FAILED, "cancelled")
    assert video.failure_detail == "Cancelled by staff."
    assert (job_of(video)["state"], job_of(video)["error"]) == (queue.CANCELLED, "Cancelled by staff.")


def test_job_that_has_ended_cannot_be_cancelled_and_nobody_is_told(database):
    heard = []
    result = samples.note.enqueue("a")
    job = queue.take_by_id(result.id, "w", 30)
    assert queue.finish(job)
    task_dead.connect(lambda **told: heard.append(told), weak=False, dispatch_uid="test")
    assert not control.cancel(result.id)
    assert not control.cancel("unknown")
    task_dead.disconnect(dispatch_uid="test")
    assert heard == []


def test_revived_job_finds_its_video_waiting(video):
    job_id = job_of(video)["_id"]
    control.cancel(job_id)
    assert control.retry(job_id)
    video.refresh_from_db()
    assert (video.status, video.failure_code) == (Status.QUEUED, "")
    job = queue.find(job_id)
    assert (job["state"], job["tries"]) == (queue.READY, 0)
    assert "error" not in job


def test_job_is_not_revived_without_its_source(video):
    job_id = job_of(video)["_id"]
    control.cancel(job_id)
    paths.remove_source(video.pk)
    with pytest.raises(Conflict, match="conflict"):
        control.retry(job_id)
    assert queue.find(job_id)["state"] == queue.CANCELLED
    assert Video.objects.get(pk=video.pk).status == Status.FAILED


def test_job_is_not_revived_when_another_one_has_the_video(video):
    job_id = job_of(video)["_id"]
    control.cancel(job_id)
    Video.objects.filter(pk=video.pk).update(status=Status.PROCESSING)
    with pytest.raises(Conflict):
        control.retry(job_id)


def test_job_of_a_deleted_video_is_not_revived(video):
    job_id = job_of(video)["_id"]
    control.cancel(job_id)
    video.delete()
    with pytest.raises(Conflict):
        control.retry(job_id)


def test_waiting_job_is_not_revived(video):
    assert not control.retry(job_of(video)["_id"])


def test_job_moved_to_the_front_is_taken_first(put):
    put("urgent", priority=50)
    later = put("later", priority=-50)
    assert control.move_to_front(later)
    assert queue.take("w", ["default"], 30).id == later
    assert not control.move_to_front(later)


def test_dead_job_of_a_video_names_its_usual_reason(video):
    job = queue.take_by_id(job_of(video)["_id"], "w", 30)
    task_dead.send(sender=None, task_path=process_video.module_path, args=job.args, kwargs={}, error="oops")
    video.refresh_from_db()
    assert video.failure_code == "transcode_failed"


def test_position_counts_those_that_are_taken_before(put, video):
    task = process_video.module_path
    mine = queue.find_waiting(task, video.pk)
    assert queue.count_ahead(mine) == 0
    for priority in (100, 50, mine["priority"], -100):
        put(queue="transcode", priority=priority)
    put(queue="default", priority=100)
    assert queue.count_ahead(mine) == 2  # the one of equal priority came later
    assert queue.count_ahead(mine, most=1) == 1
    queue.take("w", ["transcode"], 30)
    assert queue.count_ahead(mine) == 1


def test_nothing_waits_when_it_runs_or_has_ended(video):
    task = process_video.module_path
    queue.take("w", ["transcode"], 30)
    assert queue.find_waiting(task, video.pk) is None
    assert queue.find_waiting(task, "unknown") is None

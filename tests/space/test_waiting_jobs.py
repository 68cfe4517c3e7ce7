"""Jobs that do not fit on the disk: put back without losing a try, shown to their owners, done once there is room."""

from __future__ import annotations

import shutil
import signal
from contextlib import contextmanager
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from streamsite.doctor.services import check_workers
from streamsite.mongo.collections import collection
from streamsite.space import store
from streamsite.space.reservations import NoSpace, hold_space, reserved_bytes
from streamsite.tasks import control, queue
from streamsite.tasks.errors import Postponed
from streamsite.tasks.worker import Worker
from tests.tasks.conftest import start_worker, wait_until
from videos import tasks
from videos.files import paths
from videos.models import Video
from videos.processing import pipeline, space
from videos.transcoding import ladder
from videos.transcoding.probe import probe
from videos.uploads import creation

__all__ = ["start_worker"]

pytestmark = pytest.mark.usefixtures("database")
PATH = tasks.process_video.module_path


@pytest.fixture
def queued(cast, long_clip):
    """A video whose file has arrived, and its job."""
    video = cast.uploaded_video(long_clip)
    tasks.enqueue_processing(video)
    return video


@pytest.fixture
def at_once(monkeypatch):
    """Jobs that were put back are due again at once."""
    monkeypatch.setattr(Postponed, "after", timedelta(0))


def work():
    """Run the next due job of the transcoding queue."""
    worker = Worker(["transcode"])
    job = worker.take()
    assert job is not None
    worker.work(job)
    return queue.find(job.id)


def job_of(video):
    return collection(queue.JOBS).find_one({"task": PATH, "args.0": video.pk})


def fill(settings):
    """Leave no space above the watermark."""
    settings.DISK_WATERMARK_BYTES = shutil.disk_usage(settings.MEDIA_ROOT).total * 2


def test_a_video_waits_without_losing_tries_and_is_made_once_there_is_room(queued, settings, at_once):
    fill(settings)
    needs = set()
    for _ in range(7):  # more than a job has tries
        job = work()
        assert (job["state"], job["tries"], job["errors"]) == (queue.READY, 0, [])
        assert job["waiting"]["for"] == "space"
        needs.add(job["waiting"]["bytes"])
    assert len(needs) == 1
    queued.refresh_from_db()
    assert (queued.status, queued.progress, queued.failure_code) == ("queued", 0.0, "")
    assert queued.attempt == 1, "the file is read once, not at every try"
    assert reserved_bytes() == 0
    settings.DISK_WATERMARK_BYTES = 0
    job = work()
    queued.refresh_from_db()
    assert (job["state"], queued.status) == (queue.DONE, "ready")
    assert "waiting" not in job
    assert reserved_bytes() == 0


def test_it_is_put_back_for_a_minute(queued, settings):
    fill(settings)
    work()
    assert Worker(["transcode"]).take() is None
    assert Postponed.after == timedelta(seconds=60)


def test_a_job_that_fails_later_no_longer_waits_for_space(queued, settings, at_once, monkeypatch):
    fill(settings)
    work()
    settings.DISK_WATERMARK_BYTES = 0

    def fail(*args, **kwargs):
        raise OSError("unplugged")

    monkeypatch.setattr(pipeline.Attempt, "run", fail)
    job = work()
    assert job["state"] == queue.READY
    assert "waiting" not in job
    assert job["tries"] == 1


def test_the_owner_and_staff_read_what_it_waits_for(cast, queued, settings):
    api, page, staff = cast.api("owner"), cast.page("owner"), cast.page("staff")
    address, editor = f"/api/v1/videos/{queued.pk}/processing", f"/studio/videos/{queued.pk}"
    assert api.get(address).json()["waiting_for"] is None
    assert "Uploads are paused" not in page.get("/upload").content.decode()
    assert "data-waits-for-space hidden" in page.get(editor).content.decode()
    fill(settings)
    needed = work()["waiting"]["bytes"]
    body = api.get(address).json()
    assert (body["status"], body["waiting_for"], body["error"]) == ("queued", "space", None)
    text = page.get(editor).content.decode()
    assert "data-waits-for-space>" in text
    assert "Waiting for free space on the server." in text
    assert (
        "Uploads are paused because the server is low on disk space." in page.get("/upload").content.decode()
    )
    for address in ("/admin/streamsite/job/", f"/admin/streamsite/job/{job_of(queued)['_id']}/change/"):
        assert "Waiting for disk space: needs " in staff.get(address).content.decode()
    assert 10**7 < needed < 10**9
    with hold_space_beside(settings):
        text = staff.get("/admin/").content.decode()
    assert "1 job waits for disk space." in text
    assert "5 MB reserved by running jobs" in text
    assert "Jobs that wait for free space on the disk: 1." in [found.message for found in check_workers()]
    collection(queue.JOBS).delete_many({})
    assert control.count_waiting_for_space() == 0


@contextmanager
def hold_space_beside(settings):
    """Reserve 5 MB although the disk is full."""
    watermark, settings.DISK_WATERMARK_BYTES = settings.DISK_WATERMARK_BYTES, 0
    with hold_space(5_000_000):
        settings.DISK_WATERMARK_BYTES = watermark
        yield


def test_staff_can_cancel_it_and_run_it_again(queued, settings, at_once):
    fill(settings)
    job_id = work()["_id"]
    assert control.cancel(job_id)
    queued.refresh_from_db()
    assert queued.status == "failed"
    settings.DISK_WATERMARK_BYTES = 0
    assert control.retry(job_id)
    assert "waiting" not in queue.find(job_id)
    assert work()["state"] == queue.DONE


def test_two_workers_do_not_begin_what_fits_once(queued, settings, at_once, monkeypatch):
    """One encoding runs; another job, which would fit alone, waits until that one has ended."""
    free = shutil.disk_usage(settings.MEDIA_ROOT).free
    settings.DISK_WATERMARK_BYTES = free // 2
    monkeypatch.setattr(space, "EXTRA_BYTES", free // 3)
    with hold_space(free // 3):
        assert work()["waiting"]["for"] == "space"
    assert work()["state"] == queue.DONE


def test_a_killed_workers_space_and_job_are_free_again(queued, start_worker, settings):
    first = start_worker("--queue", "transcode", DISK_WATERMARK_BYTES="0")
    wait_until(lambda: reserved_bytes() > 0 or Video.objects.get(pk=queued.pk).status == "ready")
    first.send_signal(signal.SIGKILL)
    first.wait()
    wait_until(lambda: reserved_bytes() == 0)
    start_worker("--queue", "transcode", DISK_WATERMARK_BYTES="0")
    wait_until(lambda: Video.objects.get(pk=queued.pk).status == "ready")
    wait_until(lambda: not collection(store.RESERVED).find_one({"_id": store.MEDIA})["items"])


def test_an_estimate_is_more_than_a_ladder_takes_and_not_absurd(queued, long_clip):
    info = probe(long_clip)
    plan = ladder.plan(info)
    size = long_clip.stat().st_size
    estimate = space.estimate_ladder(info, plan, source_bytes=size, with_download=False)
    with_download = space.estimate_ladder(info, plan, source_bytes=size, with_download=True)
    work()
    queued.refresh_from_db()
    assert queued.media_bytes < estimate < with_download
    assert estimate < 100 * 1024**2


def test_a_file_for_download_waits_too(queued, settings, at_once):
    work()
    Video.objects.filter(pk=queued.pk).update(allow_download=True)
    tasks.make_download.enqueue(queued.pk)
    fill(settings)
    job = work()
    assert (job["state"], job["tries"], job["waiting"]["for"]) == (queue.READY, 0, "space")
    folder = paths.generation_dir(queued.pk, Video.objects.get(pk=queued.pk).generation)
    assert not list(folder.glob(".download*"))
    settings.DISK_WATERMARK_BYTES = 0
    estimate = space.estimate_download(folder)
    assert work()["state"] == queue.DONE
    video = Video.objects.get(pk=queued.pk)
    assert video.has_download
    assert 0 < video.download_bytes <= estimate


def test_outside_a_worker_it_is_an_error(queued, settings):
    fill(settings)
    with pytest.raises(NoSpace):
        pipeline.process(queued.pk)
    queued.refresh_from_db()
    assert queued.status == "queued"


def test_uploads_leave_room_for_what_is_being_encoded(cast, settings):
    free = shutil.disk_usage(settings.MEDIA_ROOT).free
    settings.DISK_WATERMARK_BYTES = free // 4
    settings.MAX_UPLOAD_BYTES = free
    upload = creation.create_upload(cast.owner, length=free // 2, metadata="")
    with hold_space(free // 2), pytest.raises(paths.DiskFull):
        creation.create_upload(cast.owner, length=free // 2, metadata="")
    assert upload.length == free // 2


def test_forms_leave_room_for_what_is_being_encoded(cast, settings):
    free = shutil.disk_usage(settings.MEDIA_ROOT).free
    settings.DISK_WATERMARK_BYTES = free // 4
    api = cast.api("owner")

    def send():
        file = SimpleUploadedFile("a.mp4", b"x" * 4_000_000, "video/mp4")
        return api.post("/api/v1/videos", {"file": file}, format="multipart")

    with hold_space(free // 4):
        assert send().status_code == 201
        store.renew({"token": "other", "job": "", "host": "", "bytes": free // 2}, 600)
        refused = send()
    assert (refused.status_code, refused.json()["code"]) == (507, "insufficient_storage")
    assert Video.objects.count() == 1

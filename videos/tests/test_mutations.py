"""Damaged files, 250 in the deep tests, through the real worker: each job ends, and nothing is left beside it."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from django.conf import settings

from streamsite.mongo.collections import collection
from streamsite.tasks import queue
from streamsite.tasks.worker import Worker
from tests.support.clips import make_clip, mutated
from tests.support.profile import walk
from videos import tasks
from videos.files import paths
from videos.models import Status, Video

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]
BATCHES, PER_BATCH = walk(1, deep=10), walk(16, deep=25)
SUFFIXES = (".mp4", ".mkv", ".webm", ".avi", ".mp4")


@pytest.fixture(scope="module")
def seeds(tmp_path_factory):
    """Small good files of several kinds."""
    folder = tmp_path_factory.mktemp("seeds")
    return [
        make_clip(folder / f"{number}{suffix}", 0.4, (64, 64), 10).read_bytes()
        for number, suffix in enumerate(SUFFIXES)
    ]


def put(cast, content: bytes) -> Video:
    video = cast.video(ready=False, status=Status.QUEUED)
    source = paths.source_path(video.pk)
    source.parent.mkdir(parents=True)
    source.write_bytes(content)
    tasks.enqueue_processing(video)
    return video


@pytest.mark.parametrize("batch", range(BATCHES))
def test_every_damaged_file_ends_as_ready_or_failed(cast, seeds, batch):
    dice = random.Random(batch)
    put_in = [put(cast, mutated(seeds[number % len(seeds)], dice)) for number in range(PER_BATCH)]
    worker = Worker(["transcode"])
    for _ in range(8):
        worker.run(once=True)
        # What is worth another try waits; here it may come at once.
        waiting = collection(queue.JOBS).update_many(
            {"state": queue.READY}, [{"$set": {"run_at": "$$NOW", "tries": "$max_tries"}}]
        )
        if not waiting.matched_count:
            break
    for video in Video.objects.filter(pk__in=[one.pk for one in put_in]):
        assert video.status in {Status.READY, Status.FAILED}
        generations = paths.generation_dir(video.pk, "x").parent
        shown = {entry.name for entry in generations.iterdir()} if generations.is_dir() else set()
        assert shown == ({video.generation} if video.status == Status.READY else set())
        assert not (Path(settings.WORK_DIR) / "jobs" / video.pk).exists()
        if video.status == Status.FAILED:
            assert video.failure_detail
            assert "/" not in video.failure_detail
    assert collection(queue.JOBS).count_documents({"state": {"$in": [queue.READY, queue.RUNNING]}}) == 0

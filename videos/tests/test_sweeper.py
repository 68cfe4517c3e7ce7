"""Orphans of every kind are found; what is in use or young stays."""

import os
import time
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import call_command
from django.utils import timezone

from streamsite.mongo.collections import collection
from streamsite.tasks import queue
from videos import captions, storage, tasks, webvtt
from videos.models import Upload, Video

LONG_AGO = time.time() - 7200


def old_file(path, content=b"x"):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    for entry in (path, *path.parents):
        if entry in (Path(settings.MEDIA_ROOT), Path(settings.WORK_DIR)):
            break
        os.utime(entry, (LONG_AGO, LONG_AGO))
    return path


@pytest.fixture
def sweep():
    def run():
        return {name: count for name, count in tasks.sweep.call().items() if count}

    run()
    yield run
    run()


def test_files_without_a_row_go_and_files_in_use_stay(cast, sweep):
    kept = cast.video()
    caption = captions.add(kept, webvtt.parse(b"WEBVTT\n\n00:00.000 --> 00:01.000\nx\n"), language="en")
    used = [
        old_file(storage.source_path(kept.pk)),
        old_file(storage.generation_dir(kept.pk, "gen1") / "master.m3u8"),
        captions.file_of(caption),
    ]
    os.utime(used[-1], (LONG_AGO, LONG_AGO))
    orphans = [
        old_file(storage.source_path("AAAAAAAAAAA")),
        old_file(storage.generation_dir("AAAAAAAAAAA", "gen1") / "master.m3u8"),
        old_file(storage.generation_dir(kept.pk, "older") / "master.m3u8"),
        old_file(storage.extras_dir("AAAAAAAAAAA") / "captions" / "x.vtt"),
        old_file(storage.extras_dir(kept.pk) / "captions" / "former.vtt"),
        old_file(storage.extras_dir(kept.pk) / "poster-former.webp"),
        old_file(storage.job_dir("AAAAAAAAAAA", "1") / "x"),
        old_file(storage.job_dir(kept.pk, "1") / "x"),
        old_file(Path(settings.WORK_DIR) / "uploads" / "AAAAAAAAAAAAAAAA"),
        old_file(Path(settings.FILE_UPLOAD_TEMP_DIR) / "spooled.upload"),
    ]
    young = storage.source_path("BBBBBBBBBBB")
    young.parent.mkdir(parents=True)
    young.write_bytes(b"x")
    sweep()
    assert [path for path in orphans if path.exists()] == []
    assert [path for path in [*used, young] if not path.exists()] == []
    os.utime(young.parent, (LONG_AGO, LONG_AGO))
    assert sweep() == {"source_files": 1}


def test_what_is_being_made_stays(cast, sweep):
    video = cast.video(ready=False, status="processing")
    making = old_file(storage.generation_dir(video.pk, "new") / "720p" / "seg_00000.m4s")
    work = old_file(storage.job_dir(video.pk, "1") / "x")
    sweep()
    assert making.exists()
    assert work.exists()


def test_a_video_without_a_job_is_queued_again_once(cast, sweep):
    video = cast.video(ready=False, status="processing")
    assert sweep() == {}
    Video.objects.filter(pk=video.pk).update(updated_at=timezone.now() - timedelta(hours=2))
    assert sweep() == {"videos_queued_again": 1}
    assert sweep() == {}
    jobs = list(collection(queue.JOBS).find({"task": tasks.process_video.module_path}))
    assert [job["args"] for job in jobs] == [[video.pk]]
    Video.objects.filter(pk=video.pk).update(updated_at=timezone.now() - timedelta(hours=2))
    assert sweep() == {}


def test_drafts_without_an_upload_go(cast, sweep):
    old = timezone.now() - timedelta(hours=2)
    forgotten = cast.video(ready=False, status="uploading", created_at=old)
    alive = cast.video(ready=False, status="uploading", created_at=old)
    Upload.objects.create(
        owner=cast.owner, video=alive, length=5, expires_at=timezone.now() + timedelta(hours=1)
    )
    assert sweep() == {"drafts_without_upload": 1}
    assert set(Video.objects.values_list("pk", flat=True)) == {alive.pk}
    assert forgotten.pk


def test_the_command_says_what_it_found(cast, capsys):
    call_command("sweep")
    assert "source files: 0" in capsys.readouterr().out

"""Original files of videos with a real ladder, on the disk and in a bucket; and what goes on without them."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from streamsite.site_settings import sections, services
from streamsite.site_settings.storage import StorageSettings
from tests.support.s3 import NAME
from videos import tasks
from videos.files import bucket, paths, relocation
from videos.models import Video
from videos.processing import cleanup, downloads, repackaging, sources

pytestmark = pytest.mark.slow
SECTION = sections.section_of(StorageSettings)


@pytest.fixture
def due(film):
    """A complete video whose original file is to go now."""
    services.save(SECTION, {"source_days": 30})
    moment = timezone.now() - timedelta(seconds=1)
    Video.objects.filter(pk=film.pk).update(ready_at=moment - timedelta(days=90), source_leaves_at=moment)
    return film


def has_original(video):
    video.refresh_from_db()
    assert (video.source_removed_at is None) == paths.source_path(video.pk).is_file()
    return video.source_removed_at is None


def test_processing_notes_when_a_video_was_ready(cast, clip):
    video = cast.uploaded_video(clip)
    tasks.process_video.call(video.pk)
    video.refresh_from_db()
    assert timezone.now() - video.ready_at < timedelta(minutes=5)


def test_a_real_ladder_is_found_whole_and_plays_on_without_the_original(cast, due, files_of):
    whole = files_of(due)
    assert sources.remove_due_sources() == {"announced": 0, "removed": 1, "kept": 0}
    assert not has_original(due)
    assert files_of(due) == whole
    address = cast.api("anonymous").get(f"/api/v1/videos/{due.pk}").json()["hls_url"]
    assert cast.page("anonymous").get(address).content.startswith(b"#EXTM3U")
    Video.objects.filter(pk=due.pk).update(allow_download=True, has_download=False)
    downloads.make_missing_download(due.pk)
    due.refresh_from_db()
    assert due.has_download
    repackaging.repackage(due.pk)
    report = cleanup.preview().listed
    assert not [line for line in report if due.pk in line]
    assert cast.api("owner").post(f"/api/v1/videos/{due.pk}/retry").status_code == 409


@pytest.fixture
def stored(due, in_bucket, monkeypatch):
    """The same video in the bucket, and not on the disk."""
    monkeypatch.setattr(relocation, "settle_seconds", lambda: 0.0)
    tasks.place_media.call(due.pk)
    tasks.tidy_media.call(due.pk)
    due.refresh_from_db()
    assert bucket.is_stored(due.stored_generation, due.generation)
    return due


def test_a_ladder_in_the_bucket_is_examined_there(stored, in_bucket):
    segments = [key for key in in_bucket.object_names(f"{stored.pk}.") if key.endswith("seg_00000.m4s")]
    lost = f"videos/{segments[0]}"
    content = in_bucket.client.get_object(Bucket=NAME, Key=lost)["Body"].read()
    in_bucket.client.delete_object(Bucket=NAME, Key=lost)
    assert sources.remove_due_sources() == {"announced": 0, "removed": 0, "kept": 1}
    assert has_original(stored)
    in_bucket.client.put_object(Bucket=NAME, Key=lost, Body=content)
    assert sources.remove_due_sources() == {"announced": 0, "removed": 1, "kept": 0}
    assert not has_original(stored)


def test_a_silent_bucket_keeps_the_original(stored, settings):
    settings.S3_ENDPOINT_URL = "http://127.0.0.1:1"
    assert sources.remove_due_sources() == {"announced": 0, "removed": 0, "kept": 0}
    assert has_original(stored)


def test_a_copy_that_moved_back_without_its_original_is_whole(stored, settings, files_of):
    sources.remove_due_sources()
    settings.MEDIA_STORAGE = "local"
    assert relocation.move_to_disk(stored.pk)
    stored.refresh_from_db()
    assert not stored.stored_generation
    assert "master.m3u8" in files_of(stored)
    assert not has_original(stored)

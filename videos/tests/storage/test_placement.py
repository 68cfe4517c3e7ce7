"""Moving videos between the disk and the bucket, with a real bucket and without a site."""

import io
import json
import os
import shutil
import threading
import time
from datetime import UTC, datetime, timedelta

import pytest
from django.core.management import CommandError, call_command

from streamsite.mongo.collections import collection
from streamsite.tasks import queue
from videos import services, tasks, thumbnails
from videos.files import bucket, locations, paths, relocation
from videos.models import Video
from videos.processing import bucket_cleanup, cleanup, pipeline
from videos.syndication import enclosures

pytestmark = pytest.mark.slow


def run(*arguments):
    out = io.StringIO()
    call_command(*arguments, stdout=out, stderr=out)
    return out.getvalue()


def jobs(task):
    return collection(queue.JOBS).count_documents({"task": task.module_path})


def generation_names(s3, video):
    return {key.partition("/")[0].partition(".")[2] for key in s3.object_names(f"{video.pk}.")}


def names_in_bucket(s3, video):
    return {key.partition("/")[2] for key in s3.object_names(f"{video.pk}.{video.generation}.")}


@pytest.fixture
def settled(monkeypatch):
    """Nothing refers to a former place any more."""
    monkeypatch.setattr(relocation, "settle_seconds", lambda: 0.0)


@pytest.fixture
def stored_film(film, in_bucket, settled):
    """A video that is in the bucket and not on the disk."""
    tasks.place_media.call(film.pk)
    tasks.tidy_media.call(film.pk)
    film.refresh_from_db()
    return film


def test_a_placed_video_is_whole_and_tidied(cast, film, in_bucket, files_of, settled):
    whole = files_of(film)
    tasks.place_media.call(film.pk)
    film.refresh_from_db()
    assert bucket.is_stored(film.stored_generation, film.generation)
    assert names_in_bucket(in_bucket, film) == whole == files_of(film)
    assert jobs(tasks.tidy_media) == 1
    tasks.tidy_media.call(film.pk)
    assert files_of(film) == set()
    address = cast.api("anonymous").get(f"/api/v1/videos/{film.pk}").json()["hls_url"]
    assert cast.page("anonymous").get(address).content.startswith(b"#EXTM3U")
    tasks.place_media.call(film.pk)
    tasks.tidy_media.call(film.pk)
    assert names_in_bucket(in_bucket, film) == whole


def test_a_copy_goes_on_where_it_was_killed(film, in_bucket, files_of):
    folder = bucket.folder_name(film.pk, bucket.new_stored_generation(film.generation))
    local = paths.generation_dir(film.pk, film.generation)
    bucket.connect().put(folder, "master.m3u8", local / "master.m3u8", "text/plain")
    (begun,) = generation_names(in_bucket, film)
    relocation.move_to_bucket(film.pk)
    film.refresh_from_db()
    assert film.stored_generation == begun
    assert names_in_bucket(in_bucket, film) == files_of(film)


def test_another_generation_made_meanwhile_is_the_one_that_is_placed(film, in_bucket, monkeypatch):
    put, former = type(bucket.connect()).put, film.generation
    after, target = paths.new_generation(film.pk)
    shutil.copytree(paths.generation_dir(film.pk, former), target, dirs_exist_ok=True)

    def switching(self, *args, **kwargs):
        Video.objects.filter(pk=film.pk, generation=former).update(generation=after)
        put(self, *args, **kwargs)

    monkeypatch.setattr(type(bucket.connect()), "put", switching)
    relocation.move_to_bucket(film.pk)
    film.refresh_from_db()
    assert bucket.is_stored(film.stored_generation, after)
    assert generation_names(in_bucket, film) == {film.stored_generation}


def test_deleting_while_it_is_copied_leaves_no_object(film, in_bucket, monkeypatch):
    put = type(bucket.connect()).put

    def deleting(self, *args, **kwargs):
        put(self, *args, **kwargs)
        Video.objects.filter(pk=film.pk).delete()

    monkeypatch.setattr(type(bucket.connect()), "put", deleting)
    assert relocation.move_to_bucket(film.pk) is None
    assert in_bucket.object_names(f"{film.pk}.") == []


def test_deleting_a_stored_video_queues_the_deletion_of_its_objects(stored_film, in_bucket):
    before = jobs(tasks.tidy_media)
    services.delete(stored_film)
    assert jobs(tasks.tidy_media) == before + 1
    tasks.tidy_media.call(stored_film.pk)
    assert in_bucket.object_names(f"{stored_film.pk}.") == []


def test_the_sweeper_removes_orphans_and_queues_what_was_forgotten(stored_film, cast, in_bucket, settings):
    other = cast.video()
    Video.objects.filter(pk=other.pk).update(updated_at=datetime.now(UTC) - timedelta(days=1))
    orphans = [
        f"AAAAAAAAAAA.{bucket.new_stored_generation('gen1')}",
        f"{stored_film.pk}.{bucket.new_stored_generation('former')}",
    ]
    local = paths.source_path(stored_film.pk)
    for folder in orphans:
        bucket.connect().put(folder, "master.m3u8", local, "text/plain")
    kept = names_in_bucket(in_bucket, stored_film)
    placed = []

    def sweep():
        return cleanup.sweep(task_path="none", enqueue=lambda video: None, place=placed.append)

    def sweep_bucket(**options):
        return {name: count for name, count in bucket_cleanup.sweep_bucket(**options).found.items() if count}

    assert sweep_bucket() == {}  # too young
    settings.SWEEP_GRACE_SECONDS = -5
    sweep()
    assert sweep_bucket() == {"bucket_folders_noted": 2}
    assert sweep_bucket() == {}
    assert all(in_bucket.object_names(folder) for folder in orphans)
    settings.TRASH_DAYS = 0
    assert sweep_bucket() == {"bucket_folders": 2}
    assert names_in_bucket(in_bucket, stored_film) == kept
    assert not any(in_bucket.object_names(folder) for folder in orphans)
    assert set(placed) == {other.pk}


def test_the_sweeper_does_its_other_work_without_the_bucket(film, in_bucket, settings, tmp_path):
    settings.S3_ENDPOINT_URL = "http://127.0.0.1:1"
    orphan = paths.generation_dir(film.pk, "former")
    orphan.mkdir()
    old = time.time() - 7200
    os.utime(orphan, (old, old))
    found = tasks.sweep.call()
    assert found["generations"] == 1
    assert jobs(tasks.sweep_bucket) == 1  # in the queue of what may wait for the bucket
    assert "does not answer" in bucket_cleanup.sweep_bucket().refused[0]


def test_the_command_moves_in_both_directions(cast, film, in_bucket, files_of, settings, settled):
    whole = files_of(film)
    told = run("move_media", "--dry-run")
    assert ": would be moved\n1 videos are not in the bucket yet" in told
    assert "1 videos are now in the bucket" in run("move_media")
    assert (files_of(film), names_in_bucket(in_bucket, film)) == (set(), whole)
    assert "0 videos are now in the bucket" in run("move_media")
    settings.MEDIA_STORAGE = "local"
    assert "1 videos are now on the disk" in run("move_media")
    film.refresh_from_db()
    assert film.stored_generation == ""
    assert (files_of(film), in_bucket.object_names(f"{film.pk}.")) == (whole, [])
    address = cast.api("anonymous").get(f"/api/v1/videos/{film.pk}").json()["hls_url"]
    assert cast.page("anonymous").get(address).status_code == 200


def test_a_file_for_download_made_while_it_moves_back_moves_with_it(
    stored_film, in_bucket, files_of, settings, monkeypatch
):
    place = locations.get_location(stored_film.pk)
    fetch, first = type(bucket.connect()).fetch, threading.Lock()

    def adding(self, *args):
        fetch(self, *args)
        if first.acquire(blocking=False):
            made = paths.source_path(place.video_id).with_name("made.mp4")
            made.write_bytes(b"content")
            assert locations.store_download(place, made, "download.mp4")

    monkeypatch.setattr(type(bucket.connect()), "fetch", adding)
    settings.MEDIA_STORAGE = "local"
    assert relocation.move_to_disk(stored_film.pk)
    assert "download.mp4" in files_of(stored_film)


def test_the_command_says_what_could_not_be_moved(stored_film, in_bucket, settings):
    settings.MEDIA_STORAGE = "local"
    bucket.connect().remove(bucket.folder_name(stored_film.pk, stored_film.stored_generation))
    with pytest.raises(CommandError, match=f"1 videos could not be moved: {stored_film.pk}"):
        run("move_media")
    settings.S3_ENDPOINT_URL = "http://127.0.0.1:1"
    with pytest.raises(CommandError, match="Run the command again"):
        run("move_media")
    settings.S3_BUCKET = ""
    with pytest.raises(CommandError, match="S3_BUCKET isn't set"):
        run("move_media")


def test_a_picture_is_taken_from_a_stored_video(stored_film, settings):
    changed = thumbnails.set_frame(stored_film, 1.5)
    assert len(changed.poster) > 1
    assert list(paths.extras_dir(stored_film.pk).glob(f"*{changed.poster}*"))
    assert [entry for entry in os.scandir(settings.FILE_UPLOAD_TEMP_DIR) if entry.is_dir()] == []


def test_a_file_for_download_is_added_to_a_stored_video(cast, stored_film, in_bucket):
    Video.objects.filter(pk=stored_film.pk).update(allow_download=True)
    tasks.make_download.call(stored_film.pk)
    stored_film.refresh_from_db()
    assert stored_film.has_download
    assert stored_film.media_bytes >= stored_film.download_bytes > 0
    assert "download.mp4" in names_in_bucket(in_bucket, stored_film)
    video = cast.api("anonymous").get(f"/api/v1/videos/{stored_film.pk}").json()
    answer = cast.page("anonymous").get(video["hls_url"].replace("master.m3u8", "download.mp4"))
    assert (answer.status_code, answer["Cache-Control"]) == (302, "no-store")


def test_a_stored_video_that_is_made_again_plays_all_the_while(cast, stored_film, in_bucket):
    former = stored_film.stored_generation
    Video.objects.filter(pk=stored_film.pk).update(status="queued")
    pipeline.process(stored_film.pk)
    stored_film.refresh_from_db()
    assert stored_film.stored_generation == ""
    assert former in generation_names(in_bucket, stored_film)
    assert jobs(tasks.place_media) == 1
    tasks.tidy_media.call(stored_film.pk)
    assert generation_names(in_bucket, stored_film) == set()
    tasks.place_media.call(stored_film.pk)
    stored_film.refresh_from_db()
    assert generation_names(in_bucket, stored_film) == {stored_film.stored_generation}


def test_a_job_that_waited_while_the_setting_changed_moves_nothing(film, in_bucket, settings):
    settings.MEDIA_STORAGE = "local"
    tasks.place_media.call(film.pk)
    assert in_bucket.object_names() == []


def test_the_rule_for_pages_is_printed_and_added_once(in_bucket, settings):
    assert json.loads(run("bucket_cors"))["CORSRules"][0]["AllowedOrigins"] == ["*"]
    other = {"AllowedOrigins": ["https://other.example"], "AllowedMethods": ["GET"]}
    in_bucket.client.put_bucket_cors(Bucket=settings.S3_BUCKET, CORSConfiguration={"CORSRules": [other]})
    assert "would be added" in run("bucket_cors", "--apply", "--dry-run")
    assert in_bucket.client.get_bucket_cors(Bucket=settings.S3_BUCKET)["CORSRules"] == [other]
    assert "added" in run("bucket_cors", "--apply")
    assert "already present" in run("bucket_cors", "--apply")
    rules = in_bucket.client.get_bucket_cors(Bucket=settings.S3_BUCKET)["CORSRules"]
    assert [rule["AllowedOrigins"] for rule in rules] == [["https://other.example"], ["*"]]
    in_bucket.client.delete_bucket_cors(Bucket=settings.S3_BUCKET)
    assert "added" in run("bucket_cors", "--apply")


def test_lasting_addresses_know_what_is_in_the_bucket(stored_film, in_bucket):
    Video.objects.filter(pk=stored_film.pk).update(allow_download=True)
    tasks.make_download.call(stored_film.pk)
    Video.objects.filter(pk=stored_film.pk).update(poster="", has_poster=True)
    stored_film.refresh_from_db()
    noted, stored_film.download_bytes = stored_film.download_bytes, 0
    assert enclosures.get_file_size(stored_film) == noted > 0
    has_jpeg = "poster.jpg" in names_in_bucket(in_bucket, stored_film)
    assert thumbnails.thumbnail_jpeg_url(stored_film).endswith("poster.jpg" if has_jpeg else "poster.webp")
    stored_film.poster = "9"  # a picture that is not there
    assert thumbnails.thumbnail_jpeg_url(stored_film).endswith("poster-9.webp")
    stored_film.stored_generation = f"{stored_film.generation}.elsewhere"
    assert enclosures.get_file_size(stored_film) == 0

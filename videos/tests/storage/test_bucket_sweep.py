"""The sweeper in a bucket: two sites side by side, another site's marker, an older database."""

import pytest
from django.core.management import CommandError, call_command

from streamsite import site_id, sweep_count, trash
from tests.support.s3 import NAME
from videos import tasks
from videos.files import bucket, bucket_site
from videos.models import Video
from videos.processing import bucket_cleanup

pytestmark = pytest.mark.slow
MARKER, COUNT = "streamsite-site-id", "streamsite-site-count"


@pytest.fixture
def sweep(in_bucket, settings, tmp_path):
    """Sweep the bucket with everything in it old enough, and nothing there at first."""
    settings.SWEEP_GRACE_SECONDS = -5
    bucket_site._right.clear()

    def clean():
        listed = in_bucket.client.list_objects_v2(Bucket=NAME).get("Contents", ())
        for entry in listed:
            in_bucket.client.delete_object(Bucket=NAME, Key=entry["Key"])

    def run(**options):
        report = bucket_cleanup.sweep_bucket(**options)
        return {name: count for name, count in report.as_dict().items() if count}

    clean()
    yield run
    clean()


@pytest.fixture
def put(in_bucket, tmp_path):
    """Write a folder with one object below the present prefix."""
    path = tmp_path / "object"
    path.write_bytes(b"x")

    def write(folder):
        bucket.connect().put(folder, "master.m3u8", path, "text/plain")
        return folder

    return write


@pytest.fixture
def stored(cast, put):
    """Make a number of videos that are served from the bucket; their folders."""

    def make(count):
        folders = []
        for _ in range(count):
            video = cast.video(stored_generation=bucket.new_stored_generation("gen1"))
            folders.append(put(bucket.folder_name(video.pk, video.stored_generation)))
        return folders

    return make


def keys(in_bucket, start=""):
    listed = in_bucket.client.list_objects_v2(Bucket=NAME, Prefix=start).get("Contents", ())
    return {entry["Key"] for entry in listed}


def orphan(number=0):
    return f"AAAAAAAAA{number:02}.{bucket.new_stored_generation('gen1')}"


def test_a_site_without_a_prefix_leaves_another_ones_alone(sweep, put, stored, settings, in_bucket):
    """A prefix that is named as the folder of the site beside it, both ways round."""
    mine = stored(2)
    for prefix in ("videos", "trash", "site"):
        settings.S3_PREFIX = prefix
        for number in range(3):
            put(orphan(number))
    settings.S3_PREFIX = ""
    others = {key for key in keys(in_bucket) if key.count("/") > 2}
    assert len(others) == 9
    put("not-a-folder-of-a-video")
    own = put(orphan())
    settings.TRASH_DAYS = 0
    assert sweep(force=True) == {"bucket_folders_noted": 1}
    assert sweep(force=True) == {"bucket_folders": 1}
    left = {f"videos/{folder}/master.m3u8" for folder in [*mine, "not-a-folder-of-a-video"]}
    assert keys(in_bucket) == left | others | {MARKER, COUNT}
    assert own not in bucket.connect().folders()


def test_a_prefix_of_another_site_is_neither_swept_nor_written(sweep, put, stored, in_bucket):
    stored(1)
    lost = put(orphan())
    in_bucket.client.put_object(Bucket=NAME, Key=MARKER, Body=b"f" * 32)
    before = keys(in_bucket)
    for ask in (
        sweep,
        lambda: tasks.place_media.call("AAAAAAAAAAA"),
        lambda: tasks.tidy_media.call(lost[:11]),
    ):
        with pytest.raises(site_id.SiteMismatch, match=r"belongs to another site.*S3_PREFIX"):
            ask()
    with pytest.raises(CommandError, match="belongs to another site"):
        call_command("sweep", "--force")
    assert keys(in_bucket) == before


def test_a_bucket_of_a_version_without_markers(sweep, put, stored, in_bucket):
    """It is taken for ours when the database knows one of its videos, and when it is empty."""
    put(orphan(1))
    with pytest.raises(site_id.SiteMismatch, match="knows none of them"):
        sweep()
    assert MARKER not in keys(in_bucket)
    stored(1)
    bucket_site.require_own_prefix()
    assert (
        in_bucket.client.get_object(Bucket=NAME, Key=MARKER)["Body"].read().decode()
        == site_id.current_site_id()
    )


def test_an_older_database_loses_no_object(sweep, stored, in_bucket):
    folders = stored(10)
    bucket_site.require_own_prefix()
    before = keys(in_bucket) | {COUNT}
    kept = [bucket.video_id_of(folder) for folder in folders[:7]]
    Video.objects.exclude(pk__in=kept).delete()
    assert sweep() == {"left_alone": 1}
    assert keys(in_bucket) == before
    report = bucket_cleanup.sweep_bucket(is_dry=True)
    assert "3 of 10 videos in the bucket without a row" in report.refused[0]
    # The row names a generation that the bucket no longer has: the one it has stays.
    name = bucket.new_stored_generation("former")
    Video.objects.filter(pk=kept[0]).update(generation="former", stored_generation=name)
    assert sweep() == {"left_alone": 1}
    assert sweep(force=True) == {"bucket_folders_noted": 3}
    assert sweep(empty_trash=True) == {"bucket_folders": 3}
    assert {key.split("/")[1] for key in keys(in_bucket, "videos/")} == set(folders[:7])
    assert keys(in_bucket, "trash/") == set()


def test_folders_that_become_old_one_by_one_are_not_noted(sweep, stored, put, settings, monkeypatch):
    stored(1)
    lost = [put(orphan(number)) for number in range(3)]
    for number in range(1, 4):
        monkeypatch.setattr(bucket_cleanup, "_is_old", lost[:number].__contains__)
        assert sweep() == {"left_alone": 1}
    assert bucket.connect().marked_for_removal() == {}


def test_small_sweeps_of_the_bucket_do_not_add_up(sweep, stored):
    folders = stored(3)
    Video.objects.filter(pk=bucket.video_id_of(folders[0])).delete()
    assert sweep() == {"bucket_folders_noted": 1}
    Video.objects.filter(pk=bucket.video_id_of(folders[1])).delete()
    assert sweep() == {"left_alone": 1}
    assert bucket.connect().marked_for_removal().keys() == {folders[0]}


def test_a_database_that_is_older_than_the_bucket_notes_nothing(sweep, stored, settings):
    """Below the cap, too; nor is anything deleted that was noted before."""
    folders = stored(2)
    assert sweep() == {}
    bucket.connect().set_count(sweep_count.read_database_count() + 5)
    settings.TRASH_DAYS = 0
    bucket.connect().mark_for_removal(folders[0], trash.today())
    Video.objects.filter(pk__in=[bucket.video_id_of(folders[0])]).delete()
    for options in ({}, {"is_dry": True}, {"empty_trash": True}):
        assert sweep(**options) == {"left_alone": 1}
    assert bucket.connect().marked_for_removal().keys() == {folders[0]}
    assert set(bucket.connect().folders()) == set(folders)
    assert sweep(force=True) == {"bucket_folders": 1}
    assert sweep() == {}


def test_what_a_video_names_again_is_no_longer_to_go(sweep, stored, in_bucket, settings):
    (folder,) = stored(1)
    video = Video.objects.get()
    Video.objects.all().delete()
    bucket.connect().claim(site_id.current_site_id())
    assert sweep() == {"bucket_folders_noted": 1}
    assert bucket.connect().marked_for_removal().keys() == {folder}
    video.save(force_insert=True)
    settings.TRASH_DAYS = 0
    assert sweep() == {}
    assert bucket.connect().marked_for_removal() == {}
    assert keys(in_bucket, f"videos/{folder}/")

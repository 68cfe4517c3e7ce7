"""Original files after their videos are ready: kept, announced, and removed only while every rendition is there."""

from __future__ import annotations

import io
import json
from datetime import UTC, datetime, timedelta

import pytest
from django.conf import settings as django_settings
from django.core.management import call_command
from django.utils import timezone

from streamsite import trash
from streamsite.site_id import SiteMismatch
from streamsite.site_settings import sections, services
from streamsite.site_settings.storage import StorageSettings, storage_settings
from tests.support.older_database import simulate_older_database
from tests.support.site_settings import hidden
from videos import backup_references, tasks, video_store
from videos.files import paths, trash_folders
from videos.models import Video
from videos.processing import sources
from videos.transcoding import stored_ladder

pytestmark = pytest.mark.usefixtures("database")
SECTION = sections.section_of(StorageSettings)
PAGE = "/admin/site/storage/"
PLAYLIST = """#EXTM3U
#EXT-X-MAP:URI="init.mp4"
#EXTINF:4.000000,
seg_00000.m4s
#EXTINF:4.000000,
seg_00001.m4s
#EXT-X-ENDLIST
"""
MASTER = """#EXTM3U
#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="audio",NAME="English",URI="audio/index.m3u8"
#EXT-X-STREAM-INF:BANDWIDTH=1
144p/index.m3u8
#EXT-X-STREAM-INF:BANDWIDTH=2
720p/index.m3u8
"""
RENDITIONS = ("144p", "720p", "audio")


@pytest.fixture
def film(cast):
    """Return a function that makes a ready video with a small ladder and an original file."""

    def make(days_ago=100, **fields):
        video = cast.video(source_size=5, ready_at=timezone.now() - timedelta(days=days_ago), **fields)
        folder = paths.generation_dir(video.pk, video.generation)
        for name in RENDITIONS:
            (folder / name).mkdir(parents=True)
            (folder / name / "index.m3u8").write_text(PLAYLIST)
            for file in ("init.mp4", "seg_00000.m4s", "seg_00001.m4s"):
                (folder / name / file).write_bytes(b"media")
        (folder / "master.m3u8").write_text(MASTER)
        paths.source_path(video.pk).parent.mkdir(parents=True)
        paths.source_path(video.pk).write_bytes(b"whole")
        return video

    return make


def keep(days):
    services.save(SECTION, {"source_days": days})


def make_due(*videos):
    """Let the announced moment of the videos come."""
    rows = Video.objects.filter(pk__in=[video.pk for video in videos])
    assert rows.update(source_leaves_at=timezone.now() - timedelta(seconds=1)) == len(videos)


def days_left(video):
    video.refresh_from_db()
    return (video.source_leaves_at - timezone.now()) / timedelta(days=1)


def is_there(video):
    return paths.source_path(video.pk).is_file()


def test_original_files_are_kept_unless_the_site_says_otherwise(film):
    video = film(days_ago=3_000)
    assert storage_settings() == StorageSettings(source_days=0, trash_days=django_settings.TRASH_DAYS)
    assert sources.remove_due_sources() == {"announced": 0, "removed": 0, "kept": 0}
    video.refresh_from_db()
    assert video.source_leaves_at is None
    assert is_there(video)


def test_old_ones_are_announced_a_week_before_and_new_ones_as_the_setting_says(film):
    old, young, newest = film(days_ago=100), film(days_ago=28), film(days_ago=0)
    keep(30)
    assert sources.remove_due_sources() == {"announced": 3, "removed": 0, "kept": 0}
    assert days_left(old) == pytest.approx(7, abs=0.1)
    assert days_left(young) == pytest.approx(7, abs=0.1)
    assert days_left(newest) == pytest.approx(30, abs=0.1)
    moments = [video.source_leaves_at for video in (old, young, newest)]
    assert sources.remove_due_sources()["announced"] == 0
    for video, moment in zip((old, young, newest), moments, strict=True):
        video.refresh_from_db()
        assert video.source_leaves_at == moment
    keep(1)
    sources.remove_due_sources()
    assert days_left(newest) == pytest.approx(7, abs=0.1)
    keep(60)
    sources.remove_due_sources()
    assert days_left(newest) == pytest.approx(60, abs=0.1)
    assert all(is_there(video) for video in (old, young, newest))


def test_a_new_video_may_lose_its_original_within_a_day(film):
    video = film(days_ago=0)
    keep(1)
    sources.remove_due_sources()
    sources.remove_due_sources()
    assert days_left(video) == pytest.approx(1, abs=0.1)


def test_videos_of_earlier_versions_count_from_their_upload(film):
    video = film()
    Video.objects.filter(pk=video.pk).update(ready_at=None, created_at=timezone.now() - timedelta(days=2))
    keep(30)
    sources.remove_due_sources()
    assert days_left(video) == pytest.approx(28, abs=0.1)


def test_what_is_due_goes_and_the_row_says_so(film):
    video, other = film(), film()
    keep(30)
    sources.remove_due_sources()
    make_due(video)
    assert sources.remove_due_sources() == {"announced": 0, "removed": 1, "kept": 0}
    video.refresh_from_db()
    assert not is_there(video)
    assert video.source_leaves_at is None
    assert abs(video.source_removed_at - timezone.now()) < timedelta(minutes=5)
    assert len(video.source_sha256) == 64
    assert is_there(other)
    assert sources.remove_due_sources() == {"announced": 0, "removed": 0, "kept": 0}


def test_turning_it_off_takes_back_what_was_announced(film):
    video, gone = film(), film()
    keep(30)
    sources.remove_due_sources()
    make_due(gone)
    sources.remove_due_sources()
    make_due(video)
    keep(0)
    sources.remove_due_sources()
    video.refresh_from_db()
    gone.refresh_from_db()
    assert video.source_leaves_at is None
    assert is_there(video)
    assert gone.source_removed_at


DAMAGES = {
    "a segment is gone": lambda folder: (folder / "720p" / "seg_00001.m4s").unlink(),
    "a segment is empty": lambda folder: (folder / "144p" / "seg_00000.m4s").write_bytes(b""),
    "the sound is gone": lambda folder: (folder / "audio" / "index.m3u8").unlink(),
    "a playlist has no end": lambda folder: (folder / "144p" / "index.m3u8").write_text(
        PLAYLIST.replace("#EXT-X-ENDLIST\n", "")
    ),
    "the master playlist is gone": lambda folder: (folder / "master.m3u8").unlink(),
    "the master playlist is empty": lambda folder: (folder / "master.m3u8").write_text("#EXTM3U\n"),
}


@pytest.mark.parametrize("damage", DAMAGES.values(), ids=DAMAGES.keys())
def test_an_original_stays_while_a_rendition_is_not_whole(film, damage):
    video = film()
    keep(30)
    sources.remove_due_sources()
    make_due(video)
    folder = paths.generation_dir(video.pk, video.generation)
    assert stored_ladder.find_gap(folder, paths.file_sizes(folder)) == ""
    damage(folder)
    assert stored_ladder.find_gap(folder, paths.file_sizes(folder))
    assert sources.remove_due_sources() == {"announced": 0, "removed": 0, "kept": 1}
    video.refresh_from_db()
    assert is_there(video)
    assert video.source_removed_at is None


@pytest.mark.parametrize("fields", [{"status": "processing"}, {"status": "failed"}, {"is_complete": False}])
def test_a_video_that_is_not_ready_keeps_its_original(film, fields):
    video = film()
    keep(30)
    sources.remove_due_sources()
    make_due(video)
    Video.objects.filter(pk=video.pk).update(**fields)
    assert sources.remove_due_sources()["removed"] == 0
    assert is_there(video)


def test_files_that_were_replaced_meanwhile_are_looked_at_again(film):
    video = film()
    keep(30)
    sources.remove_due_sources()
    make_due(video)
    assert not video_store.begin_source_removal(video.pk, "another", "")
    assert not video_store.begin_source_removal(video.pk, video.generation, "another")
    assert video_store.begin_source_removal(video.pk, video.generation, "")


def test_a_run_that_was_killed_is_finished_even_when_the_setting_is_off(film, monkeypatch):
    video = film()
    keep(30)
    sources.remove_due_sources()
    make_due(video)

    def die(video_id):
        raise KeyboardInterrupt

    with monkeypatch.context() as killed:
        killed.setattr(paths, "remove_source", die)
        with pytest.raises(KeyboardInterrupt):
            sources.remove_due_sources()
    assert is_there(video)
    keep(0)
    sources.remove_due_sources()
    video.refresh_from_db()
    assert not is_there(video)
    assert video.source_removed_at
    assert video.source_leaves_at is None


def test_an_older_database_removes_nothing(film):
    video = film()
    keep(30)
    sources.remove_due_sources()
    make_due(video)
    with simulate_older_database():
        assert sources.remove_due_sources() == {"announced": 0, "removed": 0, "kept": 0}
        assert is_there(video)


def test_files_of_another_site_stay(film, monkeypatch):
    video = film()
    keep(30)
    sources.remove_due_sources()
    make_due(video)

    def refuse():
        raise SiteMismatch("another site")

    monkeypatch.setattr("streamsite.site_id.require_match", refuse)
    with pytest.raises(SiteMismatch):
        sources.remove_due_sources()
    assert is_there(video)


def test_the_task_is_periodic(film):
    keep(30)
    film()
    assert django_settings.PERIODIC_TASKS[tasks.remove_sources.module_path] == 3_600
    assert tasks.remove_sources.call() == {"announced": 1, "removed": 0, "kept": 0}


@pytest.fixture
def without_original(film):
    """A video whose original file was removed."""
    video = film(download_bytes=3, media_bytes=90)
    keep(30)
    sources.remove_due_sources()
    make_due(video)
    sources.remove_due_sources()
    video.refresh_from_db()
    return video


def test_the_owner_reads_when_it_goes_and_that_it_went(cast, film, without_original):
    leaving = film()
    sources.remove_due_sources()
    page, api = cast.page("owner"), cast.api("owner")
    text = page.get(f"/studio/videos/{leaving.pk}").content.decode()
    assert 'data-original="leaving">Kept until ' in text
    body = api.get(f"/api/v1/videos/{leaving.pk}/processing").json()
    moment = datetime.fromisoformat(body["original_kept_until"])
    assert (moment - datetime.now(UTC)) / timedelta(days=1) == pytest.approx(7, abs=0.1)
    assert body["original_removed_at"] is None
    text = page.get(f"/studio/videos/{without_original.pk}").content.decode()
    assert 'data-original="removed">Removed on ' in text
    body = api.get(f"/api/v1/videos/{without_original.pk}/processing").json()
    assert body["original_kept_until"] is None
    assert body["original_removed_at"]
    assert cast.api("stranger").get(f"/api/v1/videos/{leaving.pk}/processing").status_code in (403, 404)


def test_the_trash_gives_no_removed_original_back(film, without_original):
    kept = film()
    trash_folders.register_trash_folders()
    for video in (kept, without_original):
        folder = paths.source_path(video.pk).parent
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "source").write_bytes(b"whole")
        assert trash.move(folder)
    services.save(SECTION, {"trash_days": 1})
    for day, folder in list(trash.dated_folders()):
        folder.rename(folder.with_name((day - timedelta(days=2)).isoformat()))
    trash.empty()
    assert is_there(kept)
    assert not is_there(without_original)


def test_the_days_of_the_trash_are_a_setting(database):
    today = trash.today()
    assert not trash.has_expired(today - timedelta(days=django_settings.TRASH_DAYS - 1))
    services.save(SECTION, {"trash_days": 3})
    assert trash.has_expired(today - timedelta(days=3))
    services.save(SECTION, {"trash_days": 30})
    assert not trash.has_expired(today - timedelta(days=29))


def test_reports_count_what_is_kept(cast, without_original, film):
    film()
    out = io.StringIO()
    call_command("storage_report", stdout=out, json=True)
    account = json.loads(out.getvalue())["accounts"][0]
    assert (account["videos"], account["sources"], account["renditions"], account["total"]) == (2, 5, 90, 98)


def test_a_backup_does_not_miss_a_removed_original(without_original):
    document = {
        "_id": without_original.pk,
        "generation": without_original.generation,
        "is_complete": True,
        "status": "ready",
    }
    assert list(backup_references.video_files(document)) == [
        f"media/videos/{without_original.pk}/{without_original.generation}/master.m3u8"
    ]


def test_staff_set_the_days_in_the_browser(editor):
    fields = hidden(editor, PAGE)
    assert "source_days" not in fields
    assert editor.post(PAGE, fields | {"source_days": "90", "trash_days": "14"}).status_code == 302
    assert storage_settings() == StorageSettings(source_days=90, trash_days=14)
    fields = hidden(editor, PAGE)
    assert (fields["source_days"], fields["trash_days"]) == (90, 14)
    assert editor.post(PAGE, fields | {"source_days": ""}).status_code == 302
    assert storage_settings() == StorageSettings(source_days=0, trash_days=14)
    refused = editor.post(PAGE, fields | {"source_days": "0", "trash_days": "0"})
    assert {"source_days", "trash_days"} <= refused.context["form"].errors.keys()

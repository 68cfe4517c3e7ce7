"""Orphans of every kind are found; what is in use or young stays."""

import io
import os
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import time_machine
from django.conf import settings
from django.core.management import CommandError, call_command
from django.utils import timezone

from streamsite import trash
from streamsite.models import Job
from streamsite.mongo.collections import collection
from streamsite.site_id import COLLECTION, COUNT_FILE, DOCUMENT
from streamsite.tasks import queue
from videos import services, tasks
from videos.captions import services as caption_services
from videos.captions import webvtt
from videos.files import paths as media_paths
from videos.models import Reaction, Upload, Video
from videos.signals import files_abandoned
from videos.uploads import services as uploads

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
def sweep(settings):
    def run(*, force=False):
        return {name: count for name, count in tasks.run_sweep(force=force).as_dict().items() if count}

    def clean():
        kept, settings.SWEEP_GRACE_SECONDS = settings.SWEEP_GRACE_SECONDS, -5
        run(force=True)
        settings.SWEEP_GRACE_SECONDS = kept
        trash.empty(everything=True)

    clean()
    yield run
    clean()


def test_files_without_a_row_go_and_files_in_use_stay(cast, sweep):
    kept = cast.video()
    caption = caption_services.add_track(
        kept, webvtt.parse(b"WEBVTT\n\n00:00.000 --> 00:01.000\nx\n"), language="en"
    )
    used = [
        old_file(media_paths.source_path(kept.pk)),
        old_file(media_paths.generation_dir(kept.pk, "gen1") / "master.m3u8"),
        caption_services.track_path(caption),
    ]
    os.utime(used[-1], (LONG_AGO, LONG_AGO))
    orphans = [
        old_file(media_paths.source_path("AAAAAAAAAAA")),
        old_file(media_paths.generation_dir("AAAAAAAAAAA", "gen1") / "master.m3u8"),
        old_file(media_paths.generation_dir(kept.pk, "older") / "master.m3u8"),
        old_file(media_paths.extras_dir("AAAAAAAAAAA") / "captions" / "x.vtt"),
        old_file(media_paths.extras_dir(kept.pk) / "captions" / "former.vtt"),
        old_file(media_paths.extras_dir(kept.pk) / "poster-former.webp"),
        old_file(media_paths.attempt_dir("AAAAAAAAAAA", "1") / "x"),
        old_file(media_paths.attempt_dir(kept.pk, "1") / "x"),
        old_file(Path(settings.WORK_DIR) / "uploads" / "AAAAAAAAAAAAAAAA"),
        old_file(Path(settings.FILE_UPLOAD_TEMP_DIR) / "spooled.upload"),
    ]
    young = media_paths.source_path("BBBBBBBBBBB")
    young.parent.mkdir(parents=True)
    young.write_bytes(b"x")
    sweep(force=True)
    assert [path for path in orphans if path.exists()] == []
    assert [path for path in [*used, young] if not path.exists()] == []
    trash.empty(everything=True)
    os.utime(young.parent, (LONG_AGO, LONG_AGO))
    assert sweep() == {}
    os.utime(young, (LONG_AGO, LONG_AGO))
    assert sweep() == {"source_files": 1}


def test_what_is_being_made_stays(cast, sweep):
    video = cast.video(ready=False, status="processing")
    making = old_file(media_paths.generation_dir(video.pk, "new") / "720p" / "seg_00000.m4s")
    work = old_file(media_paths.attempt_dir(video.pk, "1") / "x")
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


def files():
    """Contents of the media files by path; the count of sweeps is none of them."""
    found = [path for path in Path(settings.MEDIA_ROOT).rglob("*") if path.is_file()]
    return {path: path.read_bytes() for path in found if path.name != COUNT_FILE}


def command(*words):
    out = io.StringIO()
    call_command("sweep", *words, stdout=out)
    return out.getvalue()


@pytest.fixture
def library(cast, sweep):
    """Thirty videos with files of their own on the disk: (videos, files)."""
    videos = [cast.video() for _ in range(30)]
    for video in videos:
        old_file(media_paths.source_path(video.pk), video.pk.encode())
        old_file(media_paths.generation_dir(video.pk, "gen1") / "master.m3u8")
        old_file(media_paths.extras_dir(video.pk) / "poster-9.webp")
    Video.objects.update(poster="9")
    return videos, files()


def test_an_older_database_loses_no_file(library, caplog):
    videos, before = library
    Video.objects.filter(pk__in=[video.pk for video in videos[5:]]).delete()
    for number in (1, 2):  # the periodic task comes again and again
        with pytest.raises(
            CommandError, match=r"25 of 30 videos .*would be moved to the trash.*sweep --force"
        ):
            command()
        assert files() == before
        assert number <= sum("older database" in record.message for record in caplog.records)
    with pytest.raises(CommandError, match="25 of 30"):
        command("--dry-run")
    assert files() == before


def test_an_empty_database_with_the_right_id_loses_no_file(library):
    _, before = library
    Video.objects.all().delete()
    with pytest.raises(CommandError, match="30 of 30 videos without a row"):
        command()
    assert files() == before


def test_a_few_at_once_go_to_the_trash_and_come_back(library):
    videos, before = library
    Video.objects.filter(pk=videos[0].pk).delete()
    listed = command("--dry-run").splitlines()
    assert [line for line in listed if videos[0].pk in line] == [
        f"media/{kind}/{videos[0].pk}" for kind in ("sources", "videos", "extras")
    ]
    assert files() == before
    assert "source files: 1" in command()
    assert len(files()) == len(before) - 3
    command(f"--restore={videos[0].pk}")
    assert files() == before
    with pytest.raises(CommandError, match="no file of"):
        command(f"--restore={videos[0].pk}")


def test_forced_ones_wait_in_the_trash_for_days(library, settings):
    videos, before = library
    Video.objects.filter(pk__in=[video.pk for video in videos[5:]]).delete()
    assert "source files: 25" in command("--force")
    assert len(files()) == len(before) - 75
    moved = [folder for _, folder in trash.dated_folders()]  # two when it was midnight
    former = moved[0].with_name((trash.today() - timedelta(days=settings.TRASH_DAYS)).isoformat())
    other = moved[0].with_name("not-a-date")
    for folder in (former, other):
        folder.mkdir()
    command()
    assert all(folder.is_dir() for folder in moved)
    assert (former.is_dir(), other.is_dir()) == (False, True)
    other.rmdir()
    command("--restore")
    assert files() == before
    command("--force")
    command("--empty-trash")
    assert list(trash.dated_folders()) == []


def test_what_the_row_names_and_the_disk_lacks_keeps_the_rest(cast, sweep):
    """An older database names the former generation, which a newer one has replaced on the disk."""
    video = cast.video(generation="former")
    newer = old_file(media_paths.generation_dir(video.pk, "newer") / "master.m3u8")
    unfinished = cast.video(ready=False, status="failed")
    only = old_file(media_paths.generation_dir(unfinished.pk, "gen1") / "master.m3u8")
    assert sweep() == {"generations_kept": 2}
    assert newer.exists()
    assert only.exists()
    old_file(media_paths.source_path(unfinished.pk))
    assert sweep() == {"generations": 1, "generations_kept": 1}


def test_former_thumbnails_and_captions_stay_when_they_are_many(cast, sweep):
    video = cast.video()
    old_file(media_paths.generation_dir(video.pk, "gen1") / "master.m3u8")
    lost = [old_file(media_paths.extras_dir(video.pk) / "captions" / f"{number}.vtt") for number in range(3)]
    assert sweep() == {"left_alone": 1}
    assert all(path.exists() for path in lost)
    assert sweep(force=True) == {"extra_files": 3}


def test_orphans_that_become_old_one_by_one_stay(cast, sweep):
    """As after a restore that did not keep the files' times."""
    sources = [media_paths.source_path(f"AAAAAAAAA{number:02}") for number in range(30)]
    uploads = [Path(settings.WORK_DIR) / "uploads" / f"{number:016}" for number in range(3)]
    video = cast.video()
    old_file(media_paths.generation_dir(video.pk, "gen1") / "master.m3u8")
    tracks = [media_paths.extras_dir(video.pk) / "captions" / f"{number}.vtt" for number in range(3)]
    for path in (*sources, *uploads, *tracks):
        old_file(path)
        os.utime(path)
    for paths in zip(sources, uploads, tracks, strict=False):
        for path in paths:
            os.utime(path, (LONG_AGO, LONG_AGO))
        assert sweep() == {"left_alone": 3}
    assert all(path.exists() for path in (*sources, *uploads, *tracks))


def test_small_sweeps_do_not_add_up(library, settings):
    """Files in the trash count until their time is over."""
    videos, _ = library
    Video.objects.filter(pk=videos[0].pk).delete()
    assert "source files: 1" in command()
    Video.objects.filter(pk=videos[1].pk).delete()
    with pytest.raises(CommandError, match=r"1 of 29 videos.*\(1 are there already\)"):
        command()
    assert media_paths.source_path(videos[1].pk).exists()
    command("--empty-trash")
    assert "source files: 1" in command()


@pytest.mark.parametrize("lacking", ["poster", "caption", "generation"])
def test_extras_stay_when_what_the_row_names_is_missing(cast, sweep, lacking):
    """The database is older than a thumbnail or caption that replaced the one it names."""
    video = cast.video(poster="formerposter" if lacking == "poster" else "")
    if lacking == "caption":
        parsed = webvtt.parse(b"WEBVTT\n\n00:00.000 --> 00:01.000\nx\n")
        caption_services.track_path(caption_services.add_track(video, parsed, language="en")).unlink()
    if lacking != "generation":
        old_file(media_paths.generation_dir(video.pk, "gen1") / "master.m3u8")
    newer = old_file(media_paths.extras_dir(video.pk) / "poster-newer.webp")
    assert sweep() == {"extras_kept": 1}
    assert newer.exists()


def test_an_older_database_moves_nothing_below_the_cap_either(library, settings):
    videos, before = library
    former = collection(COLLECTION).find_one({"_id": DOCUMENT})
    command()
    collection(COLLECTION).replace_one({"_id": DOCUMENT}, former)
    Video.objects.filter(pk=videos[0].pk).delete()
    draft = Video.objects.create(
        channel=videos[0].channel, status="uploading", created_at=timezone.now() - timedelta(days=1)
    )
    day = trash.today() - timedelta(days=settings.TRASH_DAYS)
    expired = Path(settings.DATA_DIR) / "trash" / day.isoformat()
    expired.mkdir(parents=True)
    for words in ((), ("--dry-run",)):
        with pytest.raises(CommandError, match=r"is older than the files.*sweep --force"):
            command(*words)
    assert files() == before
    assert expired.is_dir()
    assert Video.objects.filter(pk=draft.pk).exists()
    command("--force")
    assert "source files: 0" in command()
    assert not media_paths.source_path(videos[0].pk).exists()
    assert not expired.exists()


@pytest.mark.parametrize("days", [-400, 8])
def test_a_wrong_clock_of_this_machine_deletes_nothing_too_early(database, settings, days):
    """Files that moved before the clock was set, and after it jumped."""
    path = old_file(media_paths.source_path("AAAAAAAAAAA"))
    if days < 0:
        with time_machine.travel(datetime.now(UTC) + timedelta(days=days)):
            trash.move(path.parent)
        assert trash.empty() == 0
    else:
        trash.move(path.parent)
        with time_machine.travel(datetime.now(UTC) + timedelta(days=days)):
            assert trash.empty() == 0
    assert trash.restore(["AAAAAAAAAAA"]) == ([path], [])


def test_a_draft_that_has_files_leaves_them_in_the_trash(cast, sweep):
    video = cast.video(ready=False, status="uploading", created_at=timezone.now() - timedelta(hours=2))
    source = old_file(media_paths.source_path(video.pk), b"arrived")
    assert sweep() == {"drafts_without_upload": 1}
    assert not source.exists()
    assert trash.restore([video.pk]) == ([source], [])
    assert source.read_bytes() == b"arrived"


def test_an_upload_that_went_on_after_an_older_database_was_written(cast, sweep):
    """One was finished, the other had more bytes; both rows say that they were given up long ago."""
    past = timezone.now() - timedelta(days=30)
    finished, other = (
        cast.video(ready=False, status="uploading", created_at=past, source_size=7) for _ in range(2)
    )
    rows = [
        Upload.objects.create(owner=cast.owner, video=video, length=7, expires_at=past)
        for video in (finished, other)
    ]
    source = old_file(media_paths.source_path(finished.pk), b"arrived")
    bytes_of_other = old_file(Path(settings.WORK_DIR) / "uploads" / rows[1].pk, b"arr")
    given_up = time.time() - settings.UPLOAD_EXPIRES_HOURS * 3600 - 60
    os.utime(bytes_of_other, (given_up, given_up))
    assert sweep()["uploads_expired"] == 2
    assert source.read_bytes() == b"arrived"
    assert Video.objects.get().status == "queued"
    assert trash.restore([rows[1].pk]) == ([bytes_of_other], [])


def let_time_pass():
    """Make what is in the trash as old as it gets."""
    over = trash.today() - timedelta(days=settings.TRASH_DAYS)
    for number, (_, folder) in enumerate(list(trash.dated_folders())):
        folder.rename(folder.with_name(f"{over.isoformat()}.{number}"))


def test_what_the_database_names_again_is_put_back_when_its_time_is_over(library):
    """Another database was there for a while; the right one came back, and nobody thought of the trash."""
    videos, before = library
    lost = Video.objects.get(pk=videos[0].pk)
    Video.objects.filter(pk=lost.pk).delete()
    command()
    assert len(files()) == len(before) - 3
    lost.save(force_insert=True)
    let_time_pass()
    assert trash.empty() == 1
    # Its thumbnail is none that the row names.
    named = {
        path: content for path, content in before.items() if path.parent != media_paths.extras_dir(lost.pk)
    }
    assert files() == named


@pytest.mark.parametrize("there", ["nothing", "another"])
def test_a_file_goes_back_only_to_where_nothing_is(cast, there):
    video = cast.video(poster="ownposter")
    paths = [
        old_file(media_paths.source_path(video.pk)),
        old_file(media_paths.generation_dir(video.pk, "gen1") / "master.m3u8"),
        old_file(media_paths.extras_dir(video.pk) / "poster-ownposter.webp"),
    ]
    former = old_file(media_paths.generation_dir(video.pk, "gen0") / "master.m3u8")
    for path in (paths[0].parent, paths[1].parent, former.parent, paths[2].parent):
        trash.move(path)
    if there == "another":
        old_file(paths[0], b"newer")
    let_time_pass()
    trash.empty()
    assert [path.exists() for path in (*paths, former)] == [True, True, True, False]
    assert paths[0].read_bytes() == (b"newer" if there == "another" else b"x")


def test_an_upload_that_a_request_still_adds_to_is_not_expired(cast, sweep):
    """One request may take longer than uploads are waited for; only its end is noted in the row."""
    video = cast.video(ready=False, status="uploading")
    past = timezone.now() - timedelta(hours=1)
    row = Upload.objects.create(owner=cast.owner, video=video, length=7, expires_at=past)
    arriving = Path(settings.WORK_DIR) / "uploads" / row.pk
    arriving.parent.mkdir(parents=True, exist_ok=True)
    arriving.write_bytes(b"arr")
    assert sweep() == {}
    row.refresh_from_db()
    assert row.expires_at > timezone.now()
    assert arriving.exists()


def test_an_upload_that_went_on_between_looking_and_removing_stays(cast, monkeypatch):
    video = cast.video(ready=False, status="uploading")
    past = timezone.now() - timedelta(hours=1)
    row = Upload.objects.create(owner=cast.owner, video=video, length=7, expires_at=past)

    def goes_on(upload):
        monkeypatch.undo()
        Upload.objects.filter(pk=upload.pk).update(expires_at=uploads.new_expiry())
        return uploads.EPOCH

    monkeypatch.setattr(uploads, "_last_written", goes_on)
    assert uploads.sweep_expired() == 0
    assert Upload.objects.filter(pk=row.pk).exists()


def test_what_viewers_left_goes_only_with_the_video(cast, monkeypatch):
    """A deletion that fails has queued nothing, and a job that finds the video does nothing."""
    video = cast.video()
    cast.api("member").put(f"/api/v1/videos/{video.pk}/reaction", {"value": "like"}, format="json")

    def fails(**extra):
        raise InterruptedError

    monkeypatch.setattr(files_abandoned, "send", fails)
    with pytest.raises(InterruptedError):
        services.delete(video)
    monkeypatch.undo()
    assert not Job.objects.filter(task=tasks.forget_video.module_path).exists()
    tasks.forget_video.func(video.pk)
    assert Reaction.objects.filter(video_id=video.pk).exists()
    services.delete(video)
    assert Job.objects.filter(task=tasks.forget_video.module_path).count() == 1
    tasks.forget_video.func(video.pk)
    assert not Reaction.objects.filter(video_id=video.pk).exists()

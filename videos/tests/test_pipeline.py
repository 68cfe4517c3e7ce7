"""The two moments at which a video is shown, and what stays when an attempt ends badly."""

import os
import signal
from contextlib import contextmanager
from pathlib import Path

import av
import pytest
from django.conf import settings

from streamsite.mongo.collections import collection
from streamsite.tasks import queue
from streamsite.tasks.worker import Worker
from tests.support.clips import make_clip, run_generator
from tests.support.processes import child_pids
from videos.captions import services, webvtt
from videos.files import paths
from videos.models import Status, Video
from videos.processing import attempts, pipeline
from videos.processing.progress import AttemptSuperseded
from videos.transcoding import encode
from videos.transcoding.errors import EncodeFailed, Unconvertible, UnreadableMedia
from videos.views import media

pytestmark = pytest.mark.slow


@pytest.fixture
def queued(cast, long_clip):
    """A video whose file has arrived."""
    return cast.uploaded_video(long_clip)


def generations(video):
    root = paths.generation_dir(video.pk, "x").parent
    return {entry.name for entry in root.iterdir()} if root.is_dir() else set()


@pytest.fixture
def at_playable(monkeypatch):
    """Run something right after the video was shown early, while ffmpeg is stopped."""

    def arrange(action):
        shown = attempts.Attempt._publish_early

        def show_early(self, info):
            with stopped_encoders():
                shown(self, info)
                action(self)

        monkeypatch.setattr(attempts.Attempt, "_publish_early", show_early)

    return arrange


@pytest.fixture
def slow_source(monkeypatch):
    """Files are read at five times their speed at most, so that no ladder is complete before it is shown."""
    options = encode.input_options
    monkeypatch.setattr(encode, "input_options", lambda info: [*options(info), "-readrate", "5"])


@contextmanager
def stopped_encoders():
    # Those of this process; a site that runs beside the tests has its own.
    encoders = [
        pid for pid in child_pids(os.getpid()) if b"ffmpeg" in Path(f"/proc/{pid}/cmdline").read_bytes()
    ]
    for pid in encoders:
        os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        for pid in encoders:
            os.kill(pid, signal.SIGCONT)


def test_a_video_plays_before_its_ladder_is_complete(cast, queued, at_playable, slow_source):
    seen = {}

    def look(attempt):
        anonymous = cast.api("anonymous")
        video = anonymous.get(f"/api/v1/videos/{queued.pk}").json()
        seen["status"] = video["status"]
        master = anonymous.get(video["hls_url"])
        seen["cache"] = master["Cache-Control"]
        rung = next(line for line in master.content.decode().splitlines() if line.endswith("index.m3u8"))
        seen["playlist"] = anonymous.get(video["hls_url"].replace("master.m3u8", rung)).content.decode()
        seen["poster"] = anonymous.get(video["thumbnail_url"]).status_code
        seen["listed"] = [card["id"] for card in anonymous.get("/api/v1/videos").json()["results"]]
        job = cast.api("owner").get(f"/api/v1/videos/{queued.pk}/processing").json()
        seen["job"] = (job["status"], job["playable"], 0 < job["progress"] < 1)

    at_playable(look)
    pipeline.process(queued.pk)
    assert seen["status"] == "processing"
    assert seen["cache"] == "no-cache"
    assert "#EXT-X-ENDLIST" not in seen["playlist"]
    assert ".m4s" in seen["playlist"]
    assert (seen["poster"], seen["listed"], seen["job"]) == (200, [queued.pk], ("processing", True, True))
    video = Video.objects.get(pk=queued.pk)
    assert (video.status, video.is_complete, generations(video)) == (Status.READY, True, {video.generation})


def test_a_ladder_that_breaks_off_is_not_shown_any_more(cast, queued, at_playable):
    def fail(attempt):
        raise EncodeFailed("Broken.")

    at_playable(fail)
    with pytest.raises(EncodeFailed):
        pipeline.process(queued.pk)
    # Worth another try, so viewers may go on with what there is; the last failure takes it back.
    pipeline.fail_video(queued.pk)
    video = Video.objects.get(pk=queued.pk)
    assert (video.status, video.generation, video.listed) == (Status.FAILED, "", False)
    assert generations(video) == set()
    assert cast.api("anonymous").get(f"/api/v1/videos/{queued.pk}").status_code == 404
    assert paths.source_path(queued.pk).is_file()


@pytest.mark.parametrize(("error", "kept"), [(Unconvertible("No."), True), (UnreadableMedia("No."), False)])
def test_a_file_that_we_failed_to_convert_is_kept(queued, monkeypatch, error, kept):
    def refuse(*args, **options):
        raise error

    monkeypatch.setattr(attempts, "encode_ladder", refuse)
    pipeline.process(queued.pk)
    video = Video.objects.get(pk=queued.pk)
    assert (video.status, video.failure_code) == (Status.FAILED, error.code)
    assert paths.source_path(queued.pk).is_file() == kept


def test_the_next_attempt_replaces_what_was_shown(queued, at_playable, monkeypatch):
    first = {}

    def die(attempt):
        first["generation"] = attempt.generation
        monkeypatch.undo()
        raise KeyboardInterrupt  # as if the process ended here

    at_playable(die)
    with pytest.raises(KeyboardInterrupt):
        pipeline.process(queued.pk)
    assert generations(queued) == {first["generation"]}
    pipeline.process(queued.pk)
    video = Video.objects.get(pk=queued.pk)
    assert video.status == Status.READY
    assert video.attempt == 2
    assert generations(video) == {video.generation} != {first["generation"]}


def test_an_attempt_that_was_overtaken_leaves_the_other_alone(queued, at_playable):
    def overtaken(attempt):
        Video.objects.filter(pk=queued.pk).update(attempt=99, generation="others")
        paths.generation_dir(queued.pk, "others").mkdir()
        attempt.progress.write(force=True)

    at_playable(overtaken)
    pipeline.process(queued.pk)
    video = Video.objects.get(pk=queued.pk)
    assert (video.status, video.generation) == (Status.PROCESSING, "others")
    assert generations(video) == {"others"}


def test_a_video_deleted_meanwhile_leaves_nothing(queued, at_playable):
    def delete(attempt):
        Video.objects.filter(pk=queued.pk).delete()
        raise AttemptSuperseded

    at_playable(delete)
    pipeline.process(queued.pk)
    left = [
        path
        for root in (settings.MEDIA_ROOT, settings.WORK_DIR)
        for path in Path(root).rglob(f"*{queued.pk}*")
    ]
    assert left == []


def test_files_that_went_with_a_deleted_video_are_no_failure(queued, at_playable, monkeypatch):
    """The last steps write into a folder that deleting the video has removed."""

    def delete(self, info):
        Video.objects.filter(pk=queued.pk).delete()
        paths.remove_all_files(queued.pk)
        (self.folder / "card.avif").write_bytes(b"")

    monkeypatch.setattr(attempts.Attempt, "_make_thumbnails", delete)
    pipeline.process(queued.pk)
    assert generations(queued) == set()


def test_a_disk_that_fails_is_worth_another_attempt(queued, monkeypatch):
    def fail(self, info):
        raise OSError("disk")

    monkeypatch.setattr(attempts.Attempt, "_make_thumbnails", fail)
    with pytest.raises(OSError, match="disk"):
        pipeline.process(queued.pk)


def test_chapters_that_were_edited_meanwhile_stay(cast, queued, at_playable):
    mine = [{"start": 0.0, "title": "Mine"}, {"start": 5.0, "title": "Too"}]

    def edit(attempt):
        answer = cast.api("owner").patch(f"/api/v1/videos/{queued.pk}", {"chapters": mine}, format="json")
        assert answer.status_code == 200

    at_playable(edit)
    pipeline.process(queued.pk)
    assert Video.objects.get(pk=queued.pk).chapters == mine


@pytest.fixture
def rich(cast, tmp_path):
    """A Matroska file with subtitles in two languages and chapters, whose owner offers a download."""
    (tmp_path / "en.srt").write_text("1\n00:00:00,500 --> 00:00:02,000\n<i>Hello</i> <b>you</b>\n")
    (tmp_path / "de.srt").write_text("1\n00:00:00,500 --> 00:00:02,000\nHallo\n")
    (tmp_path / "chapters.txt").write_text(
        ";FFMETADATA1\n[CHAPTER]\nTIMEBASE=1/1\nSTART=0\nEND=2\ntitle=First\n"
        "[CHAPTER]\nTIMEBASE=1/1\nSTART=2\nEND=4\ntitle=Second\n"
    )
    clip = make_clip(tmp_path / "clip.mp4", seconds=4, size=(320, 180), fps=25)
    inputs = [clip, tmp_path / "en.srt", tmp_path / "de.srt", tmp_path / "chapters.txt"]
    args = [word for path in inputs for word in ("-i", str(path))]
    args += ["-map", "0", "-map", "1", "-map", "2", "-map_metadata", "3", "-c", "copy", "-c:s", "srt"]
    args += ["-metadata:s:s:0", "language=eng", "-metadata:s:s:1", "language=ger", str(tmp_path / "rich.mkv")]
    run_generator(args, tmp_path / "rich.mkv")
    return cast.uploaded_video(tmp_path / "rich.mkv", allow_download=True)


def test_what_comes_inside_the_file_is_imported(cast, rich):
    services.add_track(rich, webvtt.parse(b"WEBVTT\n\n00:00.000 --> 00:01.000\nMine\n"), language="de")
    pipeline.process(rich.pk)
    video = cast.api("anonymous").get(f"/api/v1/videos/{rich.pk}").json()
    assert {(track["language"], track["source"]) for track in video["captions"]} == {
        ("de", "uploaded"),
        ("en", "embedded"),
    }
    lines = cast.api("anonymous").get(f"/api/v1/videos/{rich.pk}/transcript?language=en").json()["results"]
    assert [(line["start"], line["text"]) for line in lines] == [(0.5, "Hello you")]
    assert video["chapters"] == [{"start": 0.0, "title": "First"}, {"start": 2.0, "title": "Second"}]
    job = cast.api("owner").get(f"/api/v1/videos/{rich.pk}/processing").json()
    assert {step["state"] for step in job["steps"]} == {"done"}
    notes = {note["code"]: note["detail"] for note in job["report"]}
    assert {"sizes", "frame_rate", "subtitles_imported", "chapters_imported"} <= notes.keys()
    assert len({"sandboxed", "partly_sandboxed", "not_sandboxed"} & notes.keys()) == 1
    assert notes["frame_rate"] == "Plays at 25 frames per second, as in the file."


def test_the_file_for_download_is_whole_and_named_after_the_video(cast, rich, tmp_path):
    pipeline.process(rich.pk)
    api = cast.api("anonymous")
    url = api.get(f"/api/v1/videos/{rich.pk}").json()["download_url"]
    answer = api.get(url)
    assert answer["Content-Disposition"] == 'attachment; filename="A video.mp4"'
    content = b"".join(answer.streaming_content) if answer.streaming else answer.content
    (tmp_path / "got.mp4").write_bytes(content)
    assert content.index(b"moov") < content.index(b"mdat")
    assert Video.objects.get(pk=rich.pk).download_bytes == len(content)
    with av.open(str(tmp_path / "got.mp4")) as container:
        assert container.streams.video[0].codec_context.height == 180
        assert container.streams.audio
        assert abs(container.duration / 1_000_000 - 4) < 0.2
    changed = cast.api("owner").patch(f"/api/v1/videos/{rich.pk}", {"allow_download": False}, format="json")
    assert changed.json()["download_url"] is None
    media.forget_all()
    assert api.get(url).status_code == 404


def test_a_download_that_is_offered_later_is_made_then(cast, queued):
    pipeline.process(queued.pk)
    owner = cast.api("owner")
    answer = owner.patch(f"/api/v1/videos/{queued.pk}", {"allow_download": True}, format="json")
    assert answer.json()["download_url"] is None
    owner.patch(f"/api/v1/videos/{queued.pk}", {"title": "Again"}, format="json")
    Worker(["transcode"]).run(once=True)
    url = owner.get(f"/api/v1/videos/{queued.pk}").json()["download_url"]
    answer = owner.get(url)
    assert answer.status_code == 200
    assert Video.objects.get(pk=queued.pk).download_bytes == int(answer["Content-Length"])
    assert collection(queue.JOBS).count_documents({"task": "videos.tasks.make_download"}) == 1

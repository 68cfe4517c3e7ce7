"""Uploading and processing: multipart in, a playable video or a reason out."""

from pathlib import Path

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile, TemporaryUploadedFile

from accounts.models import User
from streamsite.tasks.worker import Worker
from videos.files import paths
from videos.models import Video

URL = "/api/v1/videos"


def send(api, content, name="clip.mp4", **data):
    return api.post(URL, {"file": SimpleUploadedFile(name, content, "video/mp4"), **data}, format="multipart")


def work():
    Worker(["transcode", "default"]).run(once=True)


def files_of(video_id):
    folders = (
        Path(settings.MEDIA_ROOT) / "sources",
        Path(settings.MEDIA_ROOT) / "videos",
        Path(settings.WORK_DIR) / "jobs",
    )
    return [path for folder in folders for path in (folder / video_id).rglob("*") if path.is_file()]


@pytest.mark.slow
def test_an_upload_becomes_playable(cast, clip):
    api = cast.api("owner")
    answer = send(api, clip.read_bytes(), title="My clip", visibility="public", tags="One, two")
    assert answer.status_code == 201
    created = answer.json()
    assert (created["status"], created["title"], created["tags"]) == ("queued", "My clip", ["one", "two"])
    assert answer["Location"] == f"/api/v1/videos/{created['id']}"
    work()
    video = api.get(f"{URL}/{created['id']}").json()
    assert video["status"] == "ready"
    assert video["progress"] == 1.0
    assert video["failure"] is None
    assert abs(video["duration"] - 3) < 0.3
    assert (video["width"], video["height"]) == (320, 180)
    assert video["published_at"]
    assert User.objects.get(pk=cast.owner.pk).video_count == 1
    steps = api.get(f"{URL}/{created['id']}/processing").json()["steps"]
    states = {step["name"]: step["state"] for step in steps}
    assert {states.pop("captions"), states.pop("download")} == {"skipped"}
    assert set(states.values()) == {"done"}
    assert len(states) == 5
    anonymous = cast.api("anonymous")
    master = anonymous.get(video["hls_url"])
    assert master.status_code == 200
    assert master["Content-Type"] == "application/vnd.apple.mpegurl"
    for url in (video["thumbnail_url"], video["storyboard_url"]):
        assert anonymous.get(url).status_code == 200
    assert not list((Path(settings.WORK_DIR) / "jobs").rglob("*"))


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("notes.mp4", b"this is not a video\n" * 50, "unsupported_media"),
        ("list.mp4", b"#EXTM3U\n#EXTINF:1,\nfile:///etc/passwd\n", "unsupported_media"),
        ("page.mp4", b"<!doctype html><script>alert(1)</script>" * 9, "unsupported_media"),
        ("one.mp4", b"x", "unsupported_media"),
    ],
)
def test_what_is_no_video_fails_with_a_reason_and_leaves_no_file(cast, name, content, code):
    api = cast.api("owner")
    video_id = send(api, content, name).json()["id"]
    work()
    video = api.get(f"{URL}/{video_id}").json()
    assert (video["status"], video["failure"]["code"]) == ("failed", code)
    assert "/" not in video["failure"]["detail"]
    assert files_of(video_id) == []


def test_a_truncated_file_fails_as_unreadable(cast, clip):
    api = cast.api("owner")
    content = clip.read_bytes()
    video_id = send(api, content[: len(content) // 2]).json()["id"]
    work()
    assert api.get(f"{URL}/{video_id}").json()["failure"]["code"] == "unreadable_media"
    assert files_of(video_id) == []


def test_an_empty_file_is_refused_and_nothing_is_kept(cast):
    answer = send(cast.api("owner"), b"")
    assert answer.status_code == 400
    assert answer.json()["fields"]["file"] == ["This file is empty."]
    assert not Video.objects.exists()
    assert list(Path(settings.FILE_UPLOAD_TEMP_DIR).iterdir()) == []


def test_without_a_file_it_is_400(cast):
    answer = cast.api("owner").post(URL, {"title": "x"}, format="multipart")
    assert answer.status_code == 400
    assert "file" in answer.json()["fields"]


def test_a_file_above_the_limit_is_413(cast, settings):
    settings.MAX_UPLOAD_BYTES = 10
    assert send(cast.api("owner"), b"x" * 11).json()["code"] == "too_large"
    assert not Video.objects.exists()


def test_a_disk_that_is_nearly_full_refuses_uploads(cast, settings):
    settings.DISK_WATERMARK_BYTES = 10**18
    assert send(cast.api("owner"), b"x").status_code == 507
    assert not Video.objects.exists()


@pytest.mark.parametrize(
    "name", ["../../evil.mp4", "-i.mp4", "$(id).mp4", "a;id.mp4", "x" * 300 + ".mp4", "a\u202eb.mp4"]
)
def test_names_are_titles_and_never_paths(cast, name):
    answer = send(cast.api("owner"), b"something", name)
    assert answer.status_code == 201
    video = Video.objects.get(pk=answer.json()["id"])
    assert paths.source_path(video.pk).read_bytes() == b"something"
    assert "/" not in video.title
    assert "\u202e" not in video.title
    assert len(video.title) <= 120


def test_the_uploader_decides_nothing_but_metadata(cast):
    forged = {
        "status": "ready",
        "owner": "x",
        "channel": "x",
        "view_count": 9,
        "views": 9,
        "generation": "g",
        "listed": "true",
    }
    body = send(cast.api("owner"), b"something", **forged).json()
    assert (body["status"], body["counts"]["views"], body["channel"]["username"]) == ("queued", 0, "owner")
    assert Video.objects.get(pk=body["id"]).generation == ""


def test_anonymous_may_not_upload(cast):
    assert send(cast.api("anonymous"), b"x").status_code == 401


def test_a_json_body_is_not_an_upload(cast):
    assert cast.api("owner").post(URL, {"title": "x"}, format="json").status_code == 400
    text = cast.api("owner").generic("POST", URL, "title=x", content_type="text/plain")
    assert text.status_code == 415


def test_a_failed_video_with_its_file_can_be_tried_again(cast, clip):
    api = cast.api("owner")
    video_id = send(api, clip.read_bytes()).json()["id"]
    Video.objects.filter(pk=video_id).update(status="failed", failure_code="transcode_failed")
    assert api.post(f"{URL}/{video_id}/retry").status_code == 202
    work()
    assert api.get(f"{URL}/{video_id}").json()["status"] == "ready"
    assert api.post(f"{URL}/{video_id}/retry").json()["code"] == "conflict"


def test_deleting_removes_every_trace(cast, clip):
    api = cast.api("owner")
    video_id = send(api, clip.read_bytes(), visibility="public").json()["id"]
    work()
    url = api.get(f"{URL}/{video_id}").json()["hls_url"]
    assert files_of(video_id)
    assert api.delete(f"{URL}/{video_id}").status_code == 204
    assert files_of(video_id) == []
    assert api.get(f"{URL}/{video_id}").status_code == 404
    assert api.get(url).status_code == 404
    assert User.objects.get(pk=cast.owner.pk).video_count == 0


def test_a_video_deleted_while_it_waits_is_no_error_for_the_worker(cast, clip):
    api = cast.api("owner")
    video_id = send(api, clip.read_bytes()).json()["id"]
    api.delete(f"{URL}/{video_id}")
    work()
    assert files_of(video_id) == []


def test_the_upload_handler_spools_to_disk(cast):
    assert (
        TemporaryUploadedFile("a", "video/mp4", 0, None)
        .temporary_file_path()
        .startswith(str(settings.FILE_UPLOAD_TEMP_DIR))
    )

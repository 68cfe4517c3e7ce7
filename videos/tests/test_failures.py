"""A file that can never be converted fails at once, says what to do, and is not tried again; others may be."""

import pytest
from django.urls import reverse

from streamsite.mongo.collections import collection
from streamsite.tasks import queue
from tests.support.clips import hls_text, make_clip, run_generator
from videos.models import Status, Video
from videos.tests.test_upload import URL, send, work
from videos.transcoding.errors import is_retryable

KEY = "76a6c65c5ea762046bd749a2e632ccbb"


def encrypted(path):
    plain = make_clip(path.with_name("plain.mp4"), 1, (64, 64))
    scheme = ["-encryption_scheme", "cenc-aes-ctr", "-encryption_key", KEY, "-encryption_kid", KEY]
    return run_generator(["-i", str(plain), "-c", "copy", *scheme, str(path)], path)


def without_index(path):
    path.write_bytes(make_clip(path.with_name("whole.mp4"), 1, (64, 64)).read_bytes()[:2000])
    return path


@pytest.mark.parametrize(
    ("write", "code", "advice"),
    [
        (encrypted, "encrypted_media", "Upload a file without copy protection"),
        (without_index, "unreadable_media", "upload it again"),
        (lambda path: hls_text(path, "x"), "unsupported_media", "Upload video as MP4"),
    ],
    ids=["encrypted", "cut off", "text"],
)
def test_a_hopeless_file_fails_at_once_and_for_good(cast, tmp_path, write, code, advice):
    api = cast.api("owner")
    video_id = send(api, write(tmp_path / "film.mp4").read_bytes()).json()["id"]
    work()
    video = api.get(f"{URL}/{video_id}").json()
    assert video["status"] == "failed"
    assert (video["failure"]["code"], video["failure"]["retryable"]) == (code, False)
    assert advice in video["failure"]["detail"]
    assert api.get(f"{URL}/{video_id}/processing").json()["error"] == video["failure"]
    waiting = {"args": [video_id], "state": {"$in": [queue.READY, queue.RUNNING]}}
    assert collection(queue.JOBS).count_documents(waiting) == 0
    answer = api.post(f"{URL}/{video_id}/retry")
    assert answer.status_code == 409
    assert answer.json()["detail"] == (
        "This file can't be converted, so retrying won't help. Choose another file."
    )


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("unsupported_media", False),
        ("too_large", False),
        ("unreadable_media", False),
        ("encrypted_media", False),
        ("unconvertible_media", False),
        ("transcode_failed", True),
        ("transcode_timeout", True),
        ("cancelled", True),
    ],
)
def test_whether_another_try_can_help_is_told_by_the_code(cast, code, expected):
    assert is_retryable(code) == expected
    video = cast.video(ready=False, status=Status.FAILED, failure_code=code, failure_detail="Broken.")
    failure = cast.api("owner").get(f"{URL}/{video.pk}").json()["failure"]
    assert failure == {"code": code, "detail": "Broken.", "retryable": expected}


def offered(page: str) -> set[str]:
    """Return the visible offers of a page for the failure."""
    found = set()
    for marker, name in (
        ("data-retry", "retry"),
        ("data-hopeless", "another"),
        ("data-state-hopeless", "another"),
    ):
        at = page.find(f"{marker}")
        if at >= 0 and not page[at + len(marker) :].startswith(" hidden"):
            found.add(name)
    return found


@pytest.mark.parametrize(
    ("code", "expected"), [("encrypted_media", "another"), ("transcode_timeout", "retry")]
)
def test_pages_of_a_failed_video_offer_what_can_help(cast, code, expected):
    video = cast.video(ready=False, status=Status.FAILED, failure_code=code, failure_detail="It is broken.")
    page = cast.page("owner")
    for address in (reverse("studio-videos"), reverse("studio-video", args=[video.pk])):
        content = page.get(address).content.decode()
        assert "It is broken." in content
        assert offered(content) == {expected}
    watch = page.get(f"/watch/{video.pk}").content.decode()
    assert "It is broken." in watch
    assert ("Retry it in Studio." in watch) == (expected == "retry")
    assert ("another" in offered(watch)) == (expected == "another")
    if expected == "another":
        assert f"{reverse('studio-video', args=[video.pk])}#delete" in watch


def test_a_video_that_works_offers_neither(cast):
    video = cast.video()
    content = cast.page("owner").get(reverse("studio-video", args=[video.pk])).content.decode()
    assert offered(content) == set()
    assert Video.objects.get(pk=video.pk).failure_code == ""

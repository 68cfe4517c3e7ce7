"""Resumable uploads whose length is not known when they begin (tus ``creation-defer-length``)."""

import io
from datetime import timedelta

import pytest
import time_machine
from django.conf import settings
from django.utils import timezone

from videos import quota
from videos.files import paths
from videos.models import Upload, Video
from videos.tests.test_tus import URL, call, empty_folder, encoded, jobs, path_of
from videos.uploads import partial_file, services
from videos.uploads.unfinished import unfinished_uploads

__all__ = ["empty_folder"]


def begin(api, content=b"", **headers):
    headers.setdefault("upload_metadata", encoded(filename="recording.webm"))
    return call(api, "POST", URL, content, upload_defer_length=1, **headers)


def test_the_length_may_come_with_a_later_piece(cast):
    api = cast.api("owner")
    begun = begin(api, b"0123")
    assert (begun.status_code, begun["Upload-Offset"]) == (201, "4")
    url = path_of(begun)
    state = call(api, "HEAD", url)
    assert (state["Upload-Offset"], state["Upload-Defer-Length"]) == ("4", "1")
    assert "Upload-Length" not in state
    assert call(api, "PATCH", url, b"45", upload_offset=4)["Upload-Offset"] == "6"
    assert call(api, "PATCH", url, b"67", upload_offset=6, upload_length=10)["Upload-Offset"] == "8"
    state = call(api, "HEAD", url)
    assert (state["Upload-Offset"], state["Upload-Length"]) == ("8", "10")
    assert "Upload-Defer-Length" not in state
    assert call(api, "PATCH", url, b"89", upload_offset=8)["Upload-Offset"] == "10"
    video = Video.objects.get()
    assert paths.source_path(video.pk).read_bytes() == b"0123456789"
    assert (video.status, video.source_size) == ("queued", 10)
    assert len(jobs()) == 1


@pytest.mark.parametrize("content", [b"", b"89"])
def test_the_last_piece_may_say_that_it_is_the_last(cast, content):
    api = cast.api("owner")
    url = path_of(begin(api, b"01234567"))
    length = 8 + len(content)
    answer = call(api, "PATCH", url, content, upload_offset=8, upload_length=length)
    assert (answer.status_code, answer["Upload-Offset"]) == (204, str(length))
    assert Video.objects.get().status == "queued"
    # A client that missed the answer says it again.
    again = call(api, "PATCH", url, b"", upload_offset=length, upload_length=length)
    assert again.status_code == 204
    assert len(jobs()) == 1


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"upload_defer_length": "2"}, 400),
        ({"upload_defer_length": ""}, 400),
        ({"upload_defer_length": "1", "upload_length": "5"}, 400),
        ({}, 400),
    ],
)
def test_a_creation_says_the_length_or_that_it_comes_later(cast, headers, status):
    assert call(cast.api("owner"), "POST", URL, **headers).status_code == status
    assert not Upload.objects.exists()


@pytest.mark.parametrize(("total", "status"), [("0", 400), ("3", 413), ("x", 400), (str(5 * 10**12), 413)])
def test_a_length_that_cannot_be_is_refused_and_changes_nothing(cast, total, status):
    api = cast.api("owner")
    url = path_of(begin(api, b"0123"))
    assert call(api, "PATCH", url, b"45", upload_offset=4, upload_length=total).status_code == status
    state = call(api, "HEAD", url)
    assert (state["Upload-Offset"], state["Upload-Defer-Length"]) == ("4", "1")


def test_a_length_once_said_stays(cast):
    api = cast.api("owner")
    late, early = path_of(begin(api)), path_of(call(api, "POST", URL, upload_length=8))
    assert call(api, "PATCH", late, b"0", upload_offset=0, upload_length=8).status_code == 204
    for url, offset in ((late, 1), (early, 0)):
        assert call(api, "PATCH", url, b"1", upload_offset=offset, upload_length=9).status_code == 400
        assert call(api, "PATCH", url, b"1", upload_offset=offset, upload_length=8).status_code == 204


def test_the_largest_size_holds_without_a_length(cast, settings):
    settings.MAX_UPLOAD_BYTES = 10
    api = cast.api("owner")
    url = path_of(begin(api, b"01234567"))
    assert call(api, "PATCH", url, b"890", upload_offset=8).status_code == 413
    assert call(api, "PATCH", url, b"89", upload_offset=8).status_code == 204
    assert begin(api, b"0123456789a").status_code == 413


def test_the_quota_holds_without_a_length(cast, settings):
    settings.USER_QUOTA_BYTES = 10
    api = cast.api("owner")
    url = path_of(begin(api, b"012345"))
    assert quota.used_bytes(cast.owner) == 6
    assert call(api, "PATCH", url, b"67890", upload_offset=6).status_code == 413
    assert call(api, "PATCH", url, b"6", upload_offset=6, upload_length=11).status_code == 413
    assert quota.used_bytes(cast.owner) == 6
    assert call(api, "POST", URL, upload_length=5).status_code == 413
    assert call(api, "PATCH", url, b"6", upload_offset=6, upload_length=8).status_code == 204
    # From now on what was announced counts.
    assert quota.used_bytes(cast.owner) == 8
    assert call(api, "DELETE", url).status_code == 204
    assert quota.used_bytes(cast.owner) == 0


def test_bytes_that_never_came_do_not_count_for_long(cast, settings):
    """A piece that was announced and broke off counts only until the next one."""
    settings.USER_QUOTA_BYTES = 100
    api = cast.api("owner")
    url = path_of(begin(api, b"0123"))
    Video.objects.update(source_size=90)
    assert call(api, "PATCH", url, b"45", upload_offset=4).status_code == 204
    assert quota.used_bytes(cast.owner) == 6


@pytest.mark.parametrize("concat", [{}, {"upload_concat": "partial"}])
def test_a_request_under_way_writes_no_more_than_still_counts(cast, concat):
    """A request announces much; before its bytes come, another one of the same upload announces less."""
    api = cast.api("owner")
    upload_id = path_of(begin(api, **concat)).rpartition("/")[2]

    def append(body, length):
        upload = services.get_upload(cast.owner, upload_id)
        return services.append_to_upload(
            upload, body, start=0, length=length, checksum=None, enqueue=tasks.append
        )

    class Slow:
        def read(self, size):
            append(io.BytesIO(), 0)
            return b"0123456789"

    tasks = []
    with pytest.raises(partial_file.OffsetConflict):
        append(Slow(), 10)
    assert quota.used_bytes(cast.owner) == partial_file.received_bytes(upload_id) == 0


def test_an_abandoned_one_is_swept(cast):
    begin(cast.api("owner"), b"0123")
    with time_machine.travel(timezone.now() + timedelta(hours=settings.UPLOAD_EXPIRES_HOURS + 1), tick=True):
        assert services.sweep_expired() == 1
    assert not Video.objects.exists()


def test_the_upload_page_leaves_out_what_it_cannot_go_on_with(cast):
    begin(cast.api("owner"), b"0123")
    call(cast.api("owner"), "POST", URL, upload_length=4, upload_concat="partial")
    assert unfinished_uploads(cast.owner) == []
    assert cast.page("owner").get("/upload").status_code == 200

"""The resumable upload protocol, tus 1.0, request by request."""

import base64
import hashlib
import shutil
from datetime import timedelta
from pathlib import Path

import pytest
import time_machine
from django.conf import settings
from django.utils import timezone

from streamsite.mongo.collections import collection
from streamsite.tasks import queue
from videos.files import paths
from videos.models import Upload, Video
from videos.uploads import partial_file, services

URL = "/api/v1/uploads"
TYPE = "application/offset+octet-stream"


@pytest.fixture(autouse=True)
def empty_folder():
    folder = Path(settings.WORK_DIR) / "uploads"
    shutil.rmtree(folder, ignore_errors=True)
    yield
    shutil.rmtree(folder, ignore_errors=True)


def encoded(**pairs):
    return ",".join(f"{key} {base64.b64encode(value.encode()).decode()}" for key, value in pairs.items())


def call(api, method, url, content=b"", **headers):
    named = {f"HTTP_{name.upper()}": str(value) for name, value in headers.items()}
    sent = {"HTTP_TUS_RESUMABLE": "1.0.0"} | named
    if method in {"POST", "PATCH"}:
        return api.generic(method, url, content, content_type=TYPE, **sent)
    return api.generic(method, url, **sent)


def begin(api, length, content=b"", **headers):
    headers.setdefault("upload_metadata", encoded(filename="holiday.mp4", title="Holiday"))
    return call(api, "POST", URL, content, upload_length=length, **headers)


def path_of(answer):
    return answer["Location"].removeprefix("http://testserver")


def offset_of(api, url):
    return int(call(api, "HEAD", url)["Upload-Offset"])


def jobs():
    return list(collection(queue.JOBS).find({"task": "videos.tasks.process_video"}))


def test_what_the_server_can_do_is_told_to_anybody(cast):
    answer = cast.api("anonymous").options(URL)
    assert answer.status_code == 204
    assert answer["Tus-Version"] == answer["Tus-Resumable"] == "1.0.0"
    assert set(answer["Tus-Extension"].split(",")) == {
        "creation", "creation-defer-length", "creation-with-upload", "termination", "expiration", "checksum",
        "concatenation",
    }  # fmt: skip
    assert answer["Tus-Max-Size"] == str(settings.MAX_UPLOAD_BYTES)
    assert "sha1" in answer["Tus-Checksum-Algorithm"]


def test_an_upload_in_pieces_becomes_a_queued_video(cast):
    api = cast.api("owner")
    begun = begin(api, 10, upload_metadata=encoded(filename="a.mp4", title="Mine", visibility="unlisted"))
    assert begun.status_code == 201
    url, video_id = path_of(begun), begun["X-Video-Id"]
    draft = api.get(f"/api/v1/videos/{video_id}").json()
    assert (draft["status"], draft["title"], draft["visibility"]) == ("uploading", "Mine", "unlisted")
    assert cast.api("stranger").get(f"/api/v1/videos/{video_id}").status_code == 404
    first = call(api, "PATCH", url, b"01234", upload_offset=0)
    assert (first.status_code, first["Upload-Offset"]) == (204, "5")
    head = call(api, "HEAD", url)
    assert (head.status_code, head["Upload-Offset"], head["Upload-Length"]) == (200, "5", "10")
    assert head["X-Video-Id"] == video_id
    assert head["Cache-Control"] == "no-store"
    assert call(api, "PATCH", url, b"56789", upload_offset=5)["Upload-Offset"] == "10"
    assert paths.source_path(video_id).read_bytes() == b"0123456789"
    assert Video.objects.get(pk=video_id).status == "queued"
    assert [job["args"] for job in jobs()] == [[video_id]]
    # A client that missed the last answer asks again, and sends nothing twice.
    assert offset_of(api, url) == 10
    assert call(api, "PATCH", url, b"", upload_offset=10).status_code == 204
    assert len(jobs()) == 1


def test_a_waiting_job_says_how_many_are_before_it(cast):
    api = cast.api("owner")
    waiting = [begin(api, 4, b"data")["X-Video-Id"] for _ in range(3)]
    first = begin(cast.api("stranger"), 4, b"data")["X-Video-Id"]
    ahead = [api.get(f"/api/v1/videos/{video_id}/processing").json()["ahead"] for video_id in waiting]
    # The stranger's only upload stands before the second and third of somebody who has more.
    assert ahead == [0, 2, 3]
    assert cast.api("stranger").get(f"/api/v1/videos/{first}/processing").json()["ahead"] == 1


def test_small_files_come_with_their_creation(cast):
    api = cast.api("owner")
    begun = begin(api, 4, b"data")
    assert (begun.status_code, begun["Upload-Offset"]) == (201, "4")
    assert paths.source_path(begun["X-Video-Id"]).read_bytes() == b"data"


@pytest.mark.parametrize("start", [0, 3, 6, 11])
def test_a_piece_from_elsewhere_is_a_conflict(cast, start):
    api = cast.api("owner")
    url = path_of(begin(api, 10, b"01234"))
    answer = call(api, "PATCH", url, b"xxxxx", upload_offset=start)
    assert (answer.status_code, answer.json()["code"]) == (409, "conflict")
    assert offset_of(api, url) == 5


def test_more_than_was_announced_is_too_large(cast):
    api = cast.api("owner")
    url = path_of(begin(api, 4))
    assert call(api, "PATCH", url, b"12345", upload_offset=0).status_code == 413
    assert offset_of(api, url) == 0


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"tus_resumable": "0.2.2"}, 412),
        ({"upload_length": "-1"}, 400),
        ({"upload_length": "ten"}, 400),
        ({"upload_length": "9" * 30}, 400),
        ({"upload_length": "0"}, 400),
        ({"upload_length": str(5 * 10**12)}, 413),
        ({"upload_metadata": "title ***"}, 400),
        ({"upload_metadata": "title,title"}, 400),
        ({"upload_metadata": encoded(visibility="secret")}, 400),
        ({"upload_defer_length": "1"}, 400),
        ({"upload_checksum": "crc32 AAAA"}, 400),
        ({"upload_checksum": "sha1 AAAA"}, 400),
    ],
)
def test_a_creation_that_is_not_right_leaves_nothing(cast, headers, status):
    api = cast.api("owner")
    answer = begin(api, **({"length": 10} | {"length": headers.pop("upload_length", 10)}), **headers)
    assert answer.status_code == status
    assert answer["Tus-Resumable"] == "1.0.0"
    assert not Video.objects.exists()
    assert not Upload.objects.exists()


def test_a_body_of_another_type_is_refused(cast):
    api = cast.api("owner")
    url = path_of(begin(api, 4))
    answer = api.generic(
        "PATCH", url, b"data", content_type="video/mp4", HTTP_TUS_RESUMABLE="1.0.0", HTTP_UPLOAD_OFFSET="0"
    )
    assert answer.status_code == 415


def test_uploads_are_their_owners_alone(cast):
    url = path_of(begin(cast.api("owner"), 4))
    assert call(cast.api("anonymous"), "PATCH", url, b"data", upload_offset=0).status_code == 401
    assert cast.api("anonymous").generic("POST", URL).status_code == 401
    for method in ("HEAD", "PATCH", "DELETE"):
        assert call(cast.api("stranger"), method, url, b"data", upload_offset=0).status_code == 404
    assert offset_of(cast.api("owner"), url) == 0


@pytest.mark.parametrize("algorithm", ["sha1", "sha256", "sha512", "md5"])
def test_a_piece_with_a_wrong_checksum_is_not_kept(cast, algorithm):
    api = cast.api("owner")
    url = path_of(begin(api, 8))
    digest = base64.b64encode(hashlib.new(algorithm, b"data").digest()).decode()
    wrong = call(api, "PATCH", url, b"atad", upload_offset=0, upload_checksum=f"{algorithm} {digest}")
    assert (wrong.status_code, wrong.json()["code"]) == (460, "checksum_mismatch")
    assert offset_of(api, url) == 0
    right = call(api, "PATCH", url, b"data", upload_offset=0, upload_checksum=f"{algorithm} {digest}")
    assert (right.status_code, right["Upload-Offset"]) == (204, "4")
    assert [path.name for path in (Path(settings.WORK_DIR) / "uploads").iterdir()] == [url.rsplit("/", 1)[1]]


def test_giving_up_removes_bytes_and_draft(cast):
    api = cast.api("owner")
    begun = begin(api, 8, b"data")
    url = path_of(begun)
    assert call(api, "DELETE", url).status_code == 204
    assert call(api, "HEAD", url).status_code == 404
    assert call(api, "DELETE", url).status_code == 404
    assert not Video.objects.filter(pk=begun["X-Video-Id"]).exists()
    assert not list((Path(settings.WORK_DIR) / "uploads").iterdir())


def test_giving_up_a_finished_upload_keeps_its_video(cast):
    api = cast.api("owner")
    begun = begin(api, 4, b"data")
    assert call(api, "DELETE", path_of(begun)).status_code == 204
    assert Video.objects.get(pk=begun["X-Video-Id"]).status == "queued"


def test_deleting_the_draft_ends_the_upload(cast):
    api = cast.api("owner")
    begun = begin(api, 8, b"data")
    assert api.delete(f"/api/v1/videos/{begun['X-Video-Id']}").status_code == 204
    assert call(api, "PATCH", path_of(begun), b"more", upload_offset=4).status_code == 404
    assert not list((Path(settings.WORK_DIR) / "uploads").iterdir())


def test_a_writer_that_was_overtaken_writes_nothing(cast):
    """Two requests at the same offset: the one whose bytes come first wins."""
    api = cast.api("owner")
    url = path_of(begin(api, 12))
    upload_id = url.rsplit("/", 1)[1]

    class Slow:
        """Its second piece arrives after somebody else has gone on."""

        pieces = [b"aaaa", b"bbbb"]

        def read(self, size):
            if len(self.pieces) == 1:
                assert call(api, "PATCH", url, b"BBBB", upload_offset=4).status_code == 204
            return self.pieces.pop(0)

    with pytest.raises(partial_file.OffsetConflict):
        partial_file.append_bytes(upload_id, Slow(), start=0, length=12, checksum=None)
    assert partial_file.upload_path(upload_id).read_bytes() == b"aaaaBBBB"


def test_nobody_writes_into_a_finished_file(cast):
    api = cast.api("owner")
    begun = begin(api, 8)
    url = path_of(begun)

    class Late:
        """Still reading when another request has sent everything."""

        def read(self, size):
            assert call(api, "PATCH", url, b"complete", upload_offset=0).status_code == 204
            return b"tampered"

    with pytest.raises(partial_file.UploadFileMissing):
        partial_file.append_bytes(url.rsplit("/", 1)[1], Late(), start=0, length=8, checksum=None)
    assert paths.source_path(begun["X-Video-Id"]).read_bytes() == b"complete"


def test_what_arrived_before_the_line_broke_is_kept(cast):
    api = cast.api("owner")
    url = path_of(begin(api, 10))

    class Broken:
        """A connection that ends in the middle."""

        pieces = [b"0123", b""]

        def read(self, size):
            return self.pieces.pop(0)

    assert partial_file.append_bytes(url.rsplit("/", 1)[1], Broken(), start=0, length=10, checksum=None) == 4
    assert offset_of(api, url) == 4


def test_a_process_killed_before_the_queue_is_made_good(cast):
    api = cast.api("owner")
    begun = begin(api, 8, b"data")
    upload = Upload.objects.get()
    partial_file.append_bytes(upload.pk, _Whole(b"more"), start=4, length=4, checksum=None)
    paths.keep_source(partial_file.upload_path(upload.pk), upload.video_id)
    assert offset_of(api, path_of(begun)) == 8
    assert Video.objects.get().status == "queued"
    assert len(jobs()) == 1


class _Whole:
    def __init__(self, content):
        self.content = content

    def read(self, size):
        content, self.content = self.content, b""
        return content


def test_finishing_twice_queues_one_job(cast):
    begun = begin(cast.api("owner"), 4, b"data")
    upload = Upload.objects.select_related("video").get()
    from videos.tasks import enqueue_processing

    services.finish_upload(upload, enqueue=enqueue_processing)
    services.finish_upload(upload, enqueue=enqueue_processing)
    assert len(jobs()) == 1
    assert Video.objects.get(pk=begun["X-Video-Id"]).status == "queued"


def test_an_abandoned_upload_is_swept_and_a_used_one_is_not(cast):
    api = cast.api("owner")
    old, used = begin(api, 8, b"data"), begin(api, 8, b"data")
    with time_machine.travel(timezone.now() + timedelta(hours=settings.UPLOAD_EXPIRES_HOURS - 1), tick=True):
        api = cast.api("owner")
        assert call(api, "PATCH", path_of(used), b"m", upload_offset=4).status_code == 204
    with time_machine.travel(timezone.now() + timedelta(hours=settings.UPLOAD_EXPIRES_HOURS + 1), tick=True):
        api = cast.api("owner")
        assert call(api, "HEAD", path_of(old)).status_code == 404
        assert services.sweep_expired() == 1
        assert offset_of(api, path_of(used)) == 5
    assert [video.pk for video in Video.objects.all()] == [used["X-Video-Id"]]
    assert len(list((Path(settings.WORK_DIR) / "uploads").iterdir())) == 1


def test_the_quota_counts_what_was_announced(cast, settings):
    settings.USER_QUOTA_BYTES = 100
    api = cast.api("owner")
    first = begin(api, 60)
    refused = begin(api, 41)
    assert (refused.status_code, refused.json()["code"]) == (413, "too_large")
    assert refused.json()["fields"]["quota"] == ["40 bytes of 100 bytes left."]
    assert begin(api, 40).status_code == 201
    assert call(api, "DELETE", path_of(first)).status_code == 204
    assert begin(api, 60).status_code == 201
    cast.owner.quota_bytes = 0
    cast.owner.save()
    assert begin(cast.api("owner"), 10_000).status_code == 201


def test_a_quota_lowered_meanwhile_stops_the_next_piece(cast, settings):
    settings.USER_QUOTA_BYTES = 100
    api = cast.api("owner")
    url = path_of(begin(api, 60, b"data"))
    settings.USER_QUOTA_BYTES = 50
    assert call(api, "PATCH", url, b"more", upload_offset=4).status_code == 413
    assert offset_of(api, url) == 4


def test_a_full_disk_refuses_with_507_and_loses_nothing(cast, settings):
    api = cast.api("owner")
    url = path_of(begin(api, 8, b"data"))
    settings.DISK_WATERMARK_BYTES = 10**18
    for answer in (begin(api, 8), call(api, "PATCH", url, b"more", upload_offset=4)):
        assert (answer.status_code, answer.json()["code"]) == (507, "insufficient_storage")
    settings.DISK_WATERMARK_BYTES = 0
    assert call(api, "PATCH", url, b"more", upload_offset=4)["Upload-Offset"] == "8"
    assert paths.source_path(Video.objects.get().pk).read_bytes() == b"datamore"


def test_too_many_unfinished_uploads_are_a_conflict(cast, settings):
    settings.MAX_OPEN_UPLOADS_PER_USER = 2
    api = cast.api("owner")
    assert [begin(api, 8).status_code for _ in range(3)] == [201, 201, 409]


def test_a_repeated_creation_with_a_key_is_the_same_upload(cast):
    api = cast.api("owner")
    first, second = (begin(api, 8, idempotency_key="once") for _ in range(2))
    assert first["Location"] == second["Location"]
    assert first["X-Video-Id"] == second["X-Video-Id"]
    assert Upload.objects.count() == 1
    assert begin(api, 9, idempotency_key="once").status_code == 422


def test_methods_can_be_sent_as_post(cast):
    api = cast.api("owner")
    url = path_of(begin(api, 4))
    answer = call(api, "POST", url, b"data", upload_offset=0, x_http_method_override="PATCH")
    assert (answer.status_code, answer["Upload-Offset"]) == (204, "4")


@pytest.mark.parametrize(
    "name", ["../../evil.mp4", "-i.mp4", "$(id).mp4", "x.mp4\r\nX-Evil: 1", "a\0b.mp4", "y" * 300]
)
def test_file_names_become_titles_and_nothing_else(cast, name):
    answer = begin(cast.api("owner"), 4, b"data", upload_metadata=encoded(filename=name))
    assert answer.status_code == 201
    assert "X-Evil" not in answer
    video = Video.objects.get()
    assert paths.source_path(video.pk).is_file()
    assert not set(video.title) & set("\r\n\0/")

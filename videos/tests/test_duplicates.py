"""A file that its owner has uploaded before: they are told which video it is, and nobody else learns anything."""

import hashlib

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from videos import duplicate_uploads
from videos.files import paths
from videos.models import Video

CONTENT = b"the same file " * 1000
SHA = hashlib.sha256(CONTENT).hexdigest()


def send(api, content=CONTENT, **fields):
    file = SimpleUploadedFile("clip.mp4", content, content_type="video/mp4")
    answer = api.post("/api/v1/videos", {"file": file, **fields}, format="multipart")
    assert answer.status_code == 201, answer.content
    return answer.json()


def send_by_tus(api, *pieces):
    tus = {"HTTP_TUS_RESUMABLE": "1.0.0"}
    length = sum(map(len, pieces))
    begun = api.post("/api/v1/uploads", HTTP_UPLOAD_LENGTH=str(length), content_type=None, **tus)
    offset = 0
    for piece in pieces:
        answer = api.generic(
            "PATCH",
            begun["Location"],
            piece,
            content_type="application/offset+octet-stream",
            HTTP_UPLOAD_OFFSET=str(offset),
            **tus,
        )
        assert answer.status_code == 204, answer.content
        offset += len(piece)
    return begun["X-Video-Id"]


def original(api, video_id):
    return api.get(f"/api/v1/videos/{video_id}/processing").json()["duplicate_of"]


def test_the_owner_is_told_at_once_and_nothing_is_refused(cast):
    api = cast.api("owner")
    first = send(api, title="First")
    assert first["duplicate_of"] is None
    second = send(api, title="Second")
    told = {"id": first["id"], "title": "First", "url": first["url"]}
    assert second["duplicate_of"] == told
    assert original(api, second["id"]) == told
    assert original(api, send_by_tus(api, CONTENT)) == told
    assert original(api, first["id"]) is None  # it came first
    assert send(api, content=CONTENT + b"!")["duplicate_of"] is None
    assert set(Video.objects.values_list("source_sha256", flat=True)) == {
        *(SHA, hashlib.sha256(CONTENT + b"!").hexdigest())
    }


def test_a_file_in_several_requests_is_hashed_when_its_processing_begins(cast):
    api = cast.api("owner")
    first = send_by_tus(api, CONTENT[:5000], CONTENT[5000:])
    assert Video.objects.get(pk=first).source_sha256 == ""
    duplicate_uploads.record_hash(first)
    duplicate_uploads.record_hash(first)
    assert Video.objects.get(pk=first).source_sha256 == SHA
    second = send_by_tus(api, CONTENT[:1], CONTENT[1:])
    assert original(api, second) is None
    duplicate_uploads.record_hash(second)
    assert original(api, second)["id"] == first


def test_files_from_before_hashes_were_noted_are_found_by_their_size(cast):
    api = cast.api("owner")
    old, other_size = send(api)["id"], send(api, content=b"short")["id"]
    Video.objects.update(source_sha256="")
    new = send_by_tus(api, CONTENT[:9], CONTENT[9:])
    duplicate_uploads.record_hash(new)
    assert original(api, new)["id"] == old
    assert Video.objects.get(pk=other_size).source_sha256 == ""  # another size is another file


def test_others_files_are_never_told_of(cast):
    first = send(cast.api("owner"))["id"]
    same = send(cast.api("member"))
    assert same["duplicate_of"] is None
    assert original(cast.api("member"), same["id"]) is None
    Video.objects.filter(pk=first).update(visibility="public", status="ready", generation="g")
    for who, status in (("anonymous", 401), ("member", 403)):
        assert cast.api(who).get(f"/api/v1/videos/{first}/processing").status_code == status
    body = cast.api("member").get(f"/api/v1/videos/{first}").content.decode()
    assert SHA not in body
    assert "duplicate" not in body


def test_the_title_is_read_when_it_is_shown_and_deleted_videos_are_not(cast):
    api = cast.api("owner")
    first, second = send(api)["id"], send(api)["id"]
    api.patch(f"/api/v1/videos/{first}", {"title": "Renamed <b>"}, format="json")
    assert original(api, second)["title"] == "Renamed <b>"
    page = cast.page("owner").get(f"/studio/videos/{second}").content.decode()
    assert (
        f'You already uploaded this file: <a href="/watch/{first}"><bdi>Renamed &lt;b&gt;</bdi></a>' in page
    )
    assert "You already uploaded" not in cast.page("owner").get(f"/studio/videos/{first}").content.decode()
    api.delete(f"/api/v1/videos/{first}")
    assert original(api, second) is None


def test_a_body_that_was_cut_off_has_no_hash():
    import io

    body = duplicate_uploads.HashingBody(io.BytesIO(b"abc"))
    body.read(2)
    assert body.hash_of(3) == ""
    body.read(5)
    assert body.hash_of(3) == hashlib.sha256(b"abc").hexdigest()


@pytest.mark.parametrize("missing", ["file", "video"])
def test_a_hash_of_what_is_gone_is_none(cast, missing):
    video = send(cast.api("owner"))["id"]
    Video.objects.update(source_sha256="")
    paths.remove_source(video)
    duplicate_uploads.record_hash(video if missing == "file" else "AAAAAAAAAAA")
    assert Video.objects.get(pk=video).source_sha256 == ""

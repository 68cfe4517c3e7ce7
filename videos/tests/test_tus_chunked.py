"""Resumable uploads whose requests do not say how long they are (``Transfer-Encoding: chunked``)."""

import hashlib
import io
import os
from base64 import b64encode

import pytest

from videos import quota
from videos.files import paths
from videos.models import Upload, Video
from videos.tests.test_tus import TYPE, URL, begin, call, empty_folder, jobs, offset_of, path_of
from videos.uploads import partial_file

__all__ = ["empty_folder"]

MIB = 1024 * 1024


class Broken(io.BytesIO):
    """A body whose client goes away after what it has sent."""

    def read(self, size=-1):
        found = super().read(size)
        if not found:
            raise OSError("the client is gone")
        return found


def send(api, url, body, *, method="PATCH", **headers):
    """Return a request with a chunked body, as the web server hands it over."""
    named = {f"HTTP_{name.upper()}": str(value) for name, value in headers.items()}
    given = body if isinstance(body, io.BytesIO) else io.BytesIO(body)
    return api.generic(
        method,
        url,
        b"",
        content_type=TYPE,
        HTTP_TUS_RESUMABLE="1.0.0",
        HTTP_TRANSFER_ENCODING="chunked",
        **named,
        **{"wsgi.input": given},
    )


def test_pieces_in_chunks_become_a_queued_video(cast):
    api = cast.api("owner")
    url = path_of(begin(api, 10))
    first = send(api, url, b"0123", upload_offset=0)
    assert (first.status_code, first["Upload-Offset"]) == (204, "4")
    last = send(api, url, b"456789", upload_offset=4)
    assert (last.status_code, last["Upload-Offset"]) == (204, "10")
    assert paths.source_path(Video.objects.get().pk).read_bytes() == b"0123456789"
    assert len(jobs()) == 1


def test_a_chunk_too_many_is_refused_and_nothing_is_lost(cast):
    api = cast.api("owner")
    url = path_of(begin(api, 2 * MIB + 10, b"0123"))
    content = os.urandom(2 * MIB + 7)
    refused = send(api, url, content, upload_offset=4)
    assert (refused.status_code, refused.json()["code"]) == (413, "too_large")
    arrived = offset_of(api, url)
    assert 4 <= arrived < 2 * MIB + 10
    assert partial_file.upload_path(url.rpartition("/")[2]).read_bytes() == b"0123" + content[: arrived - 4]
    assert jobs() == []
    rest = content[arrived - 4 : -1]
    assert send(api, url, rest, upload_offset=arrived).status_code == 204
    assert paths.source_path(Video.objects.get().pk).read_bytes() == b"0123" + content[:-1]


def test_one_byte_beyond_the_end_does_not_finish_the_upload(cast):
    api = cast.api("owner")
    url = path_of(begin(api, MIB))
    assert send(api, url, b"x" * (MIB + 1), upload_offset=0).status_code == 413
    assert offset_of(api, url) == 0
    assert jobs() == []


def test_what_arrived_before_the_client_was_gone_stays(cast):
    api = cast.api("owner")
    url = path_of(begin(api, 10))
    assert send(api, url, Broken(b"01234567"), upload_offset=0)["Upload-Offset"] == "8"
    assert send(api, url, Broken(b"89"), upload_offset=8)["Upload-Offset"] == "10"
    assert len(jobs()) == 1


def test_no_bytes_at_all_change_nothing(cast):
    api = cast.api("owner")
    url = path_of(begin(api, 10, b"0123"))
    assert send(api, url, b"", upload_offset=4)["Upload-Offset"] == "4"


def test_a_checksum_holds_for_all_chunks(cast):
    api = cast.api("owner")
    url = path_of(begin(api, 10))
    good = f"sha256 {b64encode(hashlib.sha256(b'01234').digest()).decode()}"
    assert send(api, url, b"0123", upload_offset=0, upload_checksum=good).status_code == 460
    assert offset_of(api, url) == 0
    assert send(api, url, b"01234", upload_offset=0, upload_checksum=good)["Upload-Offset"] == "5"


def test_without_any_length_the_largest_size_and_the_quota_hold(cast, settings):
    settings.MAX_UPLOAD_BYTES = 10
    api = cast.api("owner")
    url = path_of(call(api, "POST", URL, upload_defer_length=1))
    assert send(api, url, b"0123456789a", upload_offset=0).status_code == 413
    assert offset_of(api, url) == 0
    assert send(api, url, b"012345", upload_offset=0).status_code == 204
    settings.USER_QUOTA_BYTES = 8
    assert send(api, url, b"678", upload_offset=6).status_code == 413
    assert quota.used_bytes(cast.owner) == offset_of(api, url) == 6
    assert send(api, url, b"67", upload_offset=6, upload_length=8).status_code == 204
    assert len(jobs()) == 1


def test_a_creation_may_bring_chunks(cast):
    api = cast.api("owner")
    begun = send(api, URL, b"0123", method="POST", upload_length=10)
    assert (begun.status_code, begun["Upload-Offset"]) == (201, "4")
    partial = send(api, URL, b"0123", method="POST", upload_length=4, upload_concat="partial")
    assert (partial.status_code, partial["Upload-Offset"]) == (201, "4")
    final = f"final; {path_of(partial)}"
    assert send(api, URL, b"x", method="POST", upload_concat=final).status_code == 400
    assert send(api, URL, b"", method="POST", upload_concat=final).status_code == 201


@pytest.mark.parametrize("who", ["stranger", "anonymous"])
def test_nobody_else_sends_chunks(cast, who):
    url = path_of(begin(cast.api("owner"), 10))
    assert send(cast.api(who), url, b"0123", upload_offset=0).status_code in {401, 404}
    assert offset_of(cast.api("owner"), url) == 0


def test_other_types_of_chunks_are_refused(cast):
    url = path_of(begin(cast.api("owner"), 10))
    answer = cast.api("owner").generic(
        "PATCH", url, b"", content_type="application/octet-stream", HTTP_TUS_RESUMABLE="1.0.0",
        HTTP_UPLOAD_OFFSET="0", HTTP_TRANSFER_ENCODING="chunked", **{"wsgi.input": io.BytesIO(b"0")},
    )  # fmt: skip
    assert answer.status_code == 415
    assert Upload.objects.get().expires_at

"""Serving files: ranges, conditions, tokens, paths."""

import pytest

from tests.support.users import Cast
from videos.files import paths, tokens

CONTENT = bytes(range(256)) * 4


@pytest.fixture
def url(cast: Cast):
    video = cast.video()
    folder = paths.generation_dir(video.pk, "gen1") / "360p"
    folder.mkdir(parents=True)
    (folder / "seg_00000.m4s").write_bytes(CONTENT)
    return f"/media/v/{tokens.create_page_token(video.pk, 'gen1', 'p')}/{video.pk}/gen1/360p/seg_00000.m4s"


@pytest.fixture
def get(cast, url):
    return lambda **headers: cast.page("anonymous").get(url, **headers)


def body(answer):
    return b"".join(answer) if answer.streaming else answer.content


def test_the_whole_file(get):
    answer = get()
    assert answer.status_code == 200
    assert body(answer) == CONTENT
    assert answer["Content-Type"] == "video/iso.segment"
    assert answer["Accept-Ranges"] == "bytes"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in answer["Content-Security-Policy"]
    assert "public" in answer["Cache-Control"]


@pytest.mark.parametrize(
    ("header", "first", "last"),
    [("bytes=0-0", 0, 0), ("bytes=-1", 1023, 1023), ("bytes=10-", 10, 1023), ("bytes=1000-5000", 1000, 1023)],
)
def test_one_range_is_206_with_its_bytes(get, header, first, last):
    answer = get(HTTP_RANGE=header)
    assert answer.status_code == 206
    assert answer["Content-Range"] == f"bytes {first}-{last}/1024"
    assert int(answer["Content-Length"]) == last - first + 1
    assert body(answer) == CONTENT[first : last + 1]


def test_beyond_the_end_is_416(get):
    answer = get(HTTP_RANGE="bytes=1024-")
    assert answer.status_code == 416
    assert answer["Content-Range"] == "bytes */1024"
    assert answer.json()["code"] == "range_not_satisfiable"


@pytest.mark.parametrize(
    "header", ["bytes=5-2", "bytes=a-b", "items=0-1", "bytes=0-1,5-6", "bytes=" + "0-1," * 1000]
)
def test_what_is_no_single_range_is_the_whole_file(get, header):
    answer = get(HTTP_RANGE=header)
    assert answer.status_code == 200
    assert body(answer) == CONTENT


def test_head_has_the_headers_and_no_body(cast, url):
    answer = cast.page("anonymous").head(url)
    assert (answer.status_code, answer["Content-Length"], body(answer)) == (200, "1024", b"")


def test_conditions(get):
    etag = get()["ETag"]
    assert get(HTTP_IF_NONE_MATCH=etag).status_code == 304
    assert get(HTTP_IF_NONE_MATCH='"other"').status_code == 200
    assert get(HTTP_RANGE="bytes=0-9", HTTP_IF_RANGE=etag).status_code == 206
    assert get(HTTP_RANGE="bytes=0-9", HTTP_IF_RANGE='"other"').status_code == 200


def test_a_date_is_a_condition_where_there_is_no_tag(get):
    modified = get()["Last-Modified"]
    assert get(HTTP_IF_MODIFIED_SINCE=modified).status_code == 304
    assert get(HTTP_IF_MODIFIED_SINCE="Thu, 01 Jan 1970 00:00:01 GMT").status_code == 200
    assert get(HTTP_IF_MODIFIED_SINCE="yesterday").status_code == 200
    assert get(HTTP_IF_MODIFIED_SINCE=modified, HTTP_IF_NONE_MATCH='"other"').status_code == 200


def test_post_is_not_allowed(cast, url):
    assert cast.page("anonymous").post(url).status_code == 405


@pytest.mark.parametrize(
    "change",
    [
        lambda url: url.replace("/v/p", "/v/o"),
        lambda url: url.replace("/v/p", "/v/p1"),
        lambda url: url.replace("gen1", "gen2"),
        lambda url: url.replace("seg_00000", "seg_00001"),
        lambda url: url.replace("360p/seg_00000.m4s", "../../../../keys/secret_key"),
        lambda url: url.replace("360p/seg_00000.m4s", "360p/..%2f..%2fsource.mp4"),
        lambda url: url.replace("seg_00000.m4s", "seg_00000.m4s.py"),
        lambda url: url.replace("360p/", "360p/360p/"),
    ],
)
def test_forged_tokens_and_paths_are_404(cast, url, change):
    assert cast.page("anonymous").get(change(url)).status_code == 404


def test_an_expired_token_is_404(cast, url, monkeypatch, settings):
    later = tokens.time.time() + 3 * settings.MEDIA_TOKEN_SECONDS
    monkeypatch.setattr(tokens.time, "time", lambda: later)
    assert cast.page("anonymous").get(url).status_code == 404


def test_tokens_are_equal_within_their_window():
    assert tokens.create_page_token("a" * 11, "g", "p") == tokens.create_page_token("a" * 11, "g", "p")
    assert tokens.create_page_token("a" * 11, "g", "p") != tokens.create_page_token("b" * 11, "g", "p")


def test_nginx_is_handed_the_path(get, settings):
    settings.MEDIA_ACCEL_PREFIX = "/internal/"
    answer = get(HTTP_RANGE="bytes=0-1")
    assert answer["X-Accel-Redirect"].startswith("/internal/videos/")
    assert answer.content == b""


@pytest.mark.parametrize(
    ("name", "fields", "viewer_class", "policy"),
    [
        ("poster.jpg", {}, "p", "cross-origin"),
        ("card-2.webp", {"visibility": "unlisted"}, "p", "cross-origin"),
        ("download.mp4", {"allow_download": True}, "p", "cross-origin"),
        ("poster.jpg", {"allow_embed": False}, "p", "same-origin"),
        ("poster.jpg", {"embed_domains": ["example.org"]}, "p", "same-origin"),
        ("poster.jpg", {"visibility": "private"}, "o", "same-origin"),
        ("poster.jpg", {}, "o", "same-origin"),
        ("360p/init.mp4", {}, "p", "cross-origin"),
        ("master.m3u8", {"visibility": "unlisted"}, "p", "cross-origin"),
        ("master.m3u8", {"allow_embed": False}, "p", "same-origin"),
        ("360p/seg_00000.m4s", {"visibility": "private"}, "o", "same-origin"),
        ("storyboard-1.jpg", {}, "p", "cross-origin"),
        ("storyboard.vtt", {}, "p", "cross-origin"),
    ],
)
def test_other_origins_read_media_of_what_may_be_embedded(cast, name, fields, viewer_class, policy):
    video = cast.video(**fields)
    path = paths.generation_dir(video.pk, "gen1") / name
    path.parent.mkdir(parents=True)
    path.write_bytes(CONTENT)
    token = tokens.create_page_token(video.pk, "gen1", viewer_class)
    answer = cast.page("owner").get(f"/media/v/{token}/{video.pk}/gen1/{name}")
    assert (answer.status_code, answer["Cross-Origin-Resource-Policy"]) == (200, policy)
    origin = "*" if policy == "cross-origin" else None
    assert answer.headers.get("Access-Control-Allow-Origin") == origin
    assert "Access-Control-Allow-Credentials" not in answer

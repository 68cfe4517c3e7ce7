"""Access from other origins: public media, files and feeds for all, the API for named origins."""

from urllib.parse import urlsplit

import pytest

from streamsite import cors
from videos.files import paths, tokens
from videos.views import media

PAGE = "https://page.example"
CONTENT = b"0123456789"
TUS_HEADERS = (
    "tus-resumable, upload-length, upload-offset, upload-metadata, upload-checksum, upload-concat, "
    "upload-defer-length, x-request-id, x-requested-with, idempotency-key, if-match, if-none-match, "
    "if-modified-since, authorization, content-type, range, x-http-method-override"
)
READ_HEADERS = (
    "ETag, Link, Location, Retry-After, X-Request-Id, X-Video-Id, RateLimit-Limit, RateLimit-Remaining, "
    "RateLimit-Reset, Upload-Offset, Upload-Length, Upload-Expires, Upload-Metadata, Upload-Concat, "
    "Upload-Defer-Length, Tus-Resumable, Tus-Version, Tus-Extension, Tus-Max-Size, Tus-Checksum-Algorithm"
)


def words(answer, name):
    return {word.strip().lower() for word in answer.headers.get(name, "").split(",")}


def cors_headers(answer):
    return {name: value for name, value in answer.headers.items() if name.startswith("Access-Control-")}


@pytest.fixture(params=[[], [PAGE], ["https://other.example"]], ids=["no list", "listed", "not listed"])
def allowed(request, settings):
    """With and without an allow-list, the rule for public media is the same."""
    settings.CORS_ALLOWED_ORIGINS = request.param


@pytest.fixture
def media_url(cast):
    def make(name="360p/seg_00000.m4s", viewer_class="p", generation="gen1", **fields):
        video = cast.video(**fields)
        folder = paths.extras_dir(video.pk)
        if generation == "gen1":
            folder = paths.generation_dir(video.pk, generation)
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(CONTENT)
        token = tokens.create_page_token(video.pk, generation, viewer_class)
        return f"/media/v/{token}/{video.pk}/{generation}/{name}"

    return make


def preflight(client, url, method="GET", headers="range", origin=PAGE):
    return client.options(
        url,
        HTTP_ORIGIN=origin,
        HTTP_ACCESS_CONTROL_REQUEST_METHOD=method,
        HTTP_ACCESS_CONTROL_REQUEST_HEADERS=headers,
    )


def is_open(answer):
    """Return whether any page may read the response, by exactly one header, and its own headers too."""
    assert "Access-Control-Allow-Credentials" not in answer
    if "Access-Control-Allow-Origin" not in answer:
        assert cors_headers(answer) == {}
        return False
    assert answer["Access-Control-Allow-Origin"] == "*"
    assert words(answer, "Access-Control-Expose-Headers") >= {"content-range", "content-length", "etag"}
    assert answer["Cross-Origin-Resource-Policy"] == "cross-origin"
    return True


@pytest.mark.parametrize("origin", [PAGE, "null", None])
@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 200),
        ({"HTTP_RANGE": "bytes=0-3"}, 206),
        ({"HTTP_RANGE": "bytes=100-"}, 416),
        ({"HTTP_IF_NONE_MATCH": "*"}, 304),
    ],
)
def test_every_answer_with_public_media_is_open(cast, allowed, media_url, origin, headers, status):
    sent = headers | ({"HTTP_ORIGIN": origin} if origin else {})
    answer = cast.page("anonymous").get(media_url(), **sent)
    assert answer.status_code == status
    assert is_open(answer)


@pytest.mark.parametrize(
    "name", ["master.m3u8", "360p/index.m3u8", "storyboard.vtt", "poster.jpg", "download.mp4"]
)
def test_every_kind_of_file_is_open(cast, media_url, name):
    url = media_url(name, visibility="unlisted", allow_download=True)
    assert is_open(cast.page("anonymous").get(url, HTTP_ORIGIN=PAGE))
    assert is_open(cast.page("anonymous").head(url))


def test_captions_are_open(cast, media_url):
    url = media_url("captions/abc.vtt", generation="extras")
    assert is_open(cast.page("anonymous").get(url, HTTP_ORIGIN=PAGE))


def test_a_preflight_for_ranges_is_answered(cast, allowed, media_url):
    answer = preflight(cast.page("anonymous"), media_url(), headers="range, if-none-match, if-range")
    assert answer.status_code == 204
    assert is_open(answer)
    assert words(answer, "Access-Control-Allow-Headers") >= {"range", "if-none-match", "if-range"}
    assert words(answer, "Access-Control-Allow-Methods") >= {"get", "head"}
    assert int(answer["Access-Control-Max-Age"]) > 60


@pytest.mark.parametrize(
    ("viewer_class", "fields"),
    [
        ("o", {"visibility": "private"}),
        ("p", {"visibility": "private"}),
        ("p", {"is_taken_down": True}),
        ("p", {"allow_embed": False}),
        ("p", {"embed_domains": ["page.example"]}),
    ],
)
def test_other_media_are_never_open(cast, allowed, media_url, viewer_class, fields):
    url = media_url(viewer_class=viewer_class, **fields)
    nothing = url.replace("/gen1/", "/gen2/")
    for who in ("anonymous", "owner"):
        for call in (
            lambda client, url: client.get(url, HTTP_ORIGIN=PAGE),
            lambda client, url: client.get(url, HTTP_ORIGIN=PAGE, HTTP_RANGE="bytes=100-"),
            preflight,
        ):
            answer, absent = (call(cast.page(who), address) for address in (url, nothing))
            assert not is_open(answer)
            assert not is_open(absent)
            assert answer.headers.get("Cross-Origin-Resource-Policy") in (None, "same-origin")
            if who == "anonymous" and not fields.keys() & {"allow_embed", "embed_domains"}:
                # What is private looks like what does not exist, to preflights as well.
                assert answer.status_code == absent.status_code == 404
                assert answer.headers.keys() == absent.headers.keys()


def test_an_address_that_is_good_by_itself_is_for_programs_and_not_for_pages(cast, allowed, media_url):
    """A program of the owner's plays a private video by its address alone; a page elsewhere reads nothing of it."""
    video_id = media_url("poster.jpg", visibility="private").split("/")[4]
    master = cast.api("owner").get(f"/api/v1/videos/{video_id}").json()["hls_url"]
    url = urlsplit(master).path.replace("master.m3u8", "poster.jpg")
    anonymous = cast.page("anonymous")
    answer = anonymous.get(url, HTTP_ORIGIN=PAGE)
    assert (answer.status_code, is_open(answer)) == (200, False)
    assert answer["Cross-Origin-Resource-Policy"] == "same-origin"
    assert not is_open(preflight(anonymous, url))


def test_a_video_that_becomes_private_is_closed(cast, media_url):
    video_url = media_url()
    assert is_open(cast.page("anonymous").get(video_url, HTTP_ORIGIN=PAGE))
    video_id = video_url.split("/")[4]
    changed = cast.api("owner").patch(f"/api/v1/videos/{video_id}", {"visibility": "private"}, format="json")
    assert changed.status_code == 200
    media.forget_all()
    for answer in (
        cast.page("anonymous").get(video_url, HTTP_ORIGIN=PAGE),
        preflight(cast.page("anonymous"), video_url),
    ):
        assert (answer.status_code, is_open(answer)) == (404, False)


def test_lasting_addresses_and_what_other_programs_are_told_are_open(cast, allowed):
    video = cast.video(visibility="public", poster="", has_poster=True)
    anonymous = cast.page("anonymous")
    page = f"http://localhost:8000/watch/{video.pk}"
    for url in (
        f"/files/{video.pk}/video.m3u8",
        f"/files/{video.pk}/poster.jpg",
        f"/oembed?url={page}",
        "/feeds/channels/owner.rss",
    ):
        answer = anonymous.get(url, HTTP_ORIGIN=PAGE)
        assert (url, answer.status_code) == (url, 302 if "/files/" in url else 200)
        assert is_open(answer)
        assert preflight(anonymous, url).status_code == 204
    feed = anonymous.get("/feeds/channels/owner.rss")
    known = anonymous.get("/feeds/channels/owner.rss", HTTP_IF_NONE_MATCH=feed["ETag"])
    assert (known.status_code, is_open(known)) == (304, True)


def test_what_is_not_for_everybody_is_not_open_at_lasting_addresses(cast, allowed):
    private, kept = cast.video(visibility="private"), cast.video(allow_embed=False)
    anonymous = cast.page("anonymous")
    for url in (
        f"/files/{private.pk}/video.m3u8",
        f"/files/{kept.pk}/video.m3u8",
        f"/oembed?url=http://localhost:8000/watch/{private.pk}",
        "/feeds/channels/nobody-here.rss",
        "/feeds/private/" + "x" * 32 + ".rss",
    ):
        assert not is_open(anonymous.get(url, HTTP_ORIGIN=PAGE))
        assert not is_open(preflight(anonymous, url))


# --- the API ---


@pytest.fixture
def listed(settings):
    settings.CORS_ALLOWED_ORIGINS = [PAGE]


def test_a_listed_origin_may_send_and_read_what_the_contract_names(cast, listed):
    anonymous = cast.api("anonymous")
    answer = preflight(anonymous, "/api/v1/videos", "PATCH", TUS_HEADERS)
    assert answer["Access-Control-Allow-Origin"] == PAGE
    assert words(answer, "Access-Control-Allow-Headers") >= set(TUS_HEADERS.split(", "))
    assert words(answer, "Access-Control-Allow-Methods") >= {"get", "head", "post", "put", "patch", "delete"}
    assert int(answer["Access-Control-Max-Age"]) == cors.PREFLIGHT_SECONDS
    assert "Access-Control-Allow-Credentials" not in answer
    answer = anonymous.get("/api/v1/videos", HTTP_ORIGIN=PAGE)
    assert answer["Access-Control-Allow-Origin"] == PAGE
    assert words(answer, "Access-Control-Expose-Headers") >= set(READ_HEADERS.lower().split(", "))
    assert "origin" in words(answer, "Vary")


def test_every_header_of_an_upload_is_named(cast, listed):
    """The names are taken from real answers, so that a header that is added is not forgotten."""
    api = cast.api("owner")
    headers = {"HTTP_ORIGIN": PAGE, "HTTP_TUS_RESUMABLE": "1.0.0"}
    begun = api.generic("POST", "/api/v1/uploads", HTTP_UPLOAD_LENGTH="4", **headers)
    state = api.generic("HEAD", begun["Location"], **headers)
    told = api.options("/api/v1/uploads", **headers)
    for answer in (begun, state, told):
        named = words(answer, "Access-Control-Expose-Headers")
        own = {
            name.lower()
            for name in answer.headers
            if name.startswith(("Tus-", "Upload-", "X-V", "RateLimit"))
        }
        assert own
        assert own <= named


def test_a_preflight_of_uploads_is_the_protocols_own_answer_as_well(cast, listed):
    for url in ("/api/v1/uploads", "/api/v1/uploads/AAAAAAAAAAAAAAAA"):
        answer = preflight(cast.api("anonymous"), url, "PATCH", "authorization, tus-resumable, upload-offset")
        assert answer.status_code == 204
        assert answer["Access-Control-Allow-Origin"] == PAGE
        assert answer["Tus-Version"] == "1.0.0"
        assert "Tus-Extension" in answer
        assert words(answer, "Access-Control-Allow-Headers") >= {"tus-resumable", "upload-offset"}


def test_preflights_are_not_counted_as_reads(cast, listed):
    anonymous = cast.api("anonymous")
    for url in ("/api/v1/uploads", "/api/v1/videos"):
        assert "RateLimit-Remaining" not in preflight(anonymous, url)


@pytest.mark.parametrize("origin", ["https://evil.example", "null", "https://page.example.evil.example"])
def test_other_origins_may_read_nothing_of_the_api(cast, listed, origin):
    anonymous = cast.api("anonymous")
    for url in ("/api/v1/videos", "/api/v1/uploads"):
        assert cors_headers(preflight(anonymous, url, "POST", origin=origin)) == {}
        assert cors_headers(anonymous.get(url, HTTP_ORIGIN=origin)) == {}


def test_refusals_can_be_read_by_a_listed_origin(cast, listed, settings):
    api = cast.api("owner")
    headers = {"HTTP_ORIGIN": PAGE, "HTTP_TUS_RESUMABLE": "1.0.0"}
    settings.THROTTLE_SCALE = 1
    wrong = {"login": "owner", "password": "not the password"}
    throttled = [
        cast.api("anonymous").post("/api/v1/auth/token", wrong, format="json", HTTP_ORIGIN=PAGE)
        for _ in range(11)
    ][-1]
    for status, answer in (
        (401, cast.api("anonymous").get("/api/v1/me", HTTP_ORIGIN=PAGE)),
        (404, api.get("/api/v1/videos/AAAAAAAAAAA", HTTP_ORIGIN=PAGE)),
        (405, api.put("/api/v1/videos", HTTP_ORIGIN=PAGE)),
        (412, api.generic("POST", "/api/v1/uploads", HTTP_ORIGIN=PAGE)),
        (413, api.generic("POST", "/api/v1/uploads", HTTP_UPLOAD_LENGTH=str(5 * 10**12), **headers)),
        (429, throttled),
    ):
        assert answer.status_code == status
        assert answer["Access-Control-Allow-Origin"] == PAGE
        assert words(answer, "Access-Control-Expose-Headers") >= {"retry-after", "x-request-id"}

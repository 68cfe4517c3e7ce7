"""A page on another origin, in a browser: it signs in, uploads with tus-js-client, and plays with three players."""

from __future__ import annotations

import base64

import pytest

from tests.support import npm
from tests.support.http_client import PASSWORD, Caller
from tests.support.stack import ROOT

pytestmark = [pytest.mark.slow, pytest.mark.browser, pytest.mark.timeout(240)]
NAME = "elsewhere"
SERVED = {
    "/tus.js": "static/vendor/tus-js-client-*/tus.min.js",
    "/vendored.mjs": "static/vendor/hls.js-*/*.mjs",
    "/elsewhere.js": "tests/clients/elsewhere.js",
}


@pytest.fixture(scope="module")
def owner(site):
    return Caller(site).sign_up(NAME)


@pytest.fixture(scope="module")
def page(site, chromium, other_origin, owner):
    """The page, signed in."""
    other_origin.files |= {path: next(ROOT.glob(pattern)) for path, pattern in SERVED.items()}
    opened = chromium.new_page()
    opened.goto(other_origin.url)
    for script in ("/tus.js", "/elsewhere.js"):
        opened.add_script_tag(url=script)
    signed_in = opened.evaluate(
        "async ([site, ...who]) => (elsewhere.site = site, elsewhere.signIn(...who))",
        [site.url, NAME, PASSWORD],
    )
    assert signed_in["refresh"]
    return opened


def upload(page, clip, source, options):
    content = base64.b64encode(clip.read_bytes()).decode()
    program = (
        "([content, options]) => {"
        " const bytes = Uint8Array.from(atob(content), (letter) => letter.codePointAt(0));"
        f" return elsewhere.upload({source}, options); }}"
    )
    return page.evaluate(program, [content, options])


@pytest.fixture(scope="module")
def film(page, owner, clip):
    """A public video that was sent in three parts at once, and how."""
    metadata = {"filename": "film.mp4", "title": "From elsewhere", "visibility": "public"}
    sent = upload(page, clip, "new Blob([bytes])", {"parallelUploads": 3, "metadata": metadata})
    video = owner.wait(sent["id"], "ready")
    return video | {"requests": sent["requests"]}


def absolute(site, url):
    return url if url.startswith("http") else f"{site.url}{url}"


def test_it_uploads_in_parallel_parts(site, film, clip):
    assert film["title"] == "From elsewhere"
    assert film["requests"].count("POST 201") == 4
    source = site.data_dir / "media" / "sources" / film["id"] / "source"
    assert source.read_bytes() == clip.read_bytes()


def test_it_uploads_a_stream_of_unknown_length(site, page, owner, clip):
    piece = clip.stat().st_size // 3
    options = {"uploadLengthDeferred": True, "chunkSize": piece, "metadata": {"filename": "recording.mp4"}}
    sent = upload(page, clip, f"elsewhere.stream(bytes, {piece})", options)
    assert sent["requests"].count("PATCH 204") >= 3
    source = site.data_dir / "media" / "sources" / sent["id"] / "source"
    assert source.read_bytes() == clip.read_bytes()


def test_it_reads_what_the_api_says(page, film):
    answer = page.evaluate(
        "(id) => elsewhere.call(`/videos/${id}`, { headers: elsewhere.headers })", film["id"]
    )
    assert answer["content"]["viewer"]["can_edit"] is True
    assert answer["headers"]["etag"]
    assert answer["headers"]["ratelimit-limit"]
    given = {"X-Request-Id": "from-elsewhere", "X-Requested-With": "fetch"}
    refused = page.evaluate("(headers) => elsewhere.call('/me', { headers })", given)
    assert (refused["status"], refused["content"]["code"]) == (401, "not_authenticated")
    assert refused["headers"]["x-request-id"] == "from-elsewhere"


@pytest.mark.parametrize(
    ("player", "package"),
    [("vendored", None), ("hls", "hls.js"), ("shaka", "shaka-player"), ("videojs", "video.js")],
)
def test_it_plays(site, other_origin, page, film, player, package):
    if package:
        try:
            other_origin.files[f"/{player}.js"] = npm.file_of(package)
        except npm.NpmMissingError as error:
            pytest.skip(str(error))
        page.add_script_tag(url=f"/{player}.js")
    page.evaluate("document.body.replaceChildren()")
    asked = [player, absolute(site, film["hls_url"])]
    assert page.evaluate("(asked) => elsewhere.play(...asked)", asked) > 0.5


def test_it_reads_media_and_what_programs_are_told(site, page, owner, film):
    segment = absolute(site, film["hls_url"]).replace("master.m3u8", "180p/seg_00000.m4s")
    part = page.evaluate(
        "([url, headers]) => elsewhere.read(url, headers)", [segment, {"Range": "bytes=0-99"}]
    )
    assert (part["status"], part["size"]) == (206, 100)
    assert part["headers"]["content-range"].startswith("bytes 0-99/")
    urls = [
        absolute(site, film["thumbnail_url"]),
        f"{site.url}/files/{film['id']}/video.m3u8",
        f"{site.url}/files/{film['id']}/poster.jpg",
        f"{site.url}/oembed?url={site.url}/watch/{film['id']}",
        f"{site.url}/feeds/channels/{NAME}.rss",
    ]
    for url in urls:
        assert page.evaluate("(url) => elsewhere.read(url)", url)["status"] == 200, url
    assert owner.json("PATCH", f"/api/v1/videos/{film['id']}", {"visibility": "private"})[0] == 200
    refused = '(url) => elsewhere.read(url).then((answer) => answer.error === "TypeError")'
    for url in (segment, *urls[:4]):
        for _ in range(100):  # a change takes effect within five seconds
            if page.evaluate(refused, url):
                break
            page.wait_for_timeout(100)
        assert page.evaluate("(url) => elsewhere.read(url)", url) == {"error": "TypeError"}, url

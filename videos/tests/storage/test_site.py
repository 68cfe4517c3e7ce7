"""A running site that keeps its videos in a bucket: what viewers get, and what happens without the bucket."""

import http.client
import re
import subprocess
import time
from urllib.parse import parse_qs, urljoin, urlsplit

import pytest

from tests.support.http_client import Caller
from tests.support.s3 import NAME
from videos.files import bucket
from videos.transcoding.ffmpeg import ffmpeg_binary

pytestmark = [pytest.mark.slow, pytest.mark.timeout(120)]


def until(condition, seconds=40):
    """Return the result of ``condition`` once it is true."""
    deadline = time.monotonic() + seconds
    while True:
        found = condition()
        if found:
            return found
        assert time.monotonic() < deadline, "did not happen in time"
        time.sleep(0.2)


def fetch(url, **headers):
    """One answer from an absolute address, redirects not followed."""
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(parts.hostname, parts.port, timeout=30)
    connection.request("GET", f"{parts.path}?{parts.query}", headers=headers)
    answer = connection.getresponse()
    content = answer.read()
    connection.close()
    return answer.status, {name.lower(): value for name, value in answer.getheaders()}, content


def local_generations(site, video_id):
    root = site.data_dir / "media" / "videos" / video_id
    return {entry.name for entry in root.iterdir()} if root.is_dir() else set()


@pytest.fixture(scope="module")
def owner(stored_site):
    return Caller(stored_site).sign_up("bucket-owner")


@pytest.fixture(scope="module")
def anonymous(stored_site):
    return Caller(stored_site)


@pytest.fixture(scope="module")
def film(anonymous, owner, clip):
    """A public video that is served from the bucket."""
    video_id = owner.upload(clip, title="A stored film", visibility="public", allow_download="true")
    video = owner.wait(video_id, "ready")
    until(lambda: is_redirected(anonymous, video))
    return video


def segment_of(caller, video):
    status, _, content = caller.call("GET", video["hls_url"])
    assert status == 200
    rung = next(line for line in content.decode().splitlines() if line.endswith("index.m3u8"))
    return video["hls_url"].replace("master.m3u8", rung.replace("index.m3u8", "seg_00000.m4s"))


def is_redirected(caller, video):
    """Return whether all web processes know that it is in the bucket."""
    url = segment_of(caller, video)
    return all(caller.call("GET", url)[0] == 302 for _ in range(8))


def test_all_files_of_a_complete_video_are_in_the_bucket(s3, film):
    names = {key.partition("/")[2] for key in s3.object_names(f"{film['id']}.")}
    assert {"master.m3u8", "poster.webp", "download.mp4"} <= names
    assert any(name.endswith(".m4s") for name in names)
    assert len({key.partition("/")[0] for key in s3.object_names(f"{film['id']}.")}) == 1


def test_ffmpeg_plays_every_rendition_over_the_redirects(stored_site, anonymous, film):
    text = anonymous.call("GET", film["hls_url"])[2].decode()
    variants = [line for line in text.splitlines() if line.endswith("index.m3u8")]
    audio = re.findall(r'TYPE=AUDIO.*?URI="([^"]+)"', text)
    for name in ("master.m3u8", *variants, *audio):
        url = urljoin(urljoin(stored_site.url, film["hls_url"]), name)
        command = [str(ffmpeg_binary()), "-nostdin", "-v", "warning", "-xerror"]
        done = subprocess.run(
            [*command, "-i", url, "-map", "0", "-f", "null", "-"], capture_output=True, text=True, check=False
        )
        assert (done.returncode, done.stderr) == (0, ""), name


def test_a_segment_is_a_short_lived_redirect(s3, anonymous, film):
    status, headers, content = anonymous.call("GET", segment_of(anonymous, film))
    assert (status, content) == (302, b"")
    assert headers["cache-control"] == "no-store"
    target = urlsplit(headers["location"])
    assert f"{target.scheme}://{target.netloc}" == s3.url
    assert target.path.startswith(f"/{NAME}/videos/{film['id']}.")
    asked = parse_qs(target.query)
    assert asked["X-Amz-Expires"] == ["3"]
    assert asked["X-Amz-SignedHeaders"] == ["host"]
    whole = fetch(headers["location"])
    assert (whole[0], whole[1]["content-type"]) == (200, "video/iso.segment")
    part = fetch(headers["location"], Range="bytes=10-19")
    assert (part[0], part[2]) == (206, whole[2][10:20])
    assert part[1]["content-range"] == f"bytes 10-19/{len(whole[2])}"


def test_playlists_pictures_and_subtitles_come_from_the_site(anonymous, film):
    names = {"master.m3u8": "application/vnd.apple.mpegurl", "poster.webp": "image/webp"}
    names |= {"storyboard.vtt": "text/vtt; charset=utf-8"}
    for name, content_type in names.items():
        url = film["hls_url"].replace("master.m3u8", name)
        status, headers, content = anonymous.call("GET", url)
        assert (status, headers["content-type"]) == (200, content_type)
        assert headers["cache-control"] == "public, max-age=60"
        assert headers["x-content-type-options"] == "nosniff"
        assert anonymous.call("GET", url, None, {"If-None-Match": headers["etag"]})[0] == 304
        assert anonymous.call("GET", url, None, {"If-Modified-Since": headers["last-modified"]})[0] == 304
        status, _, part = anonymous.call("GET", url, None, {"Range": "bytes=2-5"})
        assert (status, part) == (206, content[2:6])
    assert b"127.0.0.1" not in anonymous.call("GET", film["hls_url"])[2]


def test_a_file_that_is_not_there_is_404(anonymous, film):
    for name in ("360p/seg_99999.m4s", "nothing.webp", "nothing.mp4"):
        assert anonymous.call("GET", film["hls_url"].replace("master.m3u8", name))[0] == 404


def test_the_file_for_download_has_its_name(anonymous, film):
    url = film["hls_url"].replace("master.m3u8", "download.mp4")
    status, headers, _ = anonymous.call("GET", url)
    assert status == 302
    assert parse_qs(urlsplit(headers["location"]).query)["response-content-disposition"] == [
        'attachment; filename="A stored film.mp4"'
    ]
    assert fetch(headers["location"])[2][4:8] == b"ftyp"


def test_pages_may_load_from_the_bucket_and_from_nowhere_else(s3, anonymous, film):
    policy = anonymous.call("GET", f"/watch/{film['id']}")[1]["content-security-policy"]
    assert f"connect-src 'self' {s3.url};" in policy
    assert f"media-src 'self' blob: {s3.url};" in policy
    assert f"script-src 'self' {s3.url}" not in policy


def plays(chromium, site, video):
    """Return whether the watch page continues to play, and the errors that it noted."""
    page = chromium.new_context(base_url=site.url).new_page()
    noted = []
    page.on("console", lambda message: noted.append(message.text))
    page.goto(f"/watch/{video['id']}")
    shown = page.locator("video").first
    page.locator("media-controller").wait_for()
    shown.evaluate("v => { v.muted = true; v.play().catch(() => {}); }")
    deadline = time.monotonic() + 15
    while time.monotonic() < deadline:
        if shown.evaluate("v => v.currentTime") > 0.5:
            return True, noted
        if any("CORS" in text for text in noted):
            break
        page.wait_for_timeout(100)
    return False, noted


@pytest.mark.browser
def test_a_browser_plays_it_once_the_bucket_allows_the_sites_pages(stored_site, s3, chromium, film):
    played, noted = plays(chromium, stored_site, film)
    assert not played
    assert any("CORS" in text for text in noted)
    rules = {"CORSRules": [bucket.cors_rule()]}
    s3.client.put_bucket_cors(Bucket=NAME, CORSConfiguration=rules)
    played, noted = plays(chromium, stored_site, film)
    assert played, noted
    assert not any("Content Security" in text for text in noted)


def test_a_player_on_another_origin_may_follow_to_the_bucket(stored_site, s3, anonymous, film):
    """A page elsewhere, redirected from the site to the bucket, sends ``Origin: null``, as browsers do."""
    rules = {"CORSRules": [bucket.cors_rule()]}
    s3.client.put_bucket_cors(Bucket=NAME, CORSConfiguration=rules)
    status, headers, _ = anonymous.call("GET", segment_of(anonymous, film))
    assert (status, headers["access-control-allow-origin"]) == (302, "*")
    for origin in ("null", stored_site.url):
        _, told, _ = fetch(headers["location"], Origin=origin)
        assert told["access-control-allow-origin"] in ("*", origin)


def test_making_it_private_is_felt_within_five_seconds(stored_site, owner, anonymous, film):
    segment, poster = segment_of(anonymous, film), film["hls_url"].replace("master.m3u8", "poster.webp")
    _, headers, _ = anonymous.call("GET", segment)
    lifetime = int(parse_qs(urlsplit(headers["location"]).query)["X-Amz-Expires"][0])
    assert owner.json("PATCH", f"/api/v1/videos/{film['id']}", {"visibility": "private"})[0] == 200
    begun = time.monotonic()
    for url in (segment, poster, film["hls_url"]):
        # Each of the two web processes has a memory of its own.
        until(lambda url=url: all(anonymous.call("GET", url)[0] == 404 for _ in range(8)), seconds=5)
    assert time.monotonic() - begun + lifetime <= 5.5
    stranger = Caller(stored_site).sign_up("bucket-stranger")
    own = owner.json("GET", f"/api/v1/videos/{film['id']}")[1]
    # Good by itself, for whoever is given it; what the page shows needs the owner.
    assert [caller.call("GET", segment_of(owner, own))[0] for caller in (anonymous, owner)] == [302, 302]
    reader = Caller(stored_site).sign_in_to_pages("bucket-owner")
    page = reader.call("GET", f"/watch/{film['id']}")[2].decode()
    on_page = {"hls_url": page.partition('data-hls-url="')[2].partition('"')[0]}
    for caller, expected in ((anonymous, 404), (stranger, 404), (owner, 302)):
        assert caller.call("GET", segment_of(owner, on_page))[0] == expected
    assert owner.json("PATCH", f"/api/v1/videos/{film['id']}", {"visibility": "public"})[0] == 200
    # One web process may have answered all of a few requests.
    until(lambda: all(anonymous.call("GET", film["hls_url"])[0] == 200 for _ in range(24)))
    url = segment_of(anonymous, film)
    until(lambda: all(anonymous.call("GET", url)[0] == 302 for _ in range(8)))


def test_the_copy_on_the_disk_goes_once_nothing_refers_to_it(stored_site, film):
    until(lambda: not local_generations(stored_site, film["id"]))


def test_a_deleted_videos_objects_are_deleted(s3, owner, clip):
    video_id = owner.upload(clip, visibility="private")
    owner.wait(video_id, "ready")
    until(lambda: s3.object_names(f"{video_id}."))
    assert owner.call("DELETE", f"/api/v1/videos/{video_id}")[0] == 204
    until(lambda: not s3.object_names(f"{video_id}."))


def test_without_the_bucket_it_is_503_and_a_new_video_waits_on_the_disk(
    stored_site, s3, owner, anonymous, film, clip
):
    segment = segment_of(anonymous, film)
    unknown = film["hls_url"].replace("master.m3u8", "poster-card.webp")
    s3.stop()
    status, headers, content = anonymous.call("GET", unknown.replace("card", "other"))
    assert (status, headers["retry-after"]) == (503, "5")
    assert b"127.0.0.1" not in content
    assert b"boto" not in content
    assert anonymous.call("GET", segment)[0] in (302, 503)  # it was there a moment ago
    for path in (f"/watch/{film['id']}", "/readyz"):
        assert anonymous.call("GET", path)[0] == 200
    video_id = owner.upload(clip, title="Made meanwhile", visibility="public")
    made = owner.wait(video_id, "ready")
    assert anonymous.call("GET", segment_of(anonymous, made))[0] == 200
    until(lambda: "place_media failed (try 1 of 5)" in stored_site.output())
    s3.start()
    until(lambda: is_redirected(anonymous, made))
    assert s3.object_names(f"{video_id}.")


def test_nothing_secret_is_in_the_log(stored_site, s3):
    said = stored_site.output()
    for secret in (*s3.environment.values(), "X-Amz-Signature", "X-Amz-Credential"):
        if secret not in ("s3", NAME):
            assert secret not in said

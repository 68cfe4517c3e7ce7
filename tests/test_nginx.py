"""nginx in front of a running site, as ``script/server`` puts it there: bytes, headers, and what it lets through."""

from __future__ import annotations

import hashlib
import http.client
import json
import os
import signal
import socket
import time
from contextlib import suppress
from pathlib import Path
from urllib.parse import urlsplit

import brotli
import pytest

from tests.serving_worlds import require_nginx
from tests.support.clips import make_clip
from tests.support.http_client import PASSWORD, Caller

pytestmark = [pytest.mark.slow, pytest.mark.timeout(240)]


@pytest.fixture(scope="module")
def front(site):
    require_nginx()
    assert site.children("nginx: master")
    return site


@pytest.fixture(scope="module")
def film(front, tmp_path_factory):
    """A public video, the address of one of its segments, and the file behind it."""
    clip = make_clip(tmp_path_factory.mktemp("clip") / "clip.mp4", 6, (640, 360), 25)
    owner = Caller(front).sign_up("nginx-owner")
    video = owner.wait(owner.upload(clip, visibility="public"), "ready")
    master = urlsplit(video["hls_url"]).path
    segment = master.replace("master.m3u8", "360p/seg_00000.m4s")
    file = front.data_dir / "media" / "videos" / Path(*segment.split("/")[4:])
    return {"id": video["id"], "owner": owner, "segment": segment, "master": master, "file": file}


def get(front, url, method="GET", **headers):
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Caller(front).call(method, url, None, named)


def test_media_come_from_nginx_with_their_headers(front, film):
    status, headers, content = get(front, film["segment"])
    assert (status, content) == (200, film["file"].read_bytes())
    assert headers["content-type"] == "video/iso.segment"
    assert headers["cache-control"] == "public, max-age=60"
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["content-security-policy"] == "default-src 'none'; sandbox"
    assert headers["server"] == "nginx"
    assert headers["cross-origin-resource-policy"] == "cross-origin"
    assert "x-accel-redirect" not in headers
    status, headers, _ = get(front, film["master"].replace("master.m3u8", "poster.jpg"))
    assert (status, headers["content-type"], headers["server"]) == (200, "image/jpeg", "nginx")
    assert headers["cross-origin-resource-policy"] == "cross-origin"


@pytest.mark.parametrize(
    ("asked", "first", "last"),
    [("0-0", 0, 1), ("5-99", 5, 100), ("100-", 100, None), ("-7", -7, None), ("0-999999999", 0, None)],
)
def test_ranges_are_slices_of_the_file(front, film, asked, first, last):
    whole = film["file"].read_bytes()
    status, headers, content = get(front, film["segment"], Range=f"bytes={asked}")
    assert (status, content) == (206, whole[first:last])
    assert headers["content-range"].endswith(f"/{len(whole)}")
    again, _, part = get(front, film["segment"], Range=f"bytes={asked}", If_Range='"other"')
    assert (again, part) == (200, whole)
    kept, _, part = get(front, film["segment"], Range=f"bytes={asked}", If_Range=headers["etag"])
    assert (kept, part) == (206, whole[first:last])


def test_ranges_beyond_and_many_of_them(front, film):
    whole = film["file"].read_bytes()
    assert get(front, film["segment"], Range=f"bytes={len(whole)}-")[0] == 416
    many = ",".join(f"{start}-{start + 1}" for start in range(0, 2000, 2))
    status, _, content = get(front, film["segment"], Range=f"bytes={many}")
    assert (status, len(content)) == (200, len(whole))


def test_head_and_conditions(front, film):
    status, headers, content = get(front, film["segment"], "HEAD")
    assert (status, content) == (200, b"")
    assert int(headers["content-length"]) == film["file"].stat().st_size
    assert get(front, film["segment"], If_None_Match=headers["etag"])[0] == 304


def single(headers_of, name):
    """All values of a header: a second one would make browsers refuse the answer."""
    return [value for key, value in headers_of if key.lower() == name]


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        ({}, 200),
        ({"Range": "bytes=0-3"}, 206),
        ({"Range": "bytes=999999999-"}, 416),
        ({"If-None-Match": "*"}, 304),
    ],
)
def test_pages_of_other_origins_may_read_public_media(front, film, sent, status):
    line = http.client.HTTPConnection("localhost", front.port, timeout=20)
    line.request("GET", film["segment"], headers=sent | {"Origin": "https://page.example"})
    answer = line.getresponse()
    line.close()
    assert answer.status == status
    assert single(answer.getheaders(), "access-control-allow-origin") == ["*"]
    assert len(single(answer.getheaders(), "access-control-expose-headers")) == 1
    assert single(answer.getheaders(), "cross-origin-resource-policy") == ["cross-origin"]


def test_a_preflight_for_media_passes_through(front, film):
    asked = {"Access-Control-Request-Method": "GET", "Access-Control-Request-Headers": "range"}
    status, headers, _ = get(front, film["segment"], "OPTIONS", Origin="null", **asked)
    assert (status, headers["access-control-allow-origin"]) == (204, "*")
    assert "range" in headers["access-control-allow-headers"].lower()


def test_the_internal_location_is_closed(front, film):
    inner = f"/internal/videos/{film['segment'].split('/', 4)[4]}"
    for path in (
        inner,
        "/internal/",
        f"//internal{inner[9:]}",
        inner.replace("/", "%2f"),
        "/internal/../internal" + inner[9:],
    ):
        assert get(front, path)[0] in {400, 404}, path


def test_private_media_stay_private(front, film):
    film["owner"].json("PATCH", f"/api/v1/videos/{film['id']}", {"visibility": "private"})
    owner = Caller(front).sign_in("nginx-owner")
    _, video = owner.json("GET", f"/api/v1/videos/{film['id']}")
    segment = video["hls_url"].replace("master.m3u8", "360p/seg_00000.m4s")
    answers = []
    for url in (video["hls_url"], segment):
        status, headers, _ = get(front, url)
        assert (status, headers["cache-control"]) == (200, "private, no-store")
        assert headers["cross-origin-resource-policy"] == "same-origin"
        answers.append(headers)
    assert owner.json("POST", "/api/v1/auth/logout", X_Requested_With="test")[0] == 204
    deadline = time.monotonic() + 5
    while (refused := get(front, segment))[0] != 404:
        assert time.monotonic() < deadline
        time.sleep(0.2)
    for headers in (*answers, refused[1]):
        assert not [name for name in headers if name.startswith("access-control")]
    film["owner"].json("PATCH", f"/api/v1/videos/{film['id']}", {"visibility": "public"})


def test_resumable_uploads_pass_through(front, film):
    content = hashlib.shake_128(b"x").digest(3_000_000)
    tus, owner = {"Tus-Resumable": "1.0.0"}, film["owner"]
    status, headers, _ = owner.call(
        "POST", "/api/v1/uploads", None, tus | {"Upload-Length": str(len(content))}
    )
    assert status == 201
    path = headers["location"]
    sent = tus | {"Upload-Offset": "0", "Content-Type": "application/offset+octet-stream"}
    assert owner.call("PATCH", path, content[:1_000_000], sent)[1]["upload-offset"] == "1000000"
    # A line that breaks in the middle of a piece: what had arrived is kept, because nothing is buffered on the way.
    line = http.client.HTTPConnection("localhost", front.port, timeout=20)
    line.putrequest("PATCH", path)
    for name, value in (
        sent | {"Upload-Offset": "1000000", "Authorization": f"Bearer {owner.token}"}
    ).items():
        line.putheader(name, value)
    line.putheader("Content-Length", "2000000")
    line.endheaders()
    line.send(content[1_000_000:2_200_000])
    line.close()
    offset = 1_000_000
    for _ in range(100):
        status, headers, _ = owner.call("HEAD", path, None, tus)
        offset = int(headers["upload-offset"])
        if offset > 1_500_000:
            break
    assert 1_500_000 < offset <= 2_200_000
    rest = sent | {"Upload-Offset": str(offset)}
    for _ in range(20):
        status, headers, _ = owner.call("PATCH", path, content[offset:], rest)
        if status == 204:
            break
        offset = int(owner.call("HEAD", path, None, tus)[1]["upload-offset"])
        rest = sent | {"Upload-Offset": str(offset)}
    assert (status, headers["upload-offset"]) == (204, str(len(content)))


def test_large_bodies_elsewhere_stop_at_nginx(front):
    status, _, _ = get_post(front, "/api/v1/auth/token", b"x" * 26_000_000)
    assert status == 413


def get_post(front, url, content):
    return Caller(front).call("POST", url, content, {"Content-Type": "application/json"})


@pytest.mark.parametrize(
    ("request_line", "status", "code"),
    [
        ("GET /api/v1/%zz HTTP/1.1", 400, "parse_error"),
        (f"GET /api/v1/videos?q={'x' * 40_000} HTTP/1.1", 414, "too_large"),
        (f"GET /api/v1/videos HTTP/1.1\r\nX-Large: {'x' * 40_000}", 431, "too_large"),
        ("POST /api/v1/auth/token HTTP/1.1\r\nContent-Length: 30000000", 413, "too_large"),
        ("TRACE /api/v1/videos HTTP/1.1", 405, "method_not_allowed"),
        ("GET /watch/%zz HTTP/1.1", 400, ""),
        ("POST /login HTTP/1.1\r\nContent-Length: 30000000", 413, ""),
    ],
    ids=["path", "first line", "headers", "body", "method", "path of a page", "body for a page"],
)
def test_what_nginx_refuses_has_the_form_of_the_sites_errors(front, request_line, status, code):
    origin = front.environment["CORS_ALLOWED_ORIGINS"]
    answer, content = raw(front, f"{request_line}\r\nOrigin: {origin}")
    assert answer.status == status
    assert answer.headers["Cache-Control"] == "no-store"
    if not code:
        assert answer.headers["Content-Type"] == "text/html; charset=utf-8"
        assert f"<h1>{status}</h1>" in content
        assert "Access-Control-Allow-Origin" not in answer.headers
        return
    assert answer.headers["Content-Type"] == "application/json"
    body = json.loads(content)
    assert (body["code"], body["request_id"]) == (code, answer.headers["X-Request-Id"])
    # Of what is refused for its first line or its headers nginx knows no origin.
    expected = origin if status in {405, 413} else None
    assert answer.headers["Access-Control-Allow-Origin"] == expected
    answer, _ = raw(front, f"{request_line}\r\nOrigin: https://evil.example")
    assert "Access-Control-Allow-Origin" not in answer.headers


def raw(front, request_head):
    """Return the answer to a request whose head is written out, and its content."""
    with socket.create_connection(("127.0.0.1", front.port), timeout=10) as line:
        line.sendall(f"{request_head}\r\nHost: localhost:{front.port}\r\nConnection: close\r\n\r\n".encode())
        answer = http.client.HTTPResponse(line)
        answer.begin()
        return answer, answer.read().decode()


def test_a_refusal_of_the_site_arrives_although_the_body_was_not_taken(front):
    """Without credentials a hundred megabytes are refused at once, and nothing of them is written anywhere."""
    line = http.client.HTTPConnection("localhost", front.port, timeout=20)
    line.putrequest("POST", "/api/v1/videos")
    line.putheader("Content-Type", "multipart/form-data; boundary=x")
    line.putheader("Content-Length", "100000000")
    line.endheaders()
    with suppress(BrokenPipeError, ConnectionResetError):
        for _ in range(100):
            line.send(b"x" * 1_000_000)
    answer = line.getresponse()
    assert (answer.status, json.loads(answer.read())["code"]) == (401, "not_authenticated")
    line.close()
    temporary = front.data_dir / "run" / "nginx" / str(front.port)
    assert [path for name in ("client_body", "proxy") for path in (temporary / name).rglob("*")] == []


def test_a_client_that_asks_before_it_sends_is_answered(front):
    line = http.client.HTTPConnection("localhost", front.port, timeout=20)
    line.request(
        "POST", "/api/v1/auth/token", b"{}", {"Content-Type": "application/json", "Expect": "100-continue"}
    )
    assert line.getresponse().status == 400
    line.close()


def test_a_killed_nginx_is_started_again(front):
    (nginx,) = front.children("nginx: master")
    os.kill(nginx, signal.SIGKILL)
    deadline = time.monotonic() + 20
    while front.children("nginx: master") in ([nginx], []):
        assert time.monotonic() < deadline
        time.sleep(0.1)
    front.wait_until_answering()


def test_the_callers_address_cannot_be_forged(front):
    """A session knows where it was opened from, whatever ``X-Forwarded-For`` says."""
    caller = Caller(front).sign_up("nginx-forger")
    body = {"login": "nginx-forger", "password": PASSWORD}
    status, _, content = caller.call("POST", "/api/v1/auth/token", body, {"X-Forwarded-For": "203.0.113.9"})
    assert status == 200
    caller.token = json.loads(content)["access"]
    _, listed = caller.json("GET", "/api/v1/auth/sessions")
    assert {session["ip_prefix"] for session in listed["results"]} == {"127.0.0.0/24"}


def test_scripts_come_compressed_with_brotli_through_nginx(front, film):
    _, _, page = get(front, f"/watch/{film['id']}")
    script = page.decode().partition('/js/player.js"')[0].rpartition('"')[2] + "/js/player.js"
    _, headers, packed = get(front, script, Accept_Encoding="gzip, deflate, br")
    assert headers["content-encoding"] == "br"
    assert headers["content-type"] == "text/javascript; charset=utf-8"
    assert headers["cache-control"] == "max-age=315360000, public, immutable"
    assert headers["vary"] == "Accept-Encoding"
    assert headers["x-content-type-options"] == "nosniff"
    assert "script-src 'self'" in headers["content-security-policy"]
    assert "x-request-id" not in headers  # the site was not asked
    assert get(front, script, Accept_Encoding="br;q=0")[1].get("content-encoding") is None
    assert get(front, script.replace("player.js", "absent.js"))[0] == 404
    _, _, plain = get(front, script)
    assert brotli.decompress(packed) == plain

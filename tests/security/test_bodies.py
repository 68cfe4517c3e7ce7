"""Bodies of callers who are not signed in, sent as bytes to the running site: nothing of them reaches the disk."""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import socket
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlsplit

import pytest

from tests.support.bodies import BOUNDARY, COOKIE, FILE_PART, TOKEN_PART, DiskMonitor, post_form
from tests.support.http_client import Caller
from tests.support.stack import Stack

pytestmark = [pytest.mark.slow, pytest.mark.timeout(120)]
FIFTY_MEGABYTES = 50_000_000
MEBIBYTE = 1024 * 1024
TUS_TYPE = "application/offset+octet-stream"
PATHS = [
    "/login",
    "/upload",
    "/register",
    "/settings/profile",
    "/studio/videos/AAAAAAAAAAA",
    "/@nobody/posts",
    "/api/v1/videos",
    "/api/v1/uploads",
    "/api/v1/me/avatar",
    "/api/v1/auth/token",
    "/api/v1/auth/register",
    "/admin/login/",
    "/admin/accounts/user/add/",
    "/no/such/page",
    "/",
]


def test_an_anonymous_body_leaves_nothing_on_disk_and_is_refused_early(site: Stack) -> None:
    """Each client would need twelve seconds to send everything."""

    def attack(path: str):
        return post_form(site, path, FIFTY_MEGABYTES, f"Cookie: {COOKIE}", pause=0.06)

    with DiskMonitor(site).running() as watch, ThreadPoolExecutor(len(PATHS)) as pool:
        answers = dict(zip(PATHS, pool.map(attack, PATHS), strict=True))
    assert watch.peak == 0
    for path, answer in answers.items():
        assert answer.status in {401, 403, 404, 405, 413}, (path, answer)
        assert answer.sent < FIFTY_MEGABYTES, path


def test_a_forged_session_is_nobody(site: Stack) -> None:
    with DiskMonitor(site).running() as watch:
        page = post_form(site, "/upload", FIFTY_MEGABYTES, f"Cookie: {COOKIE}; session={'b' * 32}")
        api = post_form(site, "/api/v1/videos", FIFTY_MEGABYTES, "Authorization: Token sst_" + "c" * 43)
    assert watch.peak == 0
    assert (page.status, api.status) == (401, 401)


def test_a_small_anonymous_form_is_parsed_in_memory(site: Stack) -> None:
    body = TOKEN_PART + FILE_PART + "x" * 1_000_000 + f"\r\n--{BOUNDARY}--\r\n"
    with DiskMonitor(site).running() as watch:
        answer = post_form(site, "/login", len(body), f"Cookie: {COOKIE}", start=body)
    assert watch.peak == 0
    assert answer.status == 400  # the form lacks its fields


def test_bodies_of_unknown_length_are_refused_on_pages_and_in_json(site: Stack) -> None:
    for path in ("/login", "/api/v1/auth/token", "/upload", "/api/v1/videos"):
        head = (
            f"POST {path} HTTP/1.1\r\nHost: localhost:{site.port}\r\nCookie: {COOKIE}\r\n"
            f"Content-Type: multipart/form-data; boundary={BOUNDARY}\r\nTransfer-Encoding: chunked\r\n\r\n"
        )
        with socket.create_connection(("127.0.0.1", site.port), timeout=20) as connection:
            connection.sendall(head.encode() + b"5\r\nhello\r\n")
            answer = connection.recv(65_536)
        assert answer.startswith(b"HTTP/1.1 411"), (path, answer[:80])


def test_a_one_click_request_is_answered_although_its_chunks_never_end(site: Stack) -> None:
    head = (
        f"POST /unsubscribe?token=x HTTP/1.1\r\nHost: localhost:{site.port}\r\n"
        "Content-Type: application/x-www-form-urlencoded\r\nTransfer-Encoding: chunked\r\n\r\n"
    )
    with socket.create_connection(("127.0.0.1", site.port), timeout=20) as connection:
        connection.sendall(head.encode() + b"5\r\nhello\r\n")
        assert connection.recv(65_536).startswith(b"HTTP/1.1 400")  # the token is made up


def test_a_connection_is_closed_after_a_refusal_although_the_client_goes_silent(site: Stack) -> None:
    head = (
        f"POST /login HTTP/1.1\r\nHost: localhost:{site.port}\r\nContent-Length: {FIFTY_MEGABYTES}\r\n"
        "Content-Type: application/x-www-form-urlencoded\r\n\r\n"
    )
    silent = [socket.create_connection(("127.0.0.1", site.port), timeout=20) for _ in range(40)]
    try:
        for connection in silent:
            connection.sendall(head.encode())
            assert connection.recv(65_536).startswith(b"HTTP/1.1 413")
        started = time.monotonic()
        assert Caller(site).call("GET", "/healthz")[0] == 200
        assert time.monotonic() - started < 10
    finally:
        for connection in silent:
            connection.close()


def test_a_refusal_is_whole_at_once(site: Stack) -> None:
    length = 5_000_000  # less than nginx itself refuses, more than a page takes
    for sent in (0, length):
        connection = http.client.HTTPConnection("127.0.0.1", site.port, timeout=10)
        try:
            connection.putrequest("POST", "/login")
            connection.putheader("Content-Type", "application/x-www-form-urlencoded")
            connection.putheader("Content-Length", str(length))
            connection.endheaders()
            threading.Thread(target=_send_quietly, args=(connection.sock, sent), daemon=True).start()
            started = time.monotonic()
            response = connection.getresponse()
            assert response.status == 413
            assert b"</html>" in response.read()
            assert time.monotonic() - started < 5
        finally:
            connection.close()


def _send_quietly(connection: socket.socket, count: int) -> None:
    with contextlib.suppress(OSError):
        connection.sendall(b"x" * count)


def test_a_page_session_without_its_token_writes_nothing(site: Stack) -> None:
    browser = Caller(site).sign_up("bodies-tokenless").sign_in_to_pages("bodies-tokenless")
    cookies = "; ".join(f"{name}={value}" for name, value in browser.cookies.items() if name != "csrftoken")
    with DiskMonitor(site).running() as watch:
        for path in ("/upload", "/settings/profile", "/api/v1/videos"):
            answer = post_form(site, path, 8_000_000, f"Cookie: {cookies}; {COOKIE}", start=FILE_PART)
            assert answer.status == 403, path
    assert watch.peak == 0


def test_the_form_without_scripts_uploads(site: Stack, clip) -> None:
    browser = Caller(site).sign_up("bodies-plain").sign_in_to_pages("bodies-plain")
    token = browser.cookies["csrftoken"]
    field = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{{}}"\r\n\r\n{{}}\r\n'
    start = field.format("csrfmiddlewaretoken", token) + field.format("visibility", "private") + FILE_PART
    body = start.encode() + clip.read_bytes() + f"\r\n--{BOUNDARY}--\r\n".encode()
    browser.token = ""
    status, headers, content = browser.call(
        "POST", "/upload", body, {"Content-Type": f"multipart/form-data; boundary={BOUNDARY}"}
    )
    assert status == 302, content[:300]
    assert urlsplit(headers["location"]).path.startswith("/studio/videos/")


def exchange(
    port: int, token: str, path: str, chunks: list[bytes], *, offset: int
) -> tuple[int, dict[str, str]]:
    """Send chunks to a resumable upload; status and headers of the answer."""
    head = (
        f"PATCH {path} HTTP/1.1\r\nHost: localhost:{port}\r\nAuthorization: Bearer {token}\r\n"
        f"Tus-Resumable: 1.0.0\r\nUpload-Offset: {offset}\r\nContent-Type: {TUS_TYPE}\r\n"
        "Transfer-Encoding: chunked\r\n\r\n"
    )
    with socket.create_connection(("127.0.0.1", port), timeout=30) as line:
        line.sendall(head.encode())
        for chunk in chunks:
            line.sendall(b"%x\r\n%s\r\n" % (len(chunk), chunk))
        line.sendall(b"0\r\n\r\n")
        answer = b""
        while b"\r\n\r\n" not in answer:
            piece = line.recv(65_536)
            assert piece, answer
            answer += piece
    status = int(answer.split()[1])
    headers = dict(
        row.split(": ", 1) for row in answer.decode("latin-1").split("\r\n\r\n")[0].split("\r\n")[1:]
    )
    return status, {name.lower(): value for name, value in headers.items()}


def test_chunks_of_resumable_uploads_pass(site: Stack) -> None:
    """The front of a running site: real chunks, a refusal, and the rest of the upload."""
    owner = Caller(site).sign_up("chunks-owner")
    content = os.urandom(3 * MEBIBYTE)
    status, headers, answer = owner.call(
        "POST", "/api/v1/uploads", b"", {"Tus-Resumable": "1.0.0", "Upload-Length": str(len(content))}
    )
    assert status == 201, answer
    path = urlsplit(headers["location"]).path
    pieces = [content[start : start + 50_000] for start in range(0, MEBIBYTE, 50_000)]
    status, answered = exchange(site.port, owner.token, path, pieces, offset=0)
    arrived = int(answered["upload-offset"])
    assert (status, arrived) == (204, sum(map(len, pieces)))
    assert answered.get("connection", "keep-alive") != "close"
    too_many = [content[arrived:], b"one more"]
    status, _ = exchange(site.port, owner.token, path, too_many, offset=arrived)
    assert status == 413
    _, state, _ = owner.call("HEAD", path, None, {"Tus-Resumable": "1.0.0"})
    reached = int(state["upload-offset"])
    assert arrived <= reached < len(content)
    status, answered = exchange(site.port, owner.token, path, [content[reached:]], offset=reached)
    assert (status, int(answered["upload-offset"])) == (204, len(content))
    video = json.loads(owner.call("GET", f"/api/v1/videos/{headers['x-video-id']}")[2])
    assert video["status"] != "uploading"

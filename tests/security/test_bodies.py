"""Bodies of callers who are not signed in, sent as bytes to the running site: nothing of them reaches the disk."""

from __future__ import annotations

import contextlib
import http.client
import socket
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlsplit

import pytest

from streamsite.testing.bodies import BOUNDARY, COOKIE, FILE, TOKEN, DiskWatch, post_form
from streamsite.testing.caller import Caller
from streamsite.testing.stack import Stack

pytestmark = [pytest.mark.slow, pytest.mark.timeout(120)]
FIFTY_MEGABYTES = 50_000_000
PATHS = [
    "/login",
    "/upload",
    "/register",
    "/settings/profile",
    "/studio/videos/AAAAAAAAAAA/picture",
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

    with DiskWatch(site).running() as watch, ThreadPoolExecutor(len(PATHS)) as pool:
        answers = dict(zip(PATHS, pool.map(attack, PATHS), strict=True))
    assert watch.most == 0
    for path, answer in answers.items():
        assert answer.status in {401, 403, 404, 405, 413}, (path, answer)
        assert answer.sent < FIFTY_MEGABYTES, path


def test_a_forged_session_is_nobody(site: Stack) -> None:
    with DiskWatch(site).running() as watch:
        page = post_form(site, "/upload", FIFTY_MEGABYTES, f"Cookie: {COOKIE}; session={'b' * 32}")
        api = post_form(site, "/api/v1/videos", FIFTY_MEGABYTES, "Authorization: Token sst_" + "c" * 43)
    assert watch.most == 0
    assert (page.status, api.status) == (401, 401)


def test_a_small_anonymous_form_is_parsed_in_memory(site: Stack) -> None:
    body = TOKEN + FILE + "x" * 1_000_000 + f"\r\n--{BOUNDARY}--\r\n"
    with DiskWatch(site).running() as watch:
        answer = post_form(site, "/login", len(body), f"Cookie: {COOKIE}", start=body)
    assert watch.most == 0
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
    browser = Caller(site).enter("bodies-tokenless").open_pages("bodies-tokenless")
    cookies = "; ".join(f"{name}={value}" for name, value in browser.cookies.items() if name != "csrftoken")
    with DiskWatch(site).running() as watch:
        for path in ("/upload", "/settings/profile", "/api/v1/videos"):
            answer = post_form(site, path, 8_000_000, f"Cookie: {cookies}; {COOKIE}", start=FILE)
            assert answer.status == 403, path
    assert watch.most == 0


def test_the_form_without_scripts_uploads(site: Stack, clip) -> None:
    browser = Caller(site).enter("bodies-plain").open_pages("bodies-plain")
    token = browser.cookies["csrftoken"]
    field = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{{}}"\r\n\r\n{{}}\r\n'
    start = field.format("csrfmiddlewaretoken", token) + field.format("visibility", "private") + FILE
    body = start.encode() + clip.read_bytes() + f"\r\n--{BOUNDARY}--\r\n".encode()
    browser.token = ""
    status, headers, content = browser.call(
        "POST", "/upload", body, {"Content-Type": f"multipart/form-data; boundary={BOUNDARY}"}
    )
    assert status == 302, content[:300]
    assert urlsplit(headers["location"]).path.startswith("/studio/videos/")

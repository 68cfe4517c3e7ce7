"""Raw bytes sent to the running stack: headers, bodies and request lines that no client sends."""

from __future__ import annotations

import gzip
import json
import socket
import time
from contextlib import suppress

import pytest

from tests.support.http_client import Caller
from tests.support.stack import Stack

pytestmark = [pytest.mark.slow, pytest.mark.timeout(120)]
ENDPOINT = "/api/v1/auth/token"


@pytest.fixture(scope="module")
def member(site: Stack) -> Caller:
    """Somebody with a bearer token."""
    return Caller(site).sign_up("bytes-member")


def raw(site: Stack, data: bytes) -> bytes:
    """Everything that the server answers to ``data`` until it closes or falls silent."""
    with socket.create_connection(("127.0.0.1", site.port), timeout=5) as connection:
        with suppress(BrokenPipeError, ConnectionResetError):  # refused before all of it was read
            connection.sendall(data)
        answer = b""
        try:
            while piece := connection.recv(65_536):
                answer += piece
        except (TimeoutError, ConnectionResetError):
            pass
    return answer


def request(site: Stack, head: str, body: bytes = b"") -> tuple[int, dict[str, str]]:
    """Status and JSON of a request whose head is written out."""
    lines = f"{head}\r\nHost: localhost:{site.port}\r\nConnection: close\r\n\r\n".encode(
        "utf-8", "surrogateescape"
    )
    answer = raw(site, lines + body)
    top, _, content = answer.partition(b"\r\n\r\n")
    return int(top.split()[1]), json.loads(content) if content.strip().startswith(b"{") else {}


def post(
    site: Stack, body: bytes, content_type: str = "application/json", path: str = ENDPOINT
) -> tuple[int, dict[str, str]]:
    status, headers, content = Caller(site).call("POST", path, body, {"Content-Type": content_type})
    assert headers["content-type"].startswith("application/json"), content[:200]
    return status, json.loads(content)


def test_two_authorization_headers_are_400(site: Stack, member: Caller) -> None:
    line = f"Authorization: Bearer {member.token}"
    status, body = request(site, f"GET /api/v1/me HTTP/1.1\r\n{line}\r\n{line}")
    assert (status, body["code"]) == (400, "parse_error")


@pytest.mark.parametrize(
    "value",
    [
        "Bearer",
        "Bearer ",
        "Bearer a b",
        "bearer x",
        "Bearer \u00e9",
        "Token",
        "Token \u00e9",
        "Basic eDp5",
        "x" * 4000,
    ],
)  # fmt: skip
def test_malformed_authorization_is_401_in_json(site: Stack, value: str) -> None:
    status, body = request(site, f"GET /api/v1/me HTTP/1.1\r\nAuthorization: {value}")
    assert status == 401, body
    assert set(body) == {"code", "detail", "request_id"}


def test_the_scheme_may_be_in_any_case(site: Stack, member: Caller) -> None:
    for scheme in ("Bearer", "bearer", "BEARER", "bEaReR"):
        assert request(site, f"GET /api/v1/me HTTP/1.1\r\nAuthorization: {scheme} {member.token}")[0] == 200


def test_tokens_in_the_address_are_ignored(site: Stack, member: Caller) -> None:
    for name in ("access_token", "token", "jwt", "bearer"):
        assert Caller(site).call("GET", f"/api/v1/me?{name}={member.token}")[0] == 401


@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT", "PATCH", "DELETE"])
def test_refresh_knows_post_only(site: Stack, method: str) -> None:
    status, headers, _ = Caller(site).call(method, "/api/v1/auth/token/refresh")
    assert status == 405
    assert headers["allow"] == "POST, OPTIONS"


BODIES = {
    "deep list": b"[" * 100_000,
    "deep object": b'{"a":' * 200 + b"1" + b"}" * 200,
    "deep in a field": b'{"login":' + b"[" * 100_000,
    "duplicate keys": b'{"login":"a","login":"b","password":"x"}',
    "a number of many digits": b'{"login":' + b"9" * 1_000_000 + b"}",
    "a number too large": b'{"login":1e400}',
    "NaN": b'{"login":NaN}',
    "Infinity": b'{"login":-Infinity}',
    "invalid UTF-8": b'{"login":"\xff\xfe"}',
    "UTF-16": '{"login":"a"}'.encode("utf-16"),
    "UTF-32": '{"login":"a"}'.encode("utf-32"),
    "lone surrogate": b'{"login":"\\ud800"}',
    "NUL": b'{"login":"a\\u0000b"}',
    "raw NUL": b'{"login":"a\x00b"}',
    "control character": b'{"login":"a\x01b"}',
    "a list": b"[1]",
    "a text": b'"x"',
    "not JSON": b"{login: 1}",
    "cut off": b'{"login":"a"',
    "two documents": b"{}{}",
    "gzip": gzip.compress(b'{"login":"a"}'),
    "BOM": b"\xef\xbb\xbf{}",
}


@pytest.mark.parametrize("name", BODIES)
def test_what_is_not_strict_json_is_400_in_json(site: Stack, name: str) -> None:
    begun = time.monotonic()
    status, body = post(site, BODIES[name])
    assert status == 400, body
    assert body["code"] in {"parse_error", "validation_error"}
    assert time.monotonic() - begun < 10


def test_a_million_keys_are_refused_by_size(site: Stack) -> None:
    status, body = post(site, json.dumps(dict.fromkeys(map(str, range(1_000_000)), 1)).encode())
    assert (status, body["code"]) == (413, "too_large")


def test_two_and_a_half_megabytes_of_json_are_413_in_json(site: Stack) -> None:
    status, body = post(site, b'{"login":"' + b"x" * 2_600_000 + b'"}')
    assert (status, body["code"]) == (413, "too_large")


@pytest.mark.parametrize(
    "kind",
    [
        "text/xml",
        "text/plain",
        "multipart/form-data; boundary=x",
        "application/x-www-form-urlencoded",
        "x",
        "",
    ],
)
def test_another_type_of_body_is_415(site: Stack, kind: str) -> None:
    status, body = post(site, b'{"login":"a","password":"b"}', kind)
    assert (status, body["code"]) == (415, "unsupported_media_type")


def test_a_compressed_body_is_not_unpacked(site: Stack) -> None:
    bomb = gzip.compress(b" " * 50_000_000)
    status, _, content = Caller(site).call(
        "POST", ENDPOINT, bomb, {"Content-Type": "application/json", "Content-Encoding": "gzip"}
    )
    assert status in {400, 415}
    assert json.loads(content)["code"]


IDS = [
    '{"$gt":0}',
    "[]",
    "true",
    "1e400",
    "NaN",
    "-0",
    str(2**63),
    str(2**64),
    "1%20",
    "%D9%A1",
    "%00",
    "a" * 500,
    "..%2f",
]


@pytest.mark.parametrize("value", IDS)
def test_odd_ids_are_404(site: Stack, member: Caller, value: str) -> None:
    from urllib.parse import quote

    encoded = value if "%" in value else quote(value, safe="")
    # nginx refuses this one before the site is asked.
    refused = {400, 404} if value == "%00" else {404}
    for path in (f"videos/{encoded}", f"playlists/{encoded}", f"channels/{encoded}"):
        assert member.call("GET", f"/api/v1/{path}")[0] in refused, path
    for path in (f"auth/sessions/{encoded}", f"auth/api-tokens/{encoded}"):
        assert member.call("DELETE", f"/api/v1/{path}")[0] in refused, path


SMUGGLED = {
    "length and chunks": "Content-Length: 4\r\nTransfer-Encoding: chunked",
    "two lengths": "Content-Length: 4\r\nContent-Length: 5",
    "a negative length": "Content-Length: -1",
    "a length that is none": "Content-Length: x",
    "chunked twice": "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity",
    "a folded line": "X-Folded: a\r\n b",
    "a space before the colon": "Content-Length : 4",
    "a huge header": "X-Big: " + "x" * 1_000_000,
}


@pytest.mark.parametrize("name", SMUGGLED)
def test_ambiguous_requests_never_become_two(site: Stack, name: str) -> None:
    """Refused, or read as one request and the connection closed: a second one hidden in the body is never answered."""
    head = (
        f"POST {ENDPOINT} HTTP/1.1\r\nHost: localhost:{site.port}\r\nContent-Type: application/json\r\n"
        f"{SMUGGLED[name]}\r\n\r\n"
    )
    hidden = f"0\r\n\r\nGET /healthz HTTP/1.1\r\nHost: localhost:{site.port}\r\nConnection: close\r\n\r\n"
    answer = raw(site, (head + hidden).encode())
    assert b"HTTP/1.1 200" not in answer, answer[:300]
    assert b"Traceback" not in answer


def test_another_host_is_400(site: Stack) -> None:
    for path in ("/", "/api/v1/videos", "/admin/"):
        answer = raw(site, f"GET {path} HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n".encode())
        assert answer.startswith(b"HTTP/1.1 400"), answer[:100]
        assert b"evil" not in answer


def test_line_ends_in_values_split_no_header(site: Stack, member: Caller) -> None:
    for path in (
        "/login?next=/%0d%0aX-Injected:%201",
        "/watch/%0d%0aX-Injected:1",
        "/@%0d%0aX-Injected:1",
        "/%00",
    ):
        answer = raw(
            site, f"GET {path} HTTP/1.1\r\nHost: localhost:{site.port}\r\nConnection: close\r\n\r\n".encode()
        )
        assert b"\nX-Injected" not in answer.partition(b"\r\n\r\n")[0]
    status, headers, _ = member.call("GET", "/api/v1/me", headers={"X-Request-Id": "a b\tc<script>"})
    assert status == 200
    assert "<" not in headers["x-request-id"]


@pytest.mark.parametrize(
    "path",
    [
        "/.git/config", "/.env", "/static/..%2f..%2fmanage.py", "/static/../manage.py", "/static/%2e%2e/manage.py",
        "/media/", "/media/../keys/secret_key", "/media/v/x/y/z/..%2f..%2fkeys", "/server-status",
        "/schema", "/api/v1/", "/api/v2/videos", "//evil.example/",
    ],
)  # fmt: skip
def test_nothing_else_is_served(site: Stack, path: str) -> None:
    status, headers, content = Caller(site).call("GET", path)
    assert status in {400, 404}, (status, headers.get("location"))
    assert b"SECRET" not in content


ORIGINS = [
    "https://evil.example",
    "null",
    "https://sub.localhost",
    "http://localhost.evil.example",
    "http://localhost:1",
]


@pytest.mark.parametrize("origin", ORIGINS)
def test_no_other_origin_may_read_the_api(site: Stack, origin: str) -> None:
    for method in ("GET", "OPTIONS", "POST"):
        _, headers, _ = Caller(site).call(
            method, "/api/v1/videos", headers={"Origin": origin, "Access-Control-Request-Method": "GET"}
        )
        assert not [name for name in headers if name.startswith("access-control")]

"""The API's answers to malformed bodies."""

import pytest
from rest_framework.test import APIClient

URL = "/api/v1/auth/token"
GOOD = b'{"login": "x", "password": "y"}'


@pytest.fixture
def send(database):
    return lambda raw, kind="application/json": APIClient().generic("POST", URL, raw, content_type=kind)


@pytest.mark.parametrize(
    "raw",
    [
        b'{"login":', b"[" * 100_000, b'{"a":' * 200 + b"1" + b"}" * 200, b'{"login": "a", "login": "b"}',
        b'{"login": NaN}', b'{"login": Infinity}', b'{"login": 1e400}', b'{"login": ' + b"9" * 1000 + b"}",
        b'{"login": "\\u0000"}', b'{"login": "\\ud800"}', b"\xff\xfe{\x00}\x00", b'{"login": "\xff"}',
        b"[]", b'"x"', b"1",
        b"{} {}", b"\xef\xbb\xbf{}",
    ],
    ids=range(17),
)  # fmt: skip
def test_what_is_not_strict_json_is_a_parse_error(send, raw):
    answer = send(raw)
    assert (answer.status_code, answer.json()["code"]) == (400, "parse_error")


def test_an_oversized_body_is_413(send):
    answer = send(b'{"login": "' + b"x" * 2_600_000 + b'"}')
    assert (answer.status_code, answer.json()["code"]) == (413, "too_large")


@pytest.mark.parametrize(
    "kind", ["text/plain", "application/xml", "application/x-www-form-urlencoded", "multipart/form-data"]
)
def test_other_types_are_415(send, kind):
    answer = send(GOOD, kind)
    assert answer.status_code == 415
    assert answer.json()["code"] == "unsupported_media_type"


def test_json_with_a_charset_is_json(send):
    assert send(GOOD, "application/json; charset=utf-8").status_code == 401


def test_a_foreign_host_is_400(database):
    answer = APIClient().get("/api/v1/videos", HTTP_HOST="evil.example")
    assert answer.status_code == 400
    assert answer.json()["code"] == "parse_error"


def test_request_ids_are_echoed_when_they_are_well_formed(database):
    assert APIClient().get("/api/v1/videos", HTTP_X_REQUEST_ID="abcdefgh-1")["X-Request-Id"] == "abcdefgh-1"
    assert APIClient().get("/api/v1/videos", HTTP_X_REQUEST_ID="a\r\nb: c")["X-Request-Id"] != "a\r\nb: c"

"""Who may read ``/metrics``: whoever has the token, and this machine itself. For all others there is no such page."""

from __future__ import annotations

import re

import pytest
from django.conf import settings as configured

from streamsite.metrics.middleware import PROXY_HEADERS
from tests.metrics.conftest import TOKEN
from tests.support.http_client import Caller

LOCAL = {"HTTP_HOST": "127.0.0.1:8000", "REMOTE_ADDR": "127.0.0.1"}
ELSEWHERE = {"HTTP_HOST": "testserver", "REMOTE_ADDR": "198.51.100.7"}


@pytest.fixture
def visitor(cast):
    return cast.page("anonymous")


@pytest.fixture
def with_token(settings):
    settings.METRICS_TOKEN = TOKEN


def answer(visitor, path="/metrics", **environ):
    response = visitor.get(path, **environ)
    return response.status_code, response["Content-Type"], response.content


def assert_is_missing(visitor, **environ):
    """It gets what every missing page gets, but for the id of the request."""
    same = {"HTTP_X_REQUEST_ID": "of-this-request", **environ}
    there, nowhere = (answer(visitor, path, **same) for path in ("/metrics", "/metricz"))
    assert there[0] == 404
    assert there[:2] == nowhere[:2]
    assert b"streamsite_" not in there[2]
    assert without_tokens(there[2]).replace(b"/metrics", b"/metricz") == without_tokens(nowhere[2])


def without_tokens(body):
    """Return a page without what is new in each answer."""
    return re.sub(rb"[A-Za-z0-9_-]{20,}", b"", body)


def test_the_token_reads_from_anywhere(visitor, with_token):
    for scheme in ("Bearer", "bearer"):
        status, kind, body = answer(visitor, HTTP_AUTHORIZATION=f"{scheme} {TOKEN}", **ELSEWHERE)
        assert (status, kind) == (200, "text/plain; version=0.0.4; charset=utf-8")
        assert b"streamsite_build_info{" in body


@pytest.mark.parametrize(
    "given",
    [
        "",
        "Bearer",
        "Bearer ",
        f"Bearer {TOKEN[:-1]}",
        f"Bearer {TOKEN}x",
        f"Token {TOKEN}",
        TOKEN,
        "Bearer \xff\ud800",
    ],
)
def test_anything_else_finds_no_page(visitor, with_token, given):
    sent = {"HTTP_AUTHORIZATION": given} if given else {}
    # Who sends a bearer token that is none gets the same for every page.
    assert (
        answer(visitor, **sent, **ELSEWHERE)[0] == answer(visitor, "/metricz", **sent, **ELSEWHERE)[0] == 404
    )


def test_strangers_staff_and_anonymous_find_no_page(cast, with_token):
    for who in ("anonymous", "owner", "staff"):
        assert_is_missing(cast.page(who), REMOTE_ADDR="198.51.100.7")


def test_without_a_token_an_empty_one_is_none(visitor):
    assert configured.METRICS_TOKEN == ""
    for given in ("Bearer", "Bearer ", "Bearer \t"):
        assert answer(visitor, HTTP_AUTHORIZATION=given, **ELSEWHERE)[0] == 404


@pytest.mark.parametrize("host", ["127.0.0.1:8000", "localhost", "LOCALHOST:1", "[::1]:8000"])
@pytest.mark.parametrize("address", ["127.0.0.1", "127.8.9.1", "::1"])
def test_this_machine_reads_without_a_token(visitor, host, address):
    assert answer(visitor, HTTP_HOST=host, REMOTE_ADDR=address)[0] == 200


@pytest.mark.parametrize("name", PROXY_HEADERS)
@pytest.mark.parametrize("value", ["127.0.0.1", "::1", "", "for=127.0.0.1"])
def test_what_a_proxy_passed_on_is_not_of_this_machine(visitor, name, value):
    """Nginx on the same machine connects from loopback for everyone."""
    assert answer(visitor, **LOCAL, **{name: value})[0] == 404


@pytest.mark.parametrize("hops", [0, 1, 2])
def test_a_forged_header_opens_nothing(visitor, settings, hops):
    settings.TRUSTED_PROXIES = settings.FORWARDED_HOPS = hops
    for address in ("198.51.100.7", "127.0.0.1", ""):
        assert (
            answer(visitor, HTTP_HOST="localhost", REMOTE_ADDR=address, HTTP_X_FORWARDED_FOR="127.0.0.1")[0]
            == 404
        )


@pytest.mark.parametrize(
    "host",
    [
        "testserver",
        "videos.example.org",
        "localhost.evil.example",
        "127.0.0.1.nip.io",
        "localhost:80\n",
        "",
        "127.0.0.2",
    ],
)
def test_a_proxy_without_headers_is_told_by_the_sites_name(visitor, settings, host):
    settings.ALLOWED_HOSTS = ["*"]
    assert answer(visitor, HTTP_HOST=host, REMOTE_ADDR="127.0.0.1")[0] in {400, 404}


@pytest.mark.parametrize(
    "address",
    ["", "unix:", "198.51.100.7", "10.0.0.1", "::ffff:198.51.100.7", "localhost", "0.0.0.0"],  # noqa: S104 - no address of a caller
)
def test_another_address_is_not_this_machine(visitor, address):
    """Nginx of ``script/server`` comes by a socket, without an address."""
    assert answer(visitor, HTTP_HOST="localhost", REMOTE_ADDR=address)[0] == 404


@pytest.mark.parametrize("method", ["post", "put", "delete", "options", "patch"])
def test_other_methods_find_no_page(visitor, with_token, method):
    sent = {"HTTP_AUTHORIZATION": f"Bearer {TOKEN}"}
    response = getattr(visitor, method)("/metrics", **sent)
    assert response.status_code == getattr(visitor, method)("/metricz", **sent).status_code
    assert b"streamsite_build" not in response.content


def test_the_answer_is_kept_by_nobody_and_acts_as_no_page(visitor):
    response = visitor.get("/metrics", **LOCAL)
    assert response["Cache-Control"] == "no-store"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Cross-Origin-Resource-Policy"] == "same-origin"
    assert visitor.head("/metrics", **LOCAL).status_code == 200


def test_it_is_answered_for_any_host_and_over_plain_http(visitor, settings, with_token):
    settings.ALLOWED_HOSTS = ["videos.example.org"]
    settings.SECURE_SSL_REDIRECT = True
    assert answer(visitor, HTTP_AUTHORIZATION=f"Bearer {TOKEN}", HTTP_HOST="10.2.3.4:8000")[0] == 200
    assert answer(visitor, **LOCAL)[0] == 200


@pytest.mark.slow
def test_through_nginx_nobody_is_this_machine(site):
    """Every connection begins on this machine here, and is passed on by the site's own nginx."""
    for headers in (
        {},
        {"Host": f"127.0.0.1:{site.port}"},
        {"Host": "localhost"},
        {"X-Forwarded-For": "127.0.0.1"},
        {"X-Forwarded-For": ""},
    ):
        status, _, body = Caller(site).call("GET", "/metrics", headers=headers)
        assert status == 404, headers
        assert b"streamsite_" not in body

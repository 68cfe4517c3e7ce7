"""JSON and feeds that hold a secret are never compressed, by the site or by a proxy that heeds ``no-transform``.

Compressed together with what others can put into them, their length would tell the secret byte by byte (BREACH).
"""

from __future__ import annotations

from urllib.parse import urlsplit

import pyotp
import pytest
from django.http import HttpResponse

from streamsite.front.middleware import FrontMiddleware
from streamsite.visibility import Visibility
from tests.support.users import PASSWORD

ASKED = {"HTTP_ACCEPT_ENCODING": "gzip, deflate, br, zstd"}


def assert_plain(answer):
    """Every word that holds for such an answer; returns its JSON."""
    assert answer.status_code in {200, 201}, answer.content
    directives = {part.strip() for part in answer["Cache-Control"].split(",")}
    assert "no-transform" in directives
    assert directives & {"no-store", "private"}
    assert "Content-Encoding" not in answer
    return answer.json() if "json" in answer["Content-Type"] else answer.content


def test_tokens_of_sessions(cast):
    client = cast.api("anonymous")
    login = {"login": cast.owner.username, "password": PASSWORD}
    body = assert_plain(client.post("/api/v1/auth/token", login, format="json", **ASKED))
    assert body["access"]
    body = assert_plain(client.post("/api/v1/auth/token/refresh", HTTP_X_REQUESTED_WITH="test", **ASKED))
    assert body["access"]


def test_api_tokens(cast):
    client = cast.api("owner")
    asked = {"name": "script", "scopes": ["read"]}
    assert assert_plain(client.post("/api/v1/auth/api-tokens", asked, format="json", **ASKED))["token"]


def test_the_second_factors_secret_and_its_recovery_codes(cast):
    client, proof = cast.api("owner"), {"password": PASSWORD}
    secret = assert_plain(client.post("/api/v1/auth/totp/setup", proof, format="json", **ASKED))["secret"]
    code = {"otp": pyotp.TOTP(secret).now()}
    body = assert_plain(client.post("/api/v1/auth/totp/enable", code, format="json", **ASKED))
    assert len(body["recovery_codes"]) > 1


def test_share_links_and_what_they_open(cast):
    video = cast.video(visibility=Visibility.PRIVATE)
    links = f"/api/v1/videos/{video.pk}/share-links"
    url = assert_plain(cast.api("owner").post(links, {}, format="json", **ASKED))["url"]
    assert "share=" in url
    listed = assert_plain(cast.api("owner").get(links, **ASKED))
    assert listed["results"][0]["url"] == url
    visitor = cast.page("anonymous")
    parts = urlsplit(url)
    visitor.get(f"{parts.path}?{parts.query}", follow=True)
    for client in (visitor, cast.api("owner")):
        assert assert_plain(client.get(f"/api/v1/videos/{video.pk}", **ASKED))["hls_url"]


def test_the_private_feed_and_its_address(cast):
    url = assert_plain(cast.api("owner").post("/api/v1/me/feed/rss", **ASKED))["url"]
    assert b"<rss" in assert_plain(cast.page("anonymous").get(urlsplit(url).path, **ASKED))


def test_answers_about_oneself(cast):
    client = cast.api("owner")
    for path in ("me", "auth/sessions", "auth/activity", "auth/totp", "me/notifications", "videos?mine=1"):
        assert_plain(client.get(f"/api/v1/{path}", **ASKED))


@pytest.mark.parametrize(
    ("kind", "cache", "expected"),
    [
        ("application/json", "no-store", "no-store, no-transform"),
        ("application/json", "", "no-transform"),
        ("application/problem+json; charset=utf-8", "private", "private, no-transform"),
        ("application/rss+xml; charset=utf-8", "private, no-cache", "private, no-cache, no-transform"),
        ("text/csv", "private, no-store", "private, no-store, no-transform"),
        ("application/json", "public, max-age=300", "public, max-age=300"),
        ("application/rss+xml; charset=utf-8", "no-cache", "no-cache"),
        # Pages are compressed by the site itself, with a padding; videos are no text.
        ("text/html; charset=utf-8", "private, no-store", "private, no-store"),
        ("video/iso.segment", "private, no-store", "private, no-store"),
    ],
)
def test_what_is_for_one_reader_says_so_to_proxies(rf, kind, cache, expected):
    answer = HttpResponse(b"x", content_type=kind, headers={"Cache-Control": cache} if cache else {})
    assert FrontMiddleware(lambda request: answer)(rf.get("/"))["Cache-Control"] == expected

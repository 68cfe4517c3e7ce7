"""The feed at a secret URL: anyone who knows it can read it until it is replaced or revoked."""

from urllib.parse import urlsplit

import feedparser
import pytest

from subscriptions.models import PrivateFeed
from tests.support.commands import recorded_queries

URL = "/api/v1/me/feed/rss"


@pytest.fixture
def address(cast):
    assert cast.owner.is_active
    cast.api("member").put("/api/v1/channels/owner/subscription")
    answer = cast.api("member").post(URL)
    assert answer.status_code == 201
    return urlsplit(answer.json()["url"]).path


def read(cast, address):
    return cast.page("anonymous").get(address)


def test_the_address_shows_the_feed_of_its_owner(cast, address):
    for visibility in ("public", "unlisted", "private"):
        cast.video(title=visibility, visibility=visibility)
    cast.video(title="Of nobody followed", owner=cast.stranger)
    answer = read(cast, address)
    assert answer.status_code == 200
    assert answer["Content-Type"].startswith("application/rss+xml")
    assert "private" in answer["Cache-Control"]
    assert answer["X-Robots-Tag"] == "noindex"
    feed = feedparser.parse(answer.content)
    assert not feed.bozo
    assert [entry.title for entry in feed.entries] == ["public"]
    assert read_again(cast, address, answer["ETag"]) == 304
    assert cast.api("member").get(URL).json()["last_used_at"]


def read_again(cast, address, etag):
    return cast.page("anonymous").get(address, HTTP_IF_NONE_MATCH=etag).status_code


def test_a_new_address_ends_the_former_one(cast, address):
    other = urlsplit(cast.api("member").post(URL).json()["url"]).path
    assert other != address
    assert (read(cast, address).status_code, read(cast, other).status_code) == (404, 200)
    assert PrivateFeed.objects.count() == 1
    assert other.split("/")[-1].removesuffix(".rss") not in str(list(PrivateFeed.objects.values()))


def test_an_ended_address_and_a_closed_account_lead_nowhere(cast, address):
    cast.member.is_active = False
    cast.member.save()
    assert read(cast, address).status_code == 404
    cast.member.is_active = True
    cast.member.save()
    for _ in range(2):
        assert cast.api("member").delete(URL).status_code == 204
    assert read(cast, address).status_code == 404
    assert cast.api("member").get(URL).json() == {"active": False, "created_at": None, "last_used_at": None}


@pytest.mark.parametrize("token", ["x", "A" * 43, "A" * 500, "%00", "..%2f"])
def test_unknown_tokens_are_absent(database, cast, token):
    assert cast.page("anonymous").get(f"/feeds/private/{token}.rss").status_code == 404


def test_reading_is_few_commands(cast, address):
    for number in range(30):
        cast.video(title=str(number))
    read(cast, address)
    with recorded_queries() as commands:
        read(cast, address)
    assert len(commands) <= 4, commands


def test_the_page_makes_shows_once_and_ends_the_address(cast, address):
    page = cast.page("member")
    shown = page.post("/subscriptions/feed", {"action": "renew"})
    assert shown["Cache-Control"] == "private, no-store"
    assert "/feeds/private/" in shown.content.decode()
    assert "/feeds/private/" not in page.get("/subscriptions/programs").content.decode()
    page.post("/subscriptions/feed", {"action": "end"})
    assert not PrivateFeed.objects.exists()

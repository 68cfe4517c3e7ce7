"""Headers that every response has, and the form of errors for programs that read XML."""

from xml.etree import ElementTree

import pytest
from django.test import Client


@pytest.mark.parametrize(
    "path", ["/", "/login", "/nothing", "/api/v1/videos", "/api/v1/me", "/api/v1/nothing", "/sitemap.xml"]
)
def test_no_other_origin_may_load_what_does_not_say_so(database, path):
    assert Client().get(path)["Cross-Origin-Resource-Policy"] == "same-origin"


def test_what_is_for_other_origins_says_so(cast):
    video = cast.video(has_poster=True)
    assert Client().get(f"/embed/{video.pk}")["Cross-Origin-Resource-Policy"] == "cross-origin"


@pytest.mark.parametrize(
    "path",
    [
        "/feeds/channels/nobody.rss",
        "/feeds/playlists/nothing.rss",
        "/feeds/private/nothing.rss",
        "/feeds/nothing",
        "/feeds/channels/nobody.atom",
        "/feeds/categories/nothing.rss",
        "/sitemaps/1999-01.xml",
        "/sitemaps/x%00%3Cy.xml",
    ],
)
def test_errors_of_feeds_and_sitemaps_are_xml(database, path):
    answer = Client().get(path)
    assert answer.status_code == 404
    assert answer["Content-Type"] == "application/xml; charset=utf-8"
    root = ElementTree.fromstring(answer.content)  # noqa: S314 - our own answer
    assert (root.tag, root.findtext("code")) == ("error", "not_found")
    assert root.findtext("request_id") == answer["X-Request-Id"]


def test_a_refused_method_of_a_feed_is_no_page(database):
    answer = Client(enforce_csrf_checks=True).post("/feeds/channels/nobody.rss")
    assert answer.status_code in {403, 405}
    assert b"<html" not in answer.content


@pytest.mark.parametrize("path", ["/feeds/channels/nobody.rss", "/sitemap.xml", "/healthz", "/oembed"])
def test_a_refused_method_says_so_to_programs(database, path):
    answer = Client().post(path)
    assert (answer.status_code, answer["Allow"]) == (405, "GET, HEAD")
    assert answer["Cache-Control"].startswith("no-store")
    if "json" in answer["Content-Type"]:
        assert answer.json()["code"] == "method_not_allowed"
    else:
        root = ElementTree.fromstring(answer.content)  # noqa: S314 - our own answer
        assert root.findtext("code") == "method_not_allowed"
    assert (Client().delete(path).status_code, Client().head("/healthz").content) == (405, b"")

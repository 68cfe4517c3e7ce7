"""Answers with files before Django are the ones that Django gives, and everything else is left to it."""

from __future__ import annotations

import io
from email.utils import formatdate
from itertools import product

import pytest
import time_machine

from streamsite.site_mode import services as site_mode
from streamsite.site_mode.state import Mode
from tests.support.media_edge import (
    CAPTION,
    CARD,
    DATE,
    DELIVERIES,
    DOWNLOAD,
    MODIFIED,
    PLAYLIST,
    SEGMENT,
    TAG,
    Site,
    held_url,
    make_film,
    page_url,
)
from videos import services, share_links
from videos.files import paths
from videos.files.tokens import Grant
from videos.models import Video


@pytest.fixture(params=DELIVERIES, ids=str)
def both_ways(request, settings):
    settings.MEDIA_ACCEL_PREFIX, always = DELIVERIES[request.param]
    return Site(**always)


@pytest.fixture
def film(cast):
    return make_film(cast)


PLAIN_REQUESTS = [
    {},
    {"HTTP_RANGE": "bytes=0-99"},
    {"HTTP_RANGE": "bytes=1000-"},
    {"HTTP_RANGE": "bytes=-1"},
    {"HTTP_RANGE": "bytes=0-99999"},
    {"HTTP_RANGE": "bytes=0-0,5-9"},
    {"HTTP_RANGE": "bytes=9-1"},
    {"HTTP_RANGE": "lines=1-2"},
    {"HTTP_RANGE": "bytes=1-9", "HTTP_IF_RANGE": TAG},
    {"HTTP_RANGE": "bytes=1-9", "HTTP_IF_RANGE": DATE},
    {"HTTP_RANGE": "bytes=1-9", "HTTP_IF_RANGE": '"another"'},
    {"HTTP_RANGE": "bytes=1-9", "HTTP_IF_NONE_MATCH": TAG},
    {"HTTP_IF_NONE_MATCH": TAG},
    {"HTTP_IF_NONE_MATCH": f'"another", W/{TAG}'},
    {"HTTP_IF_NONE_MATCH": "*"},
    {"HTTP_IF_NONE_MATCH": '"another"'},
    {"HTTP_IF_NONE_MATCH": '"another"', "HTTP_IF_MODIFIED_SINCE": DATE},
    {"HTTP_IF_MODIFIED_SINCE": DATE},
    {"HTTP_IF_MODIFIED_SINCE": formatdate(MODIFIED - 1, usegmt=True)},
    {"HTTP_IF_MODIFIED_SINCE": "nonsense"},
    {"HTTP_ORIGIN": "https://page.example"},
    {"HTTP_ORIGIN": "null", "HTTP_RANGE": "bytes=0-1"},
    {"HTTP_ACCEPT_ENCODING": "gzip, br", "HTTP_ACCEPT_LANGUAGE": "de"},
    {"HTTP_X_REQUEST_ID": "spaces are not taken"},
    {"QUERY_STRING": "a=b"},
    {"CONTENT_LENGTH": "0"},
]


@pytest.mark.parametrize("method", ["GET", "HEAD"])
@pytest.mark.parametrize("name", [SEGMENT, PLAYLIST, DOWNLOAD])
def test_plain_requests_are_answered_before_django_as_django_answers_them(
    film, both_ways, name, method, monkeypatch
):
    monkeypatch.setattr(
        "secrets.token_hex", lambda size: "0" * 2 * size
    )  # the ids of requests without a good one
    for headers in PLAIN_REQUESTS:
        answer, is_from_edge = both_ways.both(page_url(film, name), method, **headers)
        assert is_from_edge, headers
        assert answer.status[:3] in {"200", "206", "304"}
        assert answer["X-Request-Id"]


def test_the_videos_state_shows_in_the_headers(film, both_ways):
    urls = [
        *(
            page_url(film, name)
            for name in (SEGMENT, PLAYLIST, CARD, "storyboard.vtt", "poster.jpg", "poster.avif")
        ),
        page_url(film, CAPTION, folder="extras"),
        *(f"/media/p/{film.pk}/{folder}/{CARD}" for folder in ("gen1", "extras")),
    ]
    for visibility, is_complete, embeds in product(
        ("public", "unlisted"), (True, False), ([], ["example.org"], None)
    ):
        Video.objects.filter(pk=film.pk).update(
            visibility=visibility,
            is_complete=is_complete,
            allow_embed=embeds is not None,
            embed_domains=embeds or [],
        )
        for url in urls:
            answer, is_from_edge = both_ways.both(url, HTTP_ORIGIN="https://page.example")
            assert (answer.status, is_from_edge) == ("200 OK", True), url
            assert (answer["Access-Control-Allow-Origin"] == "*") == (embeds == [])


def test_tokens_of_share_links_sessions_and_api_tokens_open_by_themselves(cast, film, both_ways):
    services.update(film, {"visibility": "private"})
    film = Video.objects.get(pk=film.pk)
    link = share_links.create_link(film, {})
    token, _ = cast.api_token(cast.owner)
    foreign, _ = cast.api_token(cast.stranger)
    for url, status in (
        (page_url(film, SEGMENT, "s", link_id=link.pk), "200"),
        (held_url(film, SEGMENT, Grant("l", link.pk)), "200"),
        (held_url(film, SEGMENT, Grant("t", token.pk)), "200"),
        (held_url(film, DOWNLOAD, Grant("t", token.pk)), "200"),
        (held_url(film, SEGMENT, Grant("t", foreign.pk)), "404"),
        (held_url(film, SEGMENT, Grant("t", token.pk), epoch=film.visibility_epoch - 1), "404"),
        (page_url(film, SEGMENT, "s", link_id="A" * 16), "404"),
        (page_url(film, SEGMENT), "404"),
        (page_url(film, SEGMENT, "o"), "404"),
        (page_url(film, SEGMENT, "r"), "404"),
    ):
        answer, is_from_edge = both_ways.both(url)
        assert (answer.status[:3], is_from_edge) == (status, status == "200"), url
        if is_from_edge:
            assert "private, no-store" in (answer["Cache-Control"], answer["X-Accel-Cache-Control"])
    share_links.revoke_link(film, link.pk)
    answer, is_from_edge = both_ways.both(page_url(film, SEGMENT, "s", link_id=link.pk))
    assert (answer.status[:3], is_from_edge) == ("404", False)


LEFT_TO_DJANGO = [
    ({"HTTP_HOST": "elsewhere.example"}, "400"),
    ({"HTTP_HOST": None}, "200"),
    ({"HTTP_AUTHORIZATION": "Bearer nonsense"}, "200"),
    ({"HTTP_TRANSFER_ENCODING": "chunked"}, "200"),
    ({"HTTP_EXPECT": "100-continue"}, "200"),
    ({"CONTENT_LENGTH": "5", "wsgi.input": io.BytesIO(b"12345")}, "200"),
    ({"HTTP_RANGE": "bytes=99999-"}, "416"),
    ({"HTTP_RANGE": "bytes=-0"}, "416"),
]


@pytest.mark.parametrize(("headers", "status"), LEFT_TO_DJANGO)
def test_unusual_requests_are_left_to_django(film, both_ways, headers, status):
    if "HTTP_TRANSFER_ENCODING" in headers or "CONTENT_LENGTH" in headers:
        status = both_ways.ask(both_ways.django, page_url(film, SEGMENT), **headers).status[:3]
    answer, is_from_edge = both_ways.both(page_url(film, SEGMENT), **headers)
    assert (answer.status[:3], is_from_edge) == (status, False)


@pytest.mark.parametrize("method", ["OPTIONS", "POST", "PUT", "DELETE", "TRACE"])
def test_other_methods_are_left_to_django(film, both_ways, method):
    _, is_from_edge = both_ways.both(page_url(film, SEGMENT), method, HTTP_ORIGIN="https://page.example")
    assert not is_from_edge


def test_what_may_not_be_had_and_odd_addresses_are_left_to_django(film, both_ways):
    good = page_url(film, SEGMENT)
    token = good.split("/")[3]
    with time_machine.travel(MODIFIED):
        expired = page_url(film, SEGMENT)
    other = page_url(film, SEGMENT, folder="gen2")
    for url in (
        good.replace(token, token[:-1] + ("A" if token[-1] != "A" else "B")),
        good.replace(token, f"x{token}"),
        expired,
        other,
        f"{good}/",
        good.replace(SEGMENT, "360p/missing.m4s"),
        good.replace(SEGMENT, "360p/../360p/seg_00000.m4s"),
        good.replace(SEGMENT, "..%2f..%2fsecret.mp4"),
        good.replace(SEGMENT, "360p/s\xc3\xa9g.m4s"),
        good.replace(SEGMENT, "360p"),
        good.replace("/media/v/", "/media/v//"),
        page_url(film, "secret.txt"),
        f"/media/p/{film.pk}/gen1/{SEGMENT}",
        f"/media/p/{film.pk}/gen2/{CARD}",
        f"/media/p/{film.pk}/gen1/storyboard.vtt",
        f"/media/p/AAAAAAAAAAA/gen1/{CARD}",
        "/media/profiles/AAAAAAAAAAA/none.webp",
        "/media/",
    ):
        answer, is_from_edge = both_ways.both(url)
        assert not is_from_edge, url
        assert answer.status[:3] in {"404", "301"}, url
    for path in (f"{good}\n", f"{good}\x00", f"\n{good}"):
        answer, is_from_edge = both_ways.both(good, PATH_INFO=path)
        assert (answer.status[:3], is_from_edge) == ("404", False), path
    # A folder has a size as well.
    (paths.generation_dir(film.pk, "gen1") / "360p" / "folder.m4s").mkdir()
    _, is_from_edge = both_ways.both(good.replace(SEGMENT, "360p/missing.m4s"))
    assert not is_from_edge


@pytest.mark.parametrize("change", ["private", "taken down", "channel closed", "no downloads"])
def test_a_change_of_the_video_ends_it(film, both_ways, change):
    url = page_url(film, DOWNLOAD)
    assert both_ways.both(url)[1]
    if change == "private":
        services.update(film, {"visibility": "private"})
    elif change == "taken down":
        services.take_down(film.pk)
    elif change == "no downloads":
        services.update(film, {"allow_download": False})
    else:
        type(film.channel).objects.filter(pk=film.channel_id).update(is_active=False)
    answer, is_from_edge = both_ways.both(url)
    assert (answer.status[:3], is_from_edge) == ("404", False)


def test_composed_manifests_and_the_bucket_are_left_to_django(film, both_ways, settings):
    answer, is_from_edge = both_ways.both(page_url(film, "master.m3u8"))
    assert (answer.status[:3], is_from_edge) == ("200", False)
    settings.S3_BUCKET = "a-bucket"
    Video.objects.filter(pk=film.pk).update(stored_generation="gen1.secret")
    site = Site(**both_ways.always)
    site.ask(site.edge, page_url(film, SEGMENT))
    assert site.was_left


@pytest.mark.parametrize("mode", ["login-only", Mode.MAINTENANCE, Mode.READ_ONLY])
def test_a_site_that_is_not_open_to_all_is_left_to_django(film, both_ways, settings, mode):
    if mode == "login-only":
        settings.LOGIN_REQUIRED = True
    else:
        site_mode.set_mode(mode)
    _, is_from_edge = both_ways.both(page_url(film, SEGMENT))
    assert not is_from_edge


def test_a_plain_request_to_an_https_site_is_left_to_django(film, settings):
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    settings.SECURE_SSL_REDIRECT, settings.SECURE_HSTS_SECONDS = True, 31_536_000
    site = Site()
    answer, is_from_edge = site.both(page_url(film, SEGMENT), HTTP_X_FORWARDED_PROTO="http")
    assert (answer.status[:3], is_from_edge) == ("301", False)
    answer, is_from_edge = site.both(page_url(film, SEGMENT), HTTP_X_FORWARDED_PROTO="https")
    assert (answer["Strict-Transport-Security"], is_from_edge) == ("max-age=31536000", True)

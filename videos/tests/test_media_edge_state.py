"""What answers with files before Django keep: a video's state, cookies, slots, and what is counted and logged."""

from __future__ import annotations

import ast
import logging
import time
from pathlib import Path

import pytest
from pymongo.errors import AutoReconnect

from streamsite import download_slots, edge
from streamsite.download_slots import SlotPool
from streamsite.files import WHOLE_BYTES
from streamsite.metrics.instruments import REGISTRY
from tests.support.media_edge import (
    CARD,
    DELIVERIES,
    SEGMENT,
    Site,
    close,
    held_url,
    make_film,
    page_url,
    write,
)
from videos import services
from videos.files import paths
from videos.files.tokens import Grant
from videos.models import Video


@pytest.fixture(params=DELIVERIES, ids=str)
def both_ways(request, settings):
    settings.MEDIA_ACCEL_PREFIX, always = DELIVERIES[request.param]
    return Site(**always)


class Clock:
    """A monotonic clock that tests move."""

    def __init__(self) -> None:
        self.now = time.monotonic()

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch):
    """The clock of every cache."""
    clock = Clock()
    monkeypatch.setattr(time, "monotonic", clock)
    return clock


@pytest.fixture
def film(cast):
    return make_film(cast)


def test_a_video_that_was_made_private_stops_within_two_seconds(cast, film, settings, clock):
    settings.MEDIA_STATE_CACHE_SECONDS = 2.0
    site, url = Site(), page_url(film, SEGMENT)
    assert site.ask(site.edge, url).status == "200 OK"
    services.update(film, {"visibility": "private"})
    clock.now += 2.0
    answer, is_from_edge = site.both(url)
    assert (answer.status[:3], is_from_edge) == ("404", False)


def test_a_token_from_after_a_change_is_believed_at_once(cast, film, settings):
    settings.MEDIA_STATE_CACHE_SECONDS = 60.0
    token, _ = cast.api_token(cast.owner)
    site = Site()
    assert site.ask(site.edge, page_url(film, SEGMENT)).status == "200 OK"
    services.update(film, {"visibility": "private"})
    url = held_url(Video.objects.get(pk=film.pk), SEGMENT, Grant("t", token.pk))
    answer = site.ask(site.edge, url)
    assert (answer.status, site.was_left) == ("200 OK", False)
    # What this process read for it holds for everyone.
    answer, is_from_edge = site.both(page_url(film, SEGMENT))
    assert (answer.status[:3], is_from_edge) == ("404", False)


def cookies_of(client) -> str:
    return "; ".join(f"{name}={cookie.value}" for name, cookie in client.cookies.items())


@pytest.mark.parametrize("who", ["owner", "stranger"])
def test_a_browsers_cookies_are_django_s_every_half_minute(cast, film, clock, who):
    site, cookies = Site(), cookies_of(cast.page(who))
    for url in (page_url(film, SEGMENT), f"/media/p/{film.pk}/gen1/{CARD}"):
        seen = []
        for seconds in (0, 0, 29, 2, 0):
            clock.now += seconds
            answer, is_from_edge = site.both(url, HTTP_COOKIE=cookies)
            seen.append((answer.status, is_from_edge))
        # The page's thumbnail is asked for right after its segment, but kept by another rule.
        assert [is_from_edge for _, is_from_edge in seen] == [False, True, True, False, True], url
        assert {status for status, _ in seen} == {"200 OK"}
        assert not site.both(url, HTTP_COOKIE=f"{cookies}; other=1")[1]


def test_an_answer_that_changes_a_cookie_is_django_s_each_time(cast, film):
    services.update(film, {"visibility": "private"})
    film = Video.objects.get(pk=film.pk)
    token, _ = cast.api_token(cast.owner)
    session = cast.page("owner").cookies["session"].value
    site, url = Site(), held_url(film, SEGMENT, Grant("t", token.pk))
    for _ in range(3):
        answer, is_from_edge = site.both(url, HTTP_COOKIE=f"session={session}")
        assert "account=" in answer["Set-Cookie"]
        assert not is_from_edge


def test_what_is_refused_settles_no_cookies(cast, film):
    site, cookies = Site(), cookies_of(cast.page("owner"))
    for _ in range(2):
        assert not site.both(page_url(film, "360p/missing.m4s"), HTTP_COOKIE=cookies)[1]
    assert not site.both(page_url(film, SEGMENT), HTTP_COOKIE=cookies)[1]


@pytest.mark.parametrize("headers", [{}, {"HTTP_RANGE": "bytes=0-9"}, {"HTTP_IF_NONE_MATCH": "*"}])
@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_counted_and_logged_as_by_django(film, both_ways, settings, caplog, method, headers):
    settings.LOG_MEDIA_EVERY, settings.LOG_CLIENTS = 1, True
    caplog.set_level(logging.INFO, "streamsite.requests")
    differences = []
    for application in (both_ways.django, both_ways.edge):
        before = samples()
        both_ways.ask(application, page_url(film, SEGMENT), method, **headers)
        differences.append({name: value - before.get(name, 0) for name, value in samples().items()})
    theirs, ours = (
        {name: value for name, value in found.items() if value and "duration" not in name[0]}
        for found in differences
    )
    assert ours == theirs
    assert len(ours) >= 1
    assert not both_ways.was_left
    their_line, our_line = (
        {name: value for name, value in record.fields.items() if name != "duration_ms"}
        for record in caplog.records[-2:]
    )
    assert our_line == their_line
    assert our_line["route"] == "media"
    assert our_line["client"] == "192.0.2.7"


def samples():
    return {
        (sample.name, tuple(sample.labels.items())): sample.value
        for metric in REGISTRY.collect()
        if metric.name.startswith(("streamsite_http", "streamsite_media"))
        for sample in metric.samples
    }


def test_large_answers_take_a_slot_until_they_are_closed(film, monkeypatch):
    monkeypatch.setattr(download_slots, "slots", SlotPool(1, 1))
    large = bytes(range(256)) * (WHOLE_BYTES // 256) + b"the end"
    write(paths.generation_dir(film.pk, "gen1") / SEGMENT, large)
    site, url = Site(), page_url(film, SEGMENT)
    readers = "streamsite_media_readers", {"delivery": "site"}
    sent = "streamsite_media_sent_bytes_total", {"delivery": "site"}
    before = REGISTRY.get_sample_value(*readers) or 0, REGISTRY.get_sample_value(*sent) or 0

    status, _, body = site.begin(site.edge, url)
    assert (status, site.was_left) == ("200 OK", False)
    assert REGISTRY.get_sample_value(*readers) == before[0] + 1
    answer, is_from_edge = site.both(url)
    assert (answer.status[:3], answer["Retry-After"], is_from_edge) == ("503", "5", False)
    # What fits into one piece waits for nobody.
    assert site.both(url, HTTP_RANGE="bytes=0-99")[1]
    assert b"".join(body) == large
    close(body)
    close(body)
    assert REGISTRY.get_sample_value(*readers) == before[0]
    assert REGISTRY.get_sample_value(*sent) == before[1] + len(large) + 200
    answer, is_from_edge = site.both(url, HTTP_RANGE="bytes=1-")
    assert (answer.status[:3], answer.body == large[1:], is_from_edge) == ("206", True, True)


def test_a_reader_that_leaves_gives_the_slot_and_the_file_back(film, monkeypatch):
    monkeypatch.setattr(download_slots, "slots", SlotPool(1, 1))
    write(paths.generation_dir(film.pk, "gen1") / SEGMENT, b"x" * (WHOLE_BYTES + 1))
    site, url = Site(), page_url(film, SEGMENT)
    opened = len(list(Path("/proc/self/fd").iterdir()))
    for _ in range(3):
        _, _, body = site.begin(site.edge, url)
        next(iter(body))
        close(body)
        del body
        assert not site.was_left
    assert len(list(Path("/proc/self/fd").iterdir())) == opened


asked: list[str] = []


def away(path: str) -> None:
    asked.append(path)
    raise AutoReconnect("the database is away")


def test_nobody_waits_twice_for_a_database_that_is_away(film, settings, clock):
    settings.EDGE_FILES = f"{__name__}.away"
    site, url = Site(), page_url(film, SEGMENT)
    asked.clear()
    for seconds, times in ((0, 1), (1, 1), (3, 1), (1, 2), (0, 2)):
        clock.now += seconds
        assert not site.both(url)[1]
        assert len(asked) == times


def broken(path: str) -> None:
    raise RuntimeError(path)


def test_a_fault_is_logged_and_django_answers(film, settings, caplog):
    settings.EDGE_FILES = f"{__name__}.broken"
    site = Site()
    answer, is_from_edge = site.both(page_url(film, SEGMENT))
    assert (answer.status, is_from_edge) == ("200 OK", False)
    assert [(record.name, record.getMessage()) for record in caplog.records if record.exc_info] == [
        ("streamsite.edge", "left to Django")
    ]


def test_the_web_server_runs_it():
    """The application that granian loads, whose import starts what a process of the site needs."""
    source = ast.parse((Path(edge.__file__).parent / "wsgi.py").read_text())
    called = [ast.unparse(node.func) for node in ast.walk(source) if isinstance(node, ast.Call)]
    assert "edge.before" in called

"""Answers to visitors that are kept for a moment: the same as new ones, and gone with every change."""

import os
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.test import Client
from rest_framework.test import APIClient

from accounts.registration.rules import RegistrationSettings
from streamsite import change_mark, kept_answers
from streamsite.api.throttling import READ_BATCH
from streamsite.metrics.instruments import REGISTRY
from streamsite.rate_limits import READS, max_events
from streamsite.site_settings import sections, services
from streamsite.site_settings.features import Features
from tests.support.commands import recorded

LIST = "/api/v1/videos"
# What differs from request to request.
OF_ONE_REQUEST = {"X-Request-Id", "RateLimit-Remaining", "RateLimit-Reset"}


@pytest.fixture(autouse=True)
def _kept(settings):
    settings.KEPT_ANSWER_SECONDS = 60.0


@pytest.fixture
def film(cast):
    return cast.video(title="Kept walrus", tags=["walrus"], has_poster=True)


def ask(address=LIST, **headers):
    return APIClient().get(address, **headers)


def commands_of(call):
    with recorded() as made:
        answer = call()
    return len(made), answer


def headers_of(answer):
    return {name: value for name, value in answer.items() if name not in OF_ONE_REQUEST}


def test_a_kept_answer_is_the_one_that_would_be_made(cast, film, settings):
    addresses = (
        LIST,
        f"{LIST}?page_size=1",
        f"{LIST}?q=walrus",
        f"{LIST}/{film.pk}",
        f"{LIST}/{film.pk}/comments",
        f"{LIST}/{film.pk}/related",
        "/api/v1/channels/owner",
        "/api/v1/channels/owner/videos",
        "/api/v1/trending",
    )
    for address in addresses:
        first, (number, again) = ask(address), commands_of(lambda address=address: ask(address))
        settings.KEPT_ANSWER_SECONDS = 0
        made = ask(address)
        settings.KEPT_ANSWER_SECONDS = 60.0
        assert number == 0, address
        assert again.status_code == made.status_code == 200
        assert again.content == first.content == made.content
        assert headers_of(again) == headers_of(first) == headers_of(made)
        assert set(dict(again.items())) == set(dict(made.items()))
        assert again["X-Request-Id"] != first["X-Request-Id"]


def test_a_reader_who_has_it_is_told_so(film):
    etag = ask()["ETag"]
    first = ask(HTTP_IF_NONE_MATCH=etag)
    number, again = commands_of(lambda: ask(HTTP_IF_NONE_MATCH=etag))
    assert (number, again.status_code, again.content) == (0, 304, b"")
    assert headers_of(again) == headers_of(first)
    assert ask(HTTP_IF_NONE_MATCH='W/"other"').status_code == 200


def test_what_is_changed_is_seen_at_once(cast, film):
    address = f"{LIST}/{film.pk}"

    def seen():
        return ask(address).json()

    assert seen()["title"] == seen()["title"] == "Kept walrus"
    owner, member = cast.api("owner"), cast.api("member")
    owner.patch(address, {"title": "Another walrus"}, format="json")
    assert seen()["title"] == "Another walrus"
    assert ask().json()["results"][0]["title"] == "Another walrus"
    member.put(f"{address}/reaction", {"value": "like"}, format="json")
    assert seen()["counts"]["likes"] == 1
    member.post(f"{address}/comments", {"text": "Nice."}, format="json")
    assert seen()["counts"]["comments"] == 1
    assert len(ask(f"{address}/comments").json()["results"]) == 1
    owner.patch(address, {"visibility": "private"}, format="json")
    assert ask(address).status_code == 404
    assert ask().json()["results"] == []
    owner.patch(address, {"visibility": "public"}, format="json")
    assert ask(address).status_code == 200


def test_a_change_that_is_under_way_is_not_hidden_by_an_answer_from_before(cast, film, monkeypatch):
    """The answer is being made from what was there while another request changes it."""
    made, changed = threading.Event(), threading.Event()
    keep = kept_answers._keep

    def slow(*given):
        made.set()
        assert changed.wait(30)
        keep(*given)

    monkeypatch.setattr(kept_answers, "_keep", slow)
    with ThreadPoolExecutor(1) as other:
        reader = other.submit(ask)
        assert made.wait(30)
        cast.api("owner").patch(f"{LIST}/{film.pk}", {"title": "Newer"}, format="json")
        changed.set()
        assert reader.result(30).json()["results"][0]["title"] == "Kept walrus"
    assert ask().json()["results"][0]["title"] == "Newer"


def test_a_change_by_another_process_ends_it(cast, film):
    ask()
    assert commands_of(ask)[0] == 0
    script = "import django; django.setup(); from streamsite import change_mark; change_mark.renew()"
    subprocess.run([sys.executable, "-c", script], check=True, env=dict(os.environ), timeout=60)
    assert commands_of(ask)[0] > 0


def test_jobs_and_commands_end_it(film):
    from django.core.management import call_command

    before = change_mark.current()
    call_command("ensure_indexes")
    assert change_mark.current() != before


@pytest.mark.parametrize(
    "headers",
    [
        {"HTTP_ORIGIN": "https://other.example"},
        {"HTTP_COOKIE": "theme=dark"},
        {"HTTP_AUTHORIZATION": "Bearer nonsense"},
        {"HTTP_TRANSFER_ENCODING": "chunked"},
        {"CONTENT_LENGTH": "2"},
    ],
)
def test_who_says_more_is_answered_anew(film, headers):
    ask()
    before = change_mark.current()
    kept_answers._answers.clear()
    ask(**headers)
    assert list(kept_answers._answers._values) == []
    assert change_mark.current() == before


def test_people_are_answered_for_themselves(cast, film):
    visitor = ask(f"{LIST}/{film.pk}")
    member = cast.api("member").get(f"{LIST}/{film.pk}")
    assert visitor.json()["viewer"] is None
    assert member.json()["viewer"]["can_edit"] is False
    assert ask(f"{LIST}/{film.pk}").json()["viewer"] is None
    assert "private" in member["Cache-Control"]


def test_a_share_link_counts_each_use(cast):
    film = cast.video(visibility="private")
    link = cast.api("owner").post(f"{LIST}/{film.pk}/share-links", {"max_views": 3}, format="json").json()
    address = f"{LIST}/{film.pk}/comments?share={link['url'].partition('share=')[2]}"
    assert [ask(address).status_code for _ in range(5)] == [200, 200, 200, 404, 404]


def test_what_a_share_link_opens_is_for_its_reader(cast):
    film = cast.video(visibility="private")
    link = cast.api("owner").post(f"{LIST}/{film.pk}/share-links", {"max_views": 1}, format="json").json()
    secret, client = link["url"].partition("share=")[2], APIClient()
    for path in ("", "/comments", "/related"):
        answer = client.get(f"{LIST}/{film.pk}{path}?%73hare={secret}")
        assert answer.status_code == 200
        assert "private" in answer["Cache-Control"]
    assert ask(f"{LIST}/{film.pk}/related?share={secret}").status_code == 404
    assert list(kept_answers._answers._values) == []


def test_nobody_waits_for_what_is_for_nobody_else(film, monkeypatch):
    """While one request makes an answer that cannot be kept, the others make theirs at the same time."""
    waiting = 6
    together = threading.Barrier(waiting)
    match = f"{LIST}/AAAAAAAAAAA"
    keep = kept_answers._keep

    def slow(*given):
        together.wait(60)  # broken unless all of them come here at once
        keep(*given)

    monkeypatch.setattr(kept_answers, "_keep", slow)
    with ThreadPoolExecutor(waiting) as people:
        answers = [future.result(90) for future in [people.submit(ask, match) for _ in range(waiting)]]
    assert {answer.status_code for answer in answers} == {404}
    assert not kept_answers._being_made
    monkeypatch.setattr(kept_answers, "WAIT_SECONDS", 60.0)
    monkeypatch.setattr(kept_answers, "_keep", keep)
    assert ask(match).status_code == 404  # known as one that nobody waits for


def test_refused_writes_end_nothing(film):
    ask()
    before = change_mark.current()
    assert APIClient().post("/api/v1/nothing").status_code == 404
    assert APIClient().post("/api/v1/trending").status_code in {403, 405}
    assert APIClient().delete("/robots.txt").status_code == 405
    assert APIClient().post("/api/v1/nothing/at/all").status_code == 404
    assert change_mark.current() == before


def test_an_outage_is_met_once_for_so_many_reads(film, monkeypatch):
    from streamsite.api import throttling
    from streamsite.errors import Unavailable

    asked = []

    def away(*given, **more):
        asked.append(given)
        raise Unavailable

    monkeypatch.setattr(throttling, "increment", away)
    for _ in range(READ_BATCH - 1):
        assert throttling.count_read("10.0.0.1")
    with pytest.raises(Unavailable):
        throttling.count_read("10.0.0.1")
    assert throttling.count_read("10.0.0.1")
    assert len(asked) == 1


def test_an_api_that_is_not_public_answers_only_its_own_pages(film):
    services.save(sections.section_of(Features), {"public_api": False})
    own = {"HTTP_REFERER": "http://testserver/"}
    assert ask(**own).status_code == 200
    assert ask().json()["code"] == "public_api_disabled"
    assert list(kept_answers._answers._values) == []


def test_refusals_are_never_kept(film):
    assert ask(f"{LIST}/AAAAAAAAAAA").status_code == 404
    assert commands_of(lambda: ask(f"{LIST}/AAAAAAAAAAA"))[0] > 0
    ask()
    assert ask(HTTP_HOST="elsewhere.example").status_code == 400


def test_each_language_is_kept_apart(film):
    address = "/api/v1/trending"
    english, german = ask(address), ask(address, HTTP_ACCEPT_LANGUAGE="de")
    assert english.content != german.content
    assert ask(address).content == english.content
    again = ask(address, HTTP_ACCEPT_LANGUAGE="de")
    assert (again.content, again["Content-Language"]) == (german.content, "de")


def test_kept_answers_count(film, settings):
    def requests():
        labels = {"route": "api-videos", "status": "2xx", "method": "GET"}
        return REGISTRY.get_sample_value("streamsite_http_requests_total", labels) or 0

    settings.THROTTLE_SCALE = 1
    ask()
    before, first = requests(), int(ask()["RateLimit-Remaining"])
    assert int(ask()["RateLimit-Remaining"]) == first - 1
    assert requests() == before + 2
    for _ in range(max_events(READS) + READ_BATCH):
        answer = ask()
        if answer.status_code == 429:
            break
    assert answer.json()["code"] == "throttled"
    assert answer["RateLimit-Remaining"] == "0"


def test_what_changes_nothing_of_it_leaves_it(cast, film):
    ask()
    before = change_mark.current()
    beat = {"session": "a" * 22, "position": 1.0, "watched": 1.0}
    Client().post(f"{LIST}/{film.pk}/playback", beat, content_type="application/json")
    APIClient().post("/api/v1/auth/token/refresh", {"refresh": "x"}, format="json")
    assert change_mark.current() == before
    cast.api("member").put(f"{LIST}/{film.pk}/reaction", {"value": "like"}, format="json")
    assert change_mark.current() != before


def test_nothing_is_kept_without_a_mark(film, settings, tmp_path):
    blocked = tmp_path / "file"
    blocked.write_text("not a folder")
    settings.METRICS_DIR = str(blocked / "metrics")
    assert change_mark.current() is None
    change_mark.renew()
    assert ask().status_code == 200
    assert commands_of(ask)[0] > 0


def test_many_who_ask_at_once_let_one_make_it(film):
    waiting = 8
    together = threading.Barrier(waiting)

    def one():
        together.wait(30)
        return ask().content

    with recorded() as made, ThreadPoolExecutor(waiting) as people:
        answers = [future.result(60) for future in [people.submit(one) for _ in range(waiting)]]
    assert len(set(answers)) == 1
    assert len([command for command in made if command.endswith("videos_video")]) == 1
    assert not kept_answers._being_made


def test_an_answer_ends_with_its_time(film, settings):
    settings.KEPT_ANSWER_SECONDS = 0.05
    ask()
    for _ in range(200):
        threading.Event().wait(0.01)
        if commands_of(ask)[0] > 0:
            break
    else:
        raise AssertionError("it is still kept")


# --- pages --------------------------------------------------------------------------------------


def page(address, **headers):
    return Client().get(address, **headers)


def test_visitors_share_the_home_page_and_pages_of_videos(film, settings):
    for address in ("/", f"/watch/{film.pk}", f"/watch/{film.pk}?t=5", "/?sort=views"):
        first, (number, again) = page(address), commands_of(lambda address=address: page(address))
        settings.KEPT_ANSWER_SECONDS = 0
        made = page(address)
        settings.KEPT_ANSWER_SECONDS = 60.0
        assert number == 0, address
        assert again.status_code == made.status_code == 200
        assert again.content == first.content == made.content
        assert headers_of(again) == headers_of(first) == headers_of(made)
        assert "RateLimit-Limit" not in again
        assert again["X-Request-Id"] != first["X-Request-Id"]


def test_pages_show_changes_at_once(cast, film):
    address = f"/watch/{film.pk}"
    assert b"Kept walrus" in page("/").content
    assert b"Kept walrus" in page(address).content
    cast.api("owner").patch(f"{LIST}/{film.pk}", {"title": "Another walrus"}, format="json")
    assert b"Another walrus" in page("/").content
    assert b"Another walrus" in page(address).content
    cast.api("owner").patch(f"{LIST}/{film.pk}", {"visibility": "private"}, format="json")
    assert b"Another walrus" not in page("/").content
    assert page(address).status_code == 404


@pytest.mark.parametrize("headers", [{"HTTP_COOKIE": "theme=dark"}, {"HTTP_HX_REQUEST": "true"}])
def test_pages_and_parts_for_one_person_are_made_for_them(film, headers):
    for address in ("/", f"/watch/{film.pk}"):
        page(address)
        kept_answers._answers.clear()
        page(address, **headers)
        assert list(kept_answers._answers._values) == []


def test_members_never_get_the_page_of_a_visitor(cast, film):
    visitors = page("/").content
    member = cast.page("member").get("/")
    assert member.content != visitors
    assert page("/").content == visitors
    assert b"member" not in visitors


def test_other_pages_are_not_kept(cast, film):
    assert cast.owner.is_active
    for address in ("/login", "/trending", "/@owner", "/robots.txt", f"/embed/{film.pk}", "/search?q=walrus"):
        page(address)
        assert list(kept_answers._answers._values) == [], address


def test_pages_of_each_language_and_coding_are_kept_apart(film):
    english, german = page("/"), page("/", HTTP_ACCEPT_LANGUAGE="de")
    assert english.content != german.content
    packed = page("/", HTTP_ACCEPT_ENCODING="gzip")
    assert packed.headers.get("Content-Encoding") == "gzip"
    assert page("/").content == english.content
    again = page("/", HTTP_ACCEPT_LANGUAGE="de")
    assert (again.content, again["Content-Language"]) == (german.content, "de")


def test_a_share_link_to_a_page_counts_each_use(cast):
    film = cast.video(visibility="private")
    link = cast.api("owner").post(f"{LIST}/{film.pk}/share-links", {"max_views": 2}, format="json").json()
    address = f"/watch/{film.pk}?share={link['url'].partition('share=')[2]}"
    assert [page(address).status_code for _ in range(4)] == [200, 200, 404, 404]


def test_a_site_for_members_keeps_nothing(cast, film):
    page("/")
    services.save(sections.section_of(RegistrationSettings), {"login_required": True})
    change_mark.renew()  # as the request does that changes the setting
    for address in ("/", f"/watch/{film.pk}"):
        for _ in range(2):
            assert page(address).status_code in {302, 401, 403}

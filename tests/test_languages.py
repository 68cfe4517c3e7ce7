"""The language of a response: chosen by account, cookie or browser, named in Vary, at no cost."""

from __future__ import annotations

import re

import pytest
from django.conf import settings
from django.template.loader import render_to_string
from django.test import Client
from django.utils import timezone, translation

from accounts.models import User
from streamsite import languages
from tests.support.commands import recorded_queries

PREFERENCES = "/api/v1/me/preferences"


def html_of(answer):
    return re.search(r"<html[^>]*>", answer.content.decode())[0]


def varied(answer):
    return {name.strip() for name in answer.headers["Vary"].split(",")}


def speaks(answer, code):
    direction = "rtl" if code == "ar" else "ltr"
    return f'lang="{code}" dir="{direction}"' in html_of(answer) and answer["Content-Language"] == code


def prefer(user, **preferences):
    User.objects.filter(pk=user.pk).update(preferences=preferences)


@pytest.mark.parametrize(
    ("header", "code"),
    [
        ("", "en"),
        ("de", "de"),
        ("de-AT,en;q=0.8", "de"),
        ("fr, ar-EG;q=0.9, en;q=0.8", "ar"),
        ("fr", "en"),
        ("*", "en"),
        ("en-GB, de;q=0.9", "en"),
        ("x" * 10_000, "en"),
        ("de;q=abc", "en"),
        ("../../etc", "en"),
    ],
)
def test_a_visitors_browser_chooses(cast, header, code):
    answer = cast.page("anonymous").get("/", headers={"Accept-Language": header} if header else {})
    assert speaks(answer, code)
    assert {"Accept-Language", "Cookie"} <= varied(answer)


def test_the_cookie_comes_before_the_browser_and_the_account_before_both(cast):
    page = cast.page("owner")
    german = {"Accept-Language": "de"}
    assert speaks(page.get("/", headers=german), "de")
    page.cookies[settings.LANGUAGE_COOKIE_NAME] = "ar"
    assert speaks(page.get("/", headers=german), "ar")
    prefer(cast.owner, language="en")
    assert speaks(page.get("/", headers=german), "en")
    prefer(cast.owner, language="tlh")  # one that the site gave up
    assert speaks(page.get("/", headers=german), "ar")
    page.cookies[settings.LANGUAGE_COOKIE_NAME] = "../x"
    assert speaks(page.get("/", headers=german), "de")


@pytest.mark.parametrize(
    "path", ["/nothing", "/embed/nothing", "/login", "/language", "/watch/nothing", "/developers/tokens"]
)
def test_every_root_template_says_its_language(cast, path):
    answer = cast.page("anonymous").get(path, headers={"Accept-Language": "ar"})
    assert speaks(answer, "ar")
    assert 'js/catalogs/ar.js"></script>' in answer.content.decode()
    english = cast.page("anonymous").get(path)
    assert speaks(english, "en")
    assert "catalogs" not in english.content.decode()


def test_an_error_without_a_request_says_its_language():
    with translation.override("ar"):
        page = render_to_string("503.html", {"request_id": "x"})
    assert '<html lang="ar" dir="rtl">' in page


def test_programs_choose_by_their_header_alone(cast):
    """No cookie and no account, because shared caches and programs know neither."""
    prefer(cast.owner, language="ar")
    page = cast.page("owner")
    page.cookies[settings.LANGUAGE_COOKIE_NAME] = "ar"
    texts = {}
    for code in ("en", "de"):
        answer = page.post("/api/v1/auth/register", {}, "application/json", headers={"Accept-Language": code})
        assert answer.status_code == 400
        assert answer["Content-Language"] == code
        assert "Accept-Language" in varied(answer)
        texts[code] = answer.json()
    assert texts["en"]["code"] == texts["de"]["code"]
    assert set(texts["en"]["fields"]) == set(texts["de"]["fields"])
    assert texts["en"]["fields"] != texts["de"]["fields"]


def test_files_and_probes_have_no_language(cast):
    answer = cast.page("anonymous").get("/healthz", headers={"Accept-Language": "de"})
    assert "Content-Language" not in answer.headers
    assert "Accept-Language" not in answer.headers.get("Vary", "")


def test_the_thread_keeps_its_own_language_and_zone(cast):
    prefer(cast.owner, language="ar", time_zone="Asia/Tokyo")
    cast.page("owner").get("/")
    assert translation.get_language() == "en"
    assert timezone.get_current_timezone_name() == "UTC"


def test_the_choice_costs_no_command(cast):
    counts = []
    for who, preferences in [
        ("anonymous", {}),
        ("owner", {}),
        ("owner", {"language": "ar", "time_zone": "Asia/Tokyo"}),
    ]:
        if who == "owner":
            prefer(cast.owner, **preferences)
        page = cast.page(who)
        page.get("/trending")
        with recorded_queries() as seen:
            page.get("/trending", headers={"Accept-Language": "de"})
        counts.append(len(seen))
    assert counts[1] == counts[2]
    with recorded_queries() as seen:
        Client().get("/language")
    assert seen == []


def test_the_switcher_sets_the_cookie_and_returns(cast):
    page = cast.page("anonymous")
    assert 'href="/language?next=%2Ftrending%3Fa%3D1"' in page.get("/trending?a=1").content.decode()
    answer = page.post("/language", {"language": "de", "next": "/trending?a=1"})
    assert (answer.status_code, answer["Location"]) == (302, "/trending?a=1")
    cookie = answer.cookies[settings.LANGUAGE_COOKIE_NAME]
    assert (cookie.value, cookie["samesite"], cookie["httponly"], cookie["path"]) == ("de", "Lax", True, "/")
    assert speaks(page.get("/trending"), "de")
    page.post("/language", {"language": ""})
    assert speaks(page.get("/trending", headers={"Accept-Language": "ar"}), "ar")


def test_the_switcher_stores_the_choice_of_an_account(cast):
    page = cast.page("owner")
    assert page.post("/language", {"language": "ar", "next": "/"}).status_code == 302
    assert User.objects.get(pk=cast.owner.pk).preferences["language"] == "ar"
    assert cast.page("owner").get("/")["Content-Language"] == "ar"


@pytest.mark.parametrize(
    "target", ["https://evil.example/", "//evil.example", "javascript:alert(1)", "\\\\evil.example"]
)
def test_the_switcher_leads_nowhere_else(cast, target):
    assert cast.page("anonymous").post("/language", {"language": "de", "next": target})["Location"] == "/"


def test_the_switcher_refuses_what_it_does_not_offer(cast):
    answer = cast.page("anonymous").post("/language", {"language": "tlh"})
    assert answer.status_code == 200
    assert settings.LANGUAGE_COOKIE_NAME not in answer.cookies
    forged = Client(enforce_csrf_checks=True).post("/language", {"language": "de"})
    assert forged.status_code == 403


def test_preferences_offer_languages_and_zones(cast):
    content = cast.page("owner").get("/settings/preferences").content.decode()
    assert '<option value="ar">العربية</option>' in content
    assert re.search(r'<option value="Europe/Berlin">\(GMT\+[12]\) Europe/Berlin</option>', content)
    api = cast.api("owner")
    assert (
        api.patch(PREFERENCES, {"time_zone": "Europe/Berlin"}, format="json").json()["time_zone"]
        == "Europe/Berlin"
    )
    for wrong in ("Mars/Base", "../etc/passwd", "localtime", 5, None):
        answer = api.patch(PREFERENCES, {"time_zone": wrong}, format="json")
        assert (answer.status_code, list(answer.json()["fields"])) == (400, ["time_zone"])


def test_the_schema_names_what_the_site_speaks():
    assert languages.supported("de-CH") == "de"
    assert languages.supported("") == ""
    assert languages.from_header("tlh, de;q=0.1") == "de"

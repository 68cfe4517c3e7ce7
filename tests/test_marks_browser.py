"""Bars and "Watched" marks of visitors, from what the browser remembers, by the rules of the server."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.player_film import SECONDS, film, open_watch_page, seek_to  # noqa: F401 - one is a fixture
from tests.support.browser import until
from tests.support.http_client import Caller
from videos import watch_marks
from videos.playback.history import is_finished

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(240)]
CASES = [
    (position, duration)
    for duration in (0, 3, 20, 100, 7200)
    for position in (0, 4.9, 5, 8, duration * 0.5, duration * 0.94, duration * 0.96, duration)
    if position <= duration
]


@pytest.fixture
def page(chromium, site):
    context = chromium.new_context(base_url=site.url)
    yield context.new_page()
    context.close()


def bar_of(page: Page, film: str):  # noqa: F811
    return page.locator(f'[data-mark="{film}"] progress').first


def test_scripts_and_server_mark_alike(page):
    page.goto("/trending")
    found = page.evaluate(
        """async (cases) => {
          const loaded = performance.getEntriesByType('resource').map(({ name }) => name);
          const address = loaded.find((name) => name.endsWith('/js/watch-progress.js'));
          const { watchMark } = await import(address.replace('/watch-progress.js', '/player/position.js'));
          return cases.map((one) => watchMark(...one));
        }""",
        [list(case) for case in CASES],
    )
    wanted = [
        watch_marks.mark_of_entry(
            {"position": where, "duration": length, "completed": is_finished(where, length)}
        )
        for where, length in CASES
    ]
    assert [(one["percent"], one["isFinished"]) if one else None for one in found] == [
        (mark.percent, mark.completed) if mark else None for mark in wanted
    ]


def test_a_visitor_sees_how_much_was_watched(page, film):  # noqa: F811
    page.goto("/trending")
    expect(page.locator(".thumb-progress")).to_have_count(0)
    open_watch_page(page, film)
    seek_to(page, SECONDS / 2)
    page.goto("/trending")
    expect(bar_of(page, film)).to_have_attribute("value", "50")
    expect(page.locator(f'[data-video="{film}"]').get_by_text("50% watched")).to_be_attached()
    page.goto("/search?q=come+back")
    expect(bar_of(page, film)).to_have_attribute("value", "50")
    open_watch_page(page, film)
    until(page, f"Math.abs(v.currentTime - {SECONDS / 2}) < 1")
    seek_to(page, SECONDS - 0.4)
    page.evaluate("document.querySelector('video').play()")
    until(page, "v.ended")
    page.goto("/trending")
    expect(bar_of(page, film)).to_have_attribute("value", "100")
    expect(page.locator(f'[data-mark="{film}"] .thumb-mark')).to_have_text("Watched")
    open_watch_page(page, film)
    until(page, "v.currentTime < 1")  # what was seen to its end begins again
    page.goto("/trending")
    expect(bar_of(page, film)).to_have_attribute("value", "100")


def test_the_upload_page_tells_of_a_file_that_was_uploaded_before(page, site, film, tmp_path_factory):  # noqa: F811
    owner = Caller(site).sign_in("player-film-owner").sign_in_to_pages("player-film-owner")
    cookies = [
        {"name": name, "value": value, "url": f"http://{owner.address.netloc}"}
        for name, value in owner.cookies.items()
    ]
    page.context.add_cookies(cookies)
    page.goto("/upload")
    page.locator("[data-file]").set_input_files(tmp_path_factory.getbasetemp() / "film.mp4")
    hint = page.get_by_role("dialog").get_by_text("You already uploaded this file:")
    expect(hint).to_be_visible(timeout=60_000)
    link = hint.get_by_role("link", name="A film to come back to")
    expect(link).to_have_attribute("href", re.compile(rf"/watch/{film}$"))
    video_id = page.locator("[data-edit]").get_attribute("href").rpartition("/")[2]
    assert owner.json("DELETE", f"/api/v1/videos/{video_id}")[0] == 204

"""Pages fade into each other where the browser can do that, and lists and the Back button work as without it."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.support.browser import until
from tests.support.http_client import Caller

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(240)]
# An init script runs before the page is shown for the first time.
REMEMBER = """
addEventListener("pagereveal", (event) => {
  window.revealed = true;
  window.faded = Boolean(event.viewTransition);
});
"""


@pytest.fixture(scope="module")
def collector(site):
    """Somebody with more playlists than a page of them holds."""
    person = Caller(site).sign_up("fade-collector").sign_in_to_pages("fade-collector")
    for number in range(22):
        status, _ = person.json("POST", "/api/v1/playlists", {"title": f"List {number}"})
        assert status == 201
    return person


def opened(chromium, site, person, motion: str):
    context = chromium.new_context(base_url=site.url, reduced_motion=motion)
    context.add_init_script(REMEMBER)
    cookies = person.cookies.items()
    context.add_cookies([{"name": name, "value": value, "url": site.url} for name, value in cookies])
    page = context.new_page()
    page.problems = []
    page.on("pageerror", lambda error: page.problems.append(str(error)))
    page.goto("/trending")
    return page


@pytest.mark.parametrize(("motion", "fades"), [("no-preference", True), ("reduce", False)])
def test_pages_fade_unless_the_viewer_wants_less_motion(chromium, site, collector, motion, fades):
    page = opened(chromium, site, collector, motion)
    page.locator(".sidebar").get_by_role("link", name="Playlists").click()
    page.wait_for_url("**/library")
    until(page, "window.revealed === true")
    assert page.evaluate("window.faded") is fades
    more = page.get_by_role("link", name="Load more")
    more.click()
    expect(page.locator(".grid > .entry")).to_have_count(22)
    expect(more).to_have_count(0)
    page.go_back()
    page.wait_for_url("**/trending")
    until(page, "window.revealed === true")
    expect(page.locator("main")).to_be_visible()
    assert page.evaluate("window.faded") is fades
    page.go_forward()
    page.wait_for_url("**/library")
    expect(page.get_by_role("heading", name="Playlists", exact=True, level=1)).to_be_visible()
    assert page.problems == []
    page.context.close()


def test_outlines_stand_where_more_is_loaded(chromium, site, collector):
    page = opened(chromium, site, collector, "no-preference")
    page.goto("/library")
    held = []
    page.route(lambda url: "/library?" in url, lambda route: held.append(route))
    with page.expect_request(lambda request: "/library?" in request.url):
        page.get_by_role("link", name="Load more").click()
    place = page.locator(".more")
    expect(place).to_have_attribute("aria-busy", "true")
    expect(place.locator(".skeleton-cards[aria-hidden=true] .card")).to_have_count(4)
    held[0].abort()
    expect(page.get_by_text("Couldn't load more.")).to_be_visible()
    expect(place.locator(".skeleton-cards")).to_have_count(0)
    expect(place).to_have_attribute("aria-busy", "false")
    page.unroute_all()
    page.get_by_role("link", name="Load more").click()
    expect(page.locator(".grid > .entry")).to_have_count(22)
    expect(page.locator(".skeleton-cards")).to_have_count(0)
    page.context.close()


def test_notifications_have_outlines_until_they_are_there(chromium, site, collector):
    page = opened(chromium, site, collector, "no-preference")
    held = []
    page.route("**/notifications/panel*", lambda route: held.append(route))
    with page.expect_request("**/notifications/panel*"):
        page.locator(".bell").click()
    panel = page.get_by_role("dialog", name="Notifications")
    expect(panel).to_have_attribute("aria-busy", "true")
    expect(panel.locator(".skeleton-row")).to_have_count(4)
    held[0].continue_()
    expect(panel).to_have_attribute("aria-busy", "false")
    expect(panel.locator(".skeleton-row")).to_have_count(0)
    expect(panel.get_by_role("heading", name="Notifications", exact=True)).to_be_visible()
    page.locator(".bell").click()
    expect(panel).to_have_count(0)
    page.unroute_all()
    page.route("**/notifications/panel*", lambda route: route.abort())
    page.locator(".bell").click()
    page.wait_for_url("**/notifications")  # the page says what the panel cannot
    page.context.close()

"""Search results in a real browser: filters by pointer, by keyboard and without scripts, with axe-core looking."""

import re

import pytest
from playwright.sync_api import expect

from tests.support.http_client import Caller
from tests.test_account_pages import Walker

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(240)]


@pytest.fixture(scope="module")
def lighthouse(site, clip):
    keeper = Caller(site).sign_up("lighthouse-keeper")
    for title, category in (("Lighthouse by day", "travel"), ("Lighthouse by night", "film")):
        sent = {"visibility": "public", "title": title, "category": category}
        keeper.wait(keeper.upload(clip, **sent), "ready")
    return keeper


@pytest.mark.parametrize(
    ("width", "scheme", "scripts"), [(1280, "light", True), (390, "dark", True), (390, "dark", False)]
)
def test_the_results_are_filtered(chromium, site, lighthouse, width, scheme, scripts):
    context = chromium.new_context(
        base_url=site.url,
        viewport={"width": width, "height": 800},
        color_scheme=scheme,
        bypass_csp=True,
        java_script_enabled=scripts,
    )
    page = context.new_page()
    walker = Walker(page, site)
    page.goto("/search?q=lighthouse")
    cards = page.locator("main .card-title")
    expect(cards).to_have_count(2)
    channel = page.locator(".found-channel")
    expect(channel).to_contain_text("lighthouse-keeper")
    sheet = page.get_by_role("dialog", name="Search filters")
    expect(sheet).to_be_hidden()
    page.get_by_role("button", name="Filters").click()
    expect(sheet).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    if scripts:
        walker.look("filters")
    sheet.get_by_role("link", name="Travel & events").click()
    expect(cards).to_have_text(["Lighthouse by day"])
    assert page.url.endswith("/search?q=lighthouse&category=travel")
    if scripts:
        walker.look("one filter")
    page.get_by_role("link", name="Remove filter: Travel & events").click()
    expect(cards).to_have_count(2)
    # By keyboard: the sheet opens and closes, and a choice is a link.
    page.get_by_role("button", name="Filters").press("Enter")
    expect(sheet).to_be_visible()
    page.keyboard.press("Escape")
    expect(sheet).to_be_hidden()
    page.get_by_role("button", name="Filters").press("Enter")
    sheet.get_by_role("link", name="Under 4 minutes").press("Enter")
    expect(page).to_have_url(re.compile("duration=short"))
    expect(cards).to_have_count(2)
    page.goto("/search?q=lighthouse")
    channel.click() if channel.count() else page.goto("/@lighthouse-keeper")
    expect(page).to_have_url(re.compile("/@lighthouse-keeper$"))
    assert walker.problems == []
    context.close()


def test_channels_and_playlists_are_found_on_a_phone(chromium, site, lighthouse):
    """Suggestions and the page's sections by keyboard, within the width of a phone."""
    _, listed = lighthouse.json("GET", "/api/v1/videos?channel=lighthouse-keeper")
    body = {
        "title": "Beacons of a very long coast line",
        "visibility": "public",
        "video_ids": [listed["results"][0]["id"]],
    }
    assert lighthouse.json("POST", "/api/v1/playlists", body)[0] == 201
    context = chromium.new_context(base_url=site.url, viewport={"width": 390, "height": 800}, bypass_csp=True)
    page = context.new_page()
    walker = Walker(page, site)
    page.goto("/search")
    field = page.get_by_role("combobox", name="Search videos").last
    field.fill("keeper")
    options = page.get_by_role("option")
    expect(options).to_contain_text(["Channel · @lighthouse-keeper"])
    field.fill("coast")
    expect(options).to_have_text(["Beacons of a very long coast linePlaylist"])
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    field.press("ArrowDown")
    expect(options.first).to_have_attribute("aria-selected", "true")
    field.press("Enter")
    expect(page).to_have_url(re.compile("/playlists/"))
    page.goto("/search?q=keeper&show=channels")
    expect(page.get_by_role("heading", level=1)).to_have_text("Channels for “keeper”")
    expect(page.locator(".found-channel")).to_have_count(1)
    page.goto("/search?q=coast")
    expect(page.get_by_role("heading", name="Playlists")).to_be_visible()
    walker.look("playlists among the results")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert walker.problems == []
    context.close()

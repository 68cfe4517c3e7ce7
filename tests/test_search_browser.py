"""Search results in a real browser: filters by mouse, by keyboard and without scripts, with axe-core looking."""

import re

import pytest
from playwright.sync_api import expect

from streamsite.testing.caller import Caller
from tests.test_account_pages import Walker
from tests.test_browser import chromium  # noqa: F401 - the fixture

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(240)]


@pytest.fixture(scope="module")
def lighthouse(site, clip):
    keeper = Caller(site).enter("lighthouse-keeper")
    for title, category in (("Lighthouse by day", "travel"), ("Lighthouse by night", "film")):
        sent = {"visibility": "public", "title": title, "category": category}
        keeper.wait(keeper.upload(clip, **sent), "ready")
    return keeper


@pytest.mark.parametrize(
    ("width", "scheme", "scripts"), [(1280, "light", True), (390, "dark", True), (390, "dark", False)]
)
def test_the_results_are_filtered(chromium, site, lighthouse, width, scheme, scripts):  # noqa: F811
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
    category = page.get_by_label("Category")
    if width < 800:
        expect(category).to_be_hidden()
        page.get_by_text("Filters", exact=True).click()
    if scripts:
        walker.look("filters")
    category.select_option("travel")
    if not scripts:
        page.get_by_role("button", name="Apply").click()
    expect(cards).to_have_text(["Lighthouse by day"])
    expect(page).to_have_url(re.compile("category=travel"))
    if scripts:
        assert page.url.endswith("/search?q=lighthouse&category=travel")
        walker.look("one filter")
    chip = page.get_by_role("link", name="Remove: Travel & events")
    expect(chip).to_be_visible()
    chip.click()
    expect(cards).to_have_count(2)
    if scripts and width > 800:
        page.get_by_label("Length").focus()
        page.keyboard.press("ArrowDown")
        page.wait_for_timeout(700)
        assert "duration" not in page.url
        page.get_by_role("button", name="Apply").press("Enter")
        expect(page).to_have_url(re.compile("duration=short"))
        expect(cards).to_have_count(2)
    channel.click() if channel.count() else page.goto("/@lighthouse-keeper")
    expect(page).to_have_url(re.compile("/@lighthouse-keeper$"))
    assert walker.problems == []
    context.close()

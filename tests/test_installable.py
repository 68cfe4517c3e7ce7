"""Chromium finds nothing that keeps the site from being installed, and the sign-out page signs out."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.support.browser import IsolatedBrowser
from tests.support.http_client import PASSWORD, Caller
from tests.support.stack import Stack

pytestmark = [pytest.mark.slow, pytest.mark.timeout(120)]


@pytest.fixture
def page(chromium: IsolatedBrowser) -> Iterator[Page]:
    made = chromium.new_page()
    yield made
    made.close()


def test_chromium_can_install_the_site(page: Page, site: Stack) -> None:
    page.goto(f"{site.url}/trending")
    session = page.context.new_cdp_session(page)
    found = session.send("Page.getAppManifest")
    assert found["url"] == f"{site.url}/manifest.webmanifest"
    assert found["errors"] == []
    problems = session.send("Page.getInstallabilityErrors")["installabilityErrors"]
    # The tests' windows are private ones, in which nothing can be installed.
    assert [one["errorId"] for one in problems if one["errorId"] != "in-incognito"] == []


def test_the_sign_out_page_signs_out(page: Page, site: Stack) -> None:
    Caller(site).sign_up("leaving")
    page.goto(f"{site.url}/login")
    page.get_by_label("Username").fill("leaving")
    page.get_by_label("Password").fill(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url(f"{site.url}/")
    page.goto(f"{site.url}/logout")
    expect(page.locator("main").get_by_text("@leaving")).to_be_visible()
    page.locator("main").get_by_role("button", name="Sign out").click()
    expect(page).to_have_url(f"{site.url}/")
    assert not [one for one in page.context.cookies() if one["name"] == "session"]

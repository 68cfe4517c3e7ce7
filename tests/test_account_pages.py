"""A person's way through the account pages in a real browser, wide and narrow, with axe-core looking at each."""

from __future__ import annotations

import re
import time
from urllib.parse import unquote

import pyotp
import pytest
from playwright.sync_api import Page, expect

from tests.support.accessibility import serious_findings
from tests.support.users import PASSWORD

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(240)]


SETTLED = "Promise.allSettled(document.getAnimations().map(animation => animation.finished))"


class Walker:
    """A browser that checks every page it comes to."""

    def __init__(self, page: Page, site) -> None:
        self.page, self.site = page, site
        self.problems: list[str] = []
        page.on("pageerror", lambda error: self.problems.append(str(error)))

    def look(self, name: str) -> None:
        """No serious finding of axe-core, nothing wider than the screen."""
        self.page.evaluate(SETTLED)
        assert serious_findings(self.page) == [], name
        self.measure(name)

    def measure(self, name: str) -> None:
        """Nothing wider than the screen, and no token in the browser's storage."""
        width = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        assert self.page.evaluate(width) <= 0, f"{name} is too wide"
        kept = self.page.evaluate("JSON.stringify([{...localStorage}, {...sessionStorage}])")
        assert not re.search(r"eyJ|sst_", kept), kept

    def open(self, path: str) -> None:
        answer = self.page.goto(path)
        assert answer.status == 200, path
        self.look(path)

    def press(self, name: str) -> None:
        self.page.get_by_role("button", name=name).click()

    def mailed(self, subject: str, to: str) -> str:
        """Return the link of the mail with this subject to this address, as a path."""
        for _ in range(150):
            for path in (self.site.data_dir / "mail").glob("*.eml"):
                text = path.read_text().replace("=\n", "").replace("=3D", "=")
                if (
                    subject in text
                    and to in text
                    and (found := re.search(r"http://[^/]+(/\S+token=\S+)", text))
                ):
                    return unquote(found[1])
            time.sleep(0.2)
        raise AssertionError(f"no mail: {subject}")


@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (390, "dark")])
def test_the_way_through_the_account_pages(chromium, site, width, scheme):
    name = f"account-{width}"
    address = f"{name}@example.org"
    context = chromium.new_context(
        base_url=site.url, viewport={"width": width, "height": 800}, color_scheme=scheme, bypass_csp=True
    )
    page = context.new_page()
    walker = Walker(page, site)
    walker.open("/register")
    page.get_by_label("Username").fill(name)
    page.get_by_label("Email").fill(address)
    page.get_by_label("Password").fill(PASSWORD)
    walker.press("Create account")
    page.wait_for_url("**/")
    walker.look("welcome")

    page.goto(walker.mailed("Confirm your email address", address))
    assert "token" not in page.url
    walker.look("verify")
    walker.press("Confirm email")
    expect(page.get_by_text("Confirmed", exact=True)).to_be_visible()

    walker.open("/settings/profile")
    walker.open("/settings/preferences")
    walker.open("/settings/security")
    page.get_by_text("Set up").click()
    page.locator("#proof_current_password").fill(PASSWORD)
    walker.press("Continue")
    walker.look("totp")
    secret = page.locator("code.key").inner_text()
    page.get_by_label("Code").fill(pyotp.TOTP(secret).now())
    walker.press("Turn on")
    walker.look("recovery codes")
    recovery = page.locator("#codes code").first.inner_text()

    walker.open("/settings/api-tokens")
    page.get_by_label("Name").fill("backup script")
    walker.press("Create token")
    walker.look("a new token")
    assert page.locator("#made").inner_text().startswith("sst_")
    for path in (
        "/settings/sessions",
        "/settings/security/activity",
        "/settings/confirm",
        "/settings/export",
        "/settings/import",
        "/settings/delete",
    ):
        walker.open(path)

    context.clear_cookies()
    walker.open("/login")
    page.get_by_label("Username").fill(name)
    page.get_by_label("Password").fill(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url("**/login/code")
    walker.look("code")
    page.get_by_label("Code").fill(recovery)
    page.keyboard.press("Enter")
    page.wait_for_url("**/")

    context.clear_cookies()
    walker.open("/forgot-password")
    page.get_by_label("Email").fill(address)
    walker.press("Email me a reset link")
    walker.look("sent")
    page.goto(walker.mailed("Reset your password", address))
    walker.look("reset")
    page.get_by_label("New password").fill("another battery staple")
    walker.press("Change password")
    expect(page.get_by_text("Password changed")).to_be_visible()
    walker.open("/restore")
    assert walker.problems == []
    context.close()

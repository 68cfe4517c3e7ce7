"""Signing a test's account in on the site's own page."""

from __future__ import annotations

from playwright.sync_api import Page

from tests.support.http_client import PASSWORD


def sign_in(page: Page, name: str) -> None:
    """Sign an account in, and wait until it is."""
    page.goto("/login")
    page.get_by_label("Username or email").fill(name)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("main").get_by_role("button", name="Sign in").click()
    page.wait_for_url(lambda url: "/login" not in url)

"""The modes on a running site: two web processes, a worker, a command, the log, and a browser."""

from __future__ import annotations

import re
import time

import pytest
from playwright.sync_api import expect

from tests.support.accessibility import serious_findings
from tests.support.http_client import PASSWORD, Caller
from tests.support.own_site import administered_site

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(300)]
MESSAGE = "Moving to new disks."


@pytest.fixture(scope="module")
def own_site(tmp_path_factory):
    """A site of this module's own: all its visitors see the mode."""
    with administered_site(tmp_path_factory.mktemp("mode")) as site:
        yield site


@pytest.fixture
def switch(own_site):
    """Set the mode by the command, and return once every process has followed; normal again at the end."""

    def to(mode, *words):
        own_site.manage("site_mode", mode, *words)
        settle(own_site, {"read-only": (200, 503), "maintenance": (503, 503)}.get(mode, (200, 401)))

    yield to
    to("normal")


def settle(site, wanted):
    """Wait until twenty connections in a row, which meet either process, have these statuses: of a read, of a write."""
    begun, in_a_row = time.monotonic(), 0
    visitor = Caller(site)
    while in_a_row < 20:
        found = visitor.call("GET", "/")[0], visitor.call("POST", "/api/v1/playlists")[0]
        in_a_row = in_a_row + 1 if found == wanted else 0
        assert in_a_row or time.monotonic() - begun < 20, f"{found} instead of {wanted}"


@pytest.fixture
def page(chromium, own_site):
    context = chromium.new_context(base_url=own_site.url, viewport={"width": 1280, "height": 900})
    page = context.new_page()
    yield page
    context.close()


def sign_in(page, then):
    page.goto(f"/login?next={then}")
    page.fill("[name=login]", "boss")
    page.fill("[name=password]", PASSWORD)
    page.click("form.panel button[type=submit]")
    page.wait_for_url(f"**{then}")


def test_read_only_in_a_browser(page, own_site, switch, tmp_path):
    sign_in(page, "/settings/profile")
    switch("read-only", "--message", MESSAGE)
    page.goto("/settings/profile")
    banner = page.locator("#site-mode")
    expect(banner).to_contain_text(MESSAGE)
    save = page.get_by_role("button", name="Save").first
    expect(save).to_be_disabled()
    assert "nothing can be changed" in save.get_attribute("title")
    assert save.get_attribute("aria-describedby") == "site-mode-reason"
    assert serious_findings(page) == []
    page.goto("/settings/sessions")
    enabled = page.locator("main form[data-works-read-only] button")
    assert not any(button.is_disabled() for button in enabled.all())
    page.goto("/upload")
    file = tmp_path / "film.mp4"
    file.write_bytes(b"\0\0\0\x18ftypisom" * 100)
    page.set_input_files("input[type=file]", file)
    row = page.locator("[data-upload]")
    expect(row.get_by_text("The site is read-only right now")).to_be_visible(timeout=20_000)
    switch("normal")
    with page.expect_response(lambda answer: answer.url.endswith("/api/v1/uploads") and answer.status == 201):
        row.get_by_role("button", name="Try again").click()


def test_maintenance_in_a_browser_and_its_end_by_staff(page, own_site, switch):
    switch("maintenance", "--message", MESSAGE, "--until", "+2h")
    answer = page.goto("/watch/AAAAAAAAAAA")
    assert answer.status == 503
    expect(page.get_by_role("heading", level=1)).to_have_text("Down for maintenance")
    expect(page.locator("main")).to_contain_text(MESSAGE)
    assert serious_findings(page) == []
    page.get_by_role("link", name="Staff sign-in").click()
    page.wait_for_url("**/login")
    sign_in(page, "/admin/site/mode/")
    expect(page.locator(".messagelist")).to_contain_text(MESSAGE)
    page.select_option("[name=mode]", "normal")
    page.click(".site-actions button")
    page.get_by_text("Saved.").wait_for()
    settle(own_site, (200, 401))


def test_the_log_has_one_line_per_change(own_site, switch):
    def lines():
        return re.findall(r"The site is .*", own_site.output())

    before = len(lines())
    for number, mode in enumerate(("read-only", "normal"), 1):
        switch(mode)
        # The worker follows by itself, within the same seconds as the web processes.
        deadline = time.monotonic() + 20
        while len(lines()) < before + number and time.monotonic() < deadline:
            time.sleep(0.1)
    assert [line.split(":")[0] for line in lines()[before:]] == [
        "The site is read-only",
        "The site is in normal mode again",
    ]

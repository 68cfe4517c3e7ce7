"""A moderator at work in a real browser: the dashboard, one-key decisions, and every list without a wide table."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.support.accessibility import serious_findings
from tests.support.browser import until
from tests.support.http_client import PASSWORD, Caller

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(240)]
# The site is shared, so tests of other modules may have left cases that would come first.
EMPTY_QUEUE = "from videos.models.moderation import Case; Case.objects.all().delete()"
TOO_WIDE = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
# Tables may not scroll sideways within their frames either.
FRAMES_TOO_WIDE = """() => [...document.querySelectorAll('.results, .desk-body')]
  .filter((frame) => frame.scrollWidth > frame.clientWidth + 1).length"""
SHOTS = os.environ.get("ADMIN_SHOTS")
LISTS = (
    *(
        "videos/case",
        "videos/report",
        "videos/strike",
        "videos/commentrules",
        "videos/video",
        "videos/comment",
    ),
    *("videos/reaction", "videos/commentreaction", "videos/block", "accounts/user", "auth/group"),
    *("playlists/playlist", "playlists/playlistitem", "playlists/savedplaylist", "streamsite/job"),
    *("subscriptions/post", "subscriptions/subscription", "subscriptions/notification"),
    "subscriptions/broadcast",
)


@pytest.fixture(scope="module")
def world(site, clip):
    """A creator with three videos that were reported in order, and a moderator."""
    site.manage("shell", "-v", "0", "-c", EMPTY_QUEUE)
    creator = Caller(site).sign_up("admin-creator")
    reporter = Caller(site).sign_up("admin-reporter")
    ids = [creator.upload(clip, title=f"Reported {n}", visibility="public") for n in range(3)]
    for one in ids:
        creator.wait(one, "ready")
        body = {"reason": "spam", "text": f"The words about {one}"}
        assert reporter.json("POST", f"/api/v1/videos/{one}/report", body)[0] == 201
    comment = reporter.json("POST", f"/api/v1/videos/{ids[0]}/comments", {"text": "Said below"})[1]
    creator.json("POST", "/api/v1/posts", {"text": "A post with news"})
    playlist = {"title": "A list", "video_ids": ids, "visibility": "public"}
    creator.json("POST", "/api/v1/playlists", playlist)
    reporter.json("PUT", "/api/v1/channels/admin-creator/subscription", {})
    creator.json("POST", f"/api/v1/comments/{comment['id']}/report", {"reason": "harassment", "text": "Rude"})
    site.manage("createsuperuser", "--noinput", "--username", "admin-judge", "--email", "judge@example.org",
                DJANGO_SUPERUSER_PASSWORD=PASSWORD)  # fmt: skip
    return ids


@pytest.fixture
def open_admin(chromium, site):
    """Open a page of the admin as the moderator; no page may have an error at the end."""
    problems, contexts = [], []

    def opened(path, width=1280, scheme="light"):
        context = chromium.new_context(
            base_url=site.url, viewport={"width": width, "height": 900}, color_scheme=scheme, bypass_csp=True
        )
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: problems.append(str(error)))
        page.goto("/login")
        page.get_by_label("Username or email").fill("admin-judge")
        page.get_by_label("Password").fill(PASSWORD)
        page.keyboard.press("Enter")
        page.wait_for_url(lambda url: "/login" not in url)
        page.goto(path)
        return page

    yield opened
    for context in contexts:
        context.close()
    assert problems == []


def shoot(page, name):
    if SHOTS:
        page.screenshot(path=Path(SHOTS) / f"{name}.png", full_page=True)


@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (1280, "dark"), (390, "light")])
def test_pages_fit_and_can_be_read(site, world, open_admin, width, scheme):
    page = open_admin("/admin/", width, scheme)
    for name, path in (
        ("dashboard", "/admin/"),
        ("case", "/admin/videos/case/next/"),
        ("video", f"/admin/videos/video/{world[0].replace('_', '_5F')}/change/"),
        ("account", "/admin/accounts/user/?q=admin-creator"),
    ):
        page.goto(path)
        if name == "account":
            page.locator("#result_list").get_by_role("link", name="admin-creator").first.click()
        assert page.evaluate(TOO_WIDE) <= 0, name
        shoot(page, f"{name}-{width}-{scheme}")
        # Django's own widget for permissions labels a span.
        findings = [each for each in serious_findings(page) if "help-tooltip" not in each]
        assert findings == [], name
    for path in LISTS:
        page.goto(f"/admin/{path}/")
        shoot(page, f"list-{path.replace('/', '-')}-{width}-{scheme}")
        assert page.evaluate(TOO_WIDE) <= 0, path
        if width >= 1280:
            assert page.evaluate(FRAMES_TOO_WIDE) == 0, path


def test_a_preview_plays(world, open_admin):
    page = open_admin("/admin/videos/case/next/")
    page.keyboard.press("p")
    until(page, "v.currentTime > 0")


def test_cases_are_decided_by_keys_oldest_first(site, world, open_admin):
    page = open_admin("/admin/videos/case/next/")
    title = page.locator(".case-title")
    expect(title).to_have_text("Reported 0")
    expect(page.locator(".case-reports")).to_contain_text(f"The words about {world[0]}")
    expect(page.locator(".case-legend")).to_be_visible()
    page.keyboard.press("n")
    expect(title).to_have_text("Reported 1")
    page.goto("/admin/videos/case/next/")
    # Nothing is sent before it is confirmed.
    page.keyboard.press("3")
    expect(page.get_by_role("dialog")).to_contain_text("Take it down?")
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_be_hidden()
    page.keyboard.press("m")
    page.keyboard.type("Rule 3 and 1")
    page.keyboard.press("Escape")
    page.keyboard.press("s")
    page.keyboard.press("3")
    page.keyboard.press("Enter")
    expect(title).to_have_text("Reported 1")
    expect(page.locator(".messagelist")).to_contain_text("Decided: Take down.")
    assert page.request.get(f"/watch/{world[0]}").status == 404
    page.locator(".messagelist").get_by_role("link", name="Reported 0").click()
    expect(page.locator(".case-decision")).to_contain_text("Rule 3 and 1")
    expect(page.locator("#content")).to_contain_text("1 of 3 strikes")
    # It still plays for the moderator.
    page.keyboard.press("p")
    until(page, "v.currentTime > 0")


def test_the_faster_moderator_is_named(site, world, open_admin):
    slow, fast = open_admin("/admin/videos/case/next/"), open_admin("/admin/videos/case/next/")
    title = slow.locator(".case-title").inner_text()
    fast.keyboard.press("1")
    fast.keyboard.press("Enter")
    expect(fast.locator(".messagelist")).to_contain_text("Decided: No violation.")
    slow.keyboard.press("3")
    slow.keyboard.press("Enter")
    expect(slow.locator(".messagelist")).to_contain_text("already decided this case (No violation)")
    expect(slow.locator(".case-title")).to_have_text(title)

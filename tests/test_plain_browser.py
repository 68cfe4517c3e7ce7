"""The site without scripts, from an account to its deletion, where the other files of browser tests do not go.

They upload, edit, comment, use the menu of cards and filter search results without scripts.
"""

from __future__ import annotations

import re
from types import SimpleNamespace

import pytest
from playwright.sync_api import expect

from tests.support.http_client import PASSWORD, Caller

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(240)]


@pytest.fixture(scope="module")
def world(site, clip):
    """A channel with two videos."""
    maker = Caller(site).sign_up("plain-maker")
    videos = [maker.upload(clip, title=title, visibility="public") for title in ("Plain walk", "Plain swim")]
    for video in videos:
        maker.wait(video, "ready")
    return SimpleNamespace(maker=maker, videos=videos)


@pytest.fixture
def page(chromium, site):
    context = chromium.new_context(
        base_url=site.url, viewport={"width": 390, "height": 800}, java_script_enabled=False
    )
    yield context.new_page()
    context.close()


def test_a_viewer_lives_without_scripts(page, site, world):
    main = page.get_by_role("main")
    page.goto("/")
    page.get_by_role("navigation", name="Quick links").get_by_role("link", name="Sign in").click()
    page.get_by_role("link", name="Create an account").click()
    page.get_by_label("Username").fill("plain-viewer")
    page.get_by_label("Email").fill("plain-viewer@example.org")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Create account").click()
    page.wait_for_url("**/")
    viewer = Caller(site).sign_in("plain-viewer")

    # A playlist from the page of a card's menu, and its order.
    for number, video in enumerate(world.videos):
        page.goto(f"/watch/{video}/menu")
        main.get_by_role("link", name="Save to playlist").click()
        if number == 0:
            page.get_by_label("Title").fill("Plain list")
            page.get_by_role("button", name="Create and save").click()
        else:
            page.get_by_label("Plain list").check()
            page.get_by_role("button", name="Save", exact=True).click()
    (listed,) = (
        one for one in viewer.json("GET", "/api/v1/playlists")[1]["results"] if one["title"] == "Plain list"
    )
    page.goto("/you")
    main.get_by_role("link", name="Playlists").first.click()
    main.get_by_role("link", name="Plain list").last.click()
    page.get_by_role("button", name="Move Plain swim up").click()
    expect(page.locator("[data-item] .card-title")).to_have_text(["Plain swim", "Plain walk"])
    assert listed["item_count"] == 2

    # Following a channel, and what is new there.
    page.locator("[data-item]").first.get_by_role("link", name="plain-maker").click()
    page.get_by_role("button", name="Subscribe to plain-maker").click()
    expect(page.get_by_role("button", name="Subscribed to plain-maker")).to_be_visible()
    said = {"text": "Hello @plain-viewer"}
    assert world.maker.json("POST", f"/api/v1/videos/{world.videos[0]}/comments", said)[0] == 201
    note = page.get_by_role("link", name="mentioned you")
    for _ in range(100):  # a worker tells
        page.goto("/")
        page.get_by_role("banner").get_by_role("link", name="Notifications").click()
        if note.count():
            break
    page.get_by_label(re.compile("Options for: .*mentioned you")).click()
    page.get_by_role("button", name="Mark as read").click()
    expect(page.locator(".note-unread")).to_have_count(0)
    page.get_by_role("link", name="mentioned you").click()
    page.get_by_role("link", name="Show comments").click()
    expect(page.locator(".comment").filter(has_text="Hello @plain-viewer")).to_be_visible()

    # Settings, and the end.
    page.goto("/settings")
    main.get_by_role("link", name="Profile").click()
    page.get_by_label("Display name").fill("Plain Viewer")
    page.get_by_role("button", name="Save changes").click()
    expect(page.get_by_label("Display name")).to_have_value("Plain Viewer")
    assert viewer.json("GET", "/api/v1/me")[1]["full_name"] == "Plain Viewer"
    page.goto("/settings")
    main.get_by_role("link", name="Delete account").click()
    page.get_by_label("Type your username to confirm").fill("plain-viewer")
    page.get_by_label("Current password").fill(PASSWORD)
    page.get_by_role("button", name="Delete account").click()
    page.goto("/")
    expect(page.get_by_role("link", name="Sign in").first).to_be_visible()
    assert viewer.json("GET", "/api/v1/me")[0] == 401

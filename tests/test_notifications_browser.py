"""Two people in two browsers: what one does, the other is told."""

import re

import pytest
from playwright.sync_api import expect

from tests.support.accessibility import serious_findings
from tests.support.http_client import Caller
from tests.test_comments_browser import open_as  # noqa: F401 - the fixture

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(240)]


@pytest.fixture(scope="module")
def creator(site, clip):
    """Somebody with a video that is not public yet."""
    caller = Caller(site).sign_up("news-creator")
    caller.video = caller.wait(caller.upload(clip, visibility="private", title="Breaking news"), "ready")[
        "id"
    ]
    Caller(site).sign_up("news-reader")
    return caller


def test_a_new_video_reaches_the_feed_and_the_badge_of_a_subscriber(creator, open_as):  # noqa: F811
    page = open_as("news-reader", "/@news-creator")
    page.get_by_role("button", name=re.compile(r"^Subscribe\b")).click()
    expect(page.get_by_role("button", name="Subscribed")).to_be_visible()
    bell = page.get_by_role("banner").get_by_role("link", name="Notifications")
    expect(bell).to_have_accessible_name("Notifications")
    status, _ = creator.json("PATCH", f"/api/v1/videos/{creator.video}", {"visibility": "public"})
    assert status == 200
    page.evaluate("sessionStorage.clear()")
    page.goto("/feed")
    expect(page.get_by_role("link", name="Breaking news").first).to_be_visible()
    expect(bell).to_have_accessible_name("Notifications, 1 unread")
    bell.click()
    note = page.get_by_role("link", name="news-creator published")
    expect(note).to_be_visible()
    note.click()
    page.wait_for_url(f"**/watch/{creator.video}")
    # The browser goes on telling the server while the page changes: nobody sees that answer.
    unread = "fetch('/api/v1/me/notifications/unread').then(answer => answer.json())"
    for _ in range(100):
        if page.evaluate(unread)["unread"] == 0:
            break
        page.wait_for_timeout(100)
    page.evaluate("sessionStorage.clear()")
    page.goto("/")
    expect(bell).to_have_accessible_name("Notifications")


def test_the_bell_opens_a_panel(creator, open_as):  # noqa: F811
    creator.json("PATCH", f"/api/v1/videos/{creator.video}", {"visibility": "public"})
    said = creator.json("POST", f"/api/v1/videos/{creator.video}/comments", {"text": "Hello @news-reader"})[1]
    page = open_as("news-reader", f"/watch/{creator.video}")
    page.evaluate("sessionStorage.clear()")
    page.reload()
    bell = page.locator(".bell")
    expect(bell).to_have_accessible_name(re.compile("unread"))
    panel = page.get_by_role("dialog", name="Notifications")
    for open_it in (bell.click, lambda: bell.press("Enter")):
        open_it()
        expect(panel.get_by_role("link", name="mentioned you on “Breaking news”")).to_be_visible()
        expect(bell).to_have_attribute("aria-expanded", "true")
        # What was seen is not counted any more, and stays unread until it is opened.
        expect(bell).to_have_accessible_name("Notifications")
        expect(panel.locator(".note-unread").first).to_be_visible()
        assert serious_findings(page) == []
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        page.keyboard.press("Escape")
        expect(panel).to_have_count(0)
        expect(bell).to_be_focused()
    page.set_viewport_size({"width": 390, "height": 800})
    bell.click()
    panel.locator("details.menu > summary").first.click()
    expect(panel.locator("details[open] .menu-list button").first).to_be_visible()
    page.keyboard.press("Escape")
    page.keyboard.press("Escape")
    expect(panel).to_have_count(0)
    page.set_viewport_size({"width": 1280, "height": 800})
    bell.click()
    expect(panel).to_be_visible()
    bell.click()
    expect(panel).to_have_count(0)
    bell.click()
    panel.get_by_role("button", name="Mark all as read").click()
    expect(panel.locator(".note-unread")).to_have_count(0)
    panel.get_by_label(re.compile("Options for: .*mentioned you")).click()
    panel.get_by_role("button", name="Turn off notifications like this").first.click()
    expect(page.get_by_text("You won't get notifications like this")).to_be_visible()
    creator.json("DELETE", f"/api/v1/comments/{said['id']}")


def test_where_one_is_told_of_what_is_chosen(creator, open_as):  # noqa: F811
    page = open_as("news-reader", "/settings/notifications")
    page.get_by_label("Replies to my comments: email").check()
    page.get_by_label("Hearts on my comments: on site").uncheck()
    page.get_by_label("Weekly digest").check()
    page.get_by_role("button", name="Save changes").click()
    expect(page.get_by_text("Saved.")).to_be_visible()
    expect(page.get_by_label("Replies to my comments: email")).to_be_checked()
    expect(page.get_by_label("Hearts on my comments: on site")).not_to_be_checked()
    expect(page.get_by_label("Weekly digest")).to_be_checked()


def test_a_thread_is_followed_by_its_bell_and_left_from_the_list(creator, open_as):  # noqa: F811
    creator.json("PATCH", f"/api/v1/videos/{creator.video}", {"visibility": "public"})
    said = f"/api/v1/videos/{creator.video}/comments"
    thread = creator.json("POST", said, {"text": "Questions?"})[1]["id"]
    page = open_as("news-reader", f"/watch/{creator.video}/comments?comment={thread}")
    bell = page.locator(f"#comment-{thread}").get_by_role("button", name="Notify me about replies")
    expect(bell).to_have_attribute("aria-pressed", "false")
    bell.click()
    expect(bell).to_have_attribute("aria-pressed", "true")
    page.reload()
    expect(bell).to_have_attribute("aria-pressed", "true")
    creator.json("POST", f"/api/v1/comments/{thread}/replies", {"text": "One answer"})
    text = "replied in a thread you follow on “Breaking news”"
    for _ in range(100):  # a worker tells those who follow
        page.goto("/notifications")
        if page.get_by_text(text).count():
            break
        page.wait_for_timeout(100)
    page.get_by_label(re.compile(f"Options for: .*{text}")).click()
    page.get_by_role("button", name="Stop following").click()
    expect(page.get_by_text("You won't be notified about replies anymore.")).to_be_visible()
    expect(page.get_by_text(text)).to_be_visible()
    expect(page.locator("button", has_text="Stop following")).to_have_count(0)
    creator.json("DELETE", f"/api/v1/comments/{thread}")
    page.get_by_role("link", name=text).click()  # the list was drawn before
    expect(page.get_by_text("The linked comment isn't available.")).to_be_visible()
    page.goto("/notifications")
    expect(page.get_by_text(text)).to_have_count(0)

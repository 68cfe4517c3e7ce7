"""Channels in a real browser: posts with a picture, an arranged front page, and axe-core on all pages of viewers."""

import json
import re

import pytest
from PIL import Image
from playwright.sync_api import expect

from tests.support.http_client import Caller
from tests.support.profile import sample
from tests.test_account_pages import SETTLED, Walker
from tests.test_browser import PASSWORD
from tests.test_comments_browser import open_as  # noqa: F401 - the fixture

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(240)]


@pytest.fixture(scope="module")
def people(site, clip):
    """A channel with two videos and somebody who follows it."""
    creator = Caller(site).sign_up("channel-creator")
    for title in ("A long afternoon", "A short morning"):
        creator.video = creator.wait(creator.upload(clip, visibility="public", title=title), "ready")["id"]
    reader = Caller(site).sign_up("channel-reader")
    assert reader.json("PUT", "/api/v1/channels/channel-creator/subscription", {})[0] == 200
    beat = {"position": 1.5, "watched": [[0, 1.5]]}
    assert reader.json("POST", f"/api/v1/videos/{creator.video}/playback", beat)[0] == 200
    said = {"text": "Well done"}
    assert reader.json("POST", f"/api/v1/videos/{creator.video}/comments", said)[0] == 201
    return creator, reader


def test_a_post_with_a_picture_reaches_a_subscriber(people, open_as, tmp_path):  # noqa: F811
    picture = tmp_path / "picture.png"
    Image.new("RGB", (1600, 900), "teal").save(picture)
    page = open_as("channel-creator", "/@channel-creator/posts")
    page.get_by_text("Create post").click()
    page.get_by_label("Share an update").fill("Greetings from the lake")
    page.get_by_label("Image").set_input_files(picture)
    page.get_by_role("button", name="Post", exact=True).click()
    expect(page.get_by_text("Greetings from the lake").first).to_be_visible()

    other = open_as("channel-reader", "/feed/posts")
    expect(other.get_by_text("Greetings from the lake")).to_be_visible()
    shown = other.locator(".posts img[src*='/media/profiles/']").first
    shown.scroll_into_view_if_needed()
    expect(shown).to_have_js_property("complete", value=True)
    assert shown.evaluate("async image => { await image.decode(); return image.naturalWidth; }") >= 640
    like = other.get_by_role("button", name="Like").first
    with other.expect_response(lambda answer: answer.request.method in {"PUT", "POST"}):
        like.click()
    expect(like).to_have_attribute("aria-pressed", "true")
    other.reload()
    expect(other.get_by_role("button", name="Like").first).to_have_attribute("aria-pressed", "true")


def test_an_owner_arranges_the_front_page(people, open_as):  # noqa: F811
    page = open_as("channel-creator", "/settings/channel")
    page.get_by_label("Featured video").select_option(label="A long afternoon")
    picker, add = page.get_by_label("New section"), page.get_by_role("button", name="Add section")
    for label in ("Newest videos", "Most viewed videos", "Oldest videos"):
        picker.select_option(label=label)
        add.press("Enter")
    preview = page.locator("[data-channel-preview]")
    expect(preview.locator(".shelf h2")).to_have_text(
        ["Newest videos", "Most viewed videos", "Oldest videos"]
    )
    up = page.get_by_role("button", name="Move “Oldest videos” up")
    up.press("Enter")
    expect(up).to_be_focused()
    up.press("Alt+ArrowUp")
    expect(page.get_by_role("status").filter(has_text="moved to position 1")).to_be_attached()
    page.get_by_role("button", name="Remove “Most viewed videos”").press("Enter")
    rows = page.locator(".section-row")
    expect(rows).to_have_text(["Oldest videos", "Newest videos"])
    rows.nth(1).locator(".grip").hover()
    expect(page.locator("[data-draggable]")).to_be_attached()
    rows.nth(1).locator(".grip").drag_to(rows.nth(0), target_position={"x": 40, "y": 4})
    expect(preview.locator(".shelf h2")).to_have_text(["Newest videos", "Oldest videos"])
    page.get_by_role("button", name="Save changes").click()
    expect(page.get_by_text("Saved.")).to_be_visible()
    visitor = open_as("", "/@channel-creator")
    expect(visitor.get_by_role("heading", name="A long afternoon").first).to_be_visible()
    expect(visitor.get_by_role("heading", name="Oldest videos")).to_be_visible()
    visitor.get_by_role("link", name=re.compile("See all.*Oldest")).click()
    visitor.get_by_label("Search this channel").fill("morning")
    visitor.keyboard.press("Enter")
    expect(visitor.get_by_role("link", name="A short morning").last).to_be_visible()
    expect(visitor.get_by_role("link", name="A long afternoon")).to_have_count(0)
    plain = open_as("channel-creator", "/settings/channel", java_script_enabled=False)
    expect(plain.get_by_label("Section 2")).to_have_value("oldest:")
    plain.get_by_label("Channel trailer").select_option(label="A short morning")
    plain.get_by_label("Section 2").select_option("")
    plain.get_by_role("button", name="Save changes").click()
    visitor.goto("/@channel-creator")
    expect(visitor.get_by_text("Channel trailer")).to_be_visible()
    expect(visitor.get_by_role("heading", name="Oldest videos")).to_have_count(0)


@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (390, "dark")])
def test_the_way_through_the_viewers_pages(chromium, site, people, width, scheme):
    creator, _ = people
    context = chromium.new_context(
        base_url=site.url, viewport={"width": width, "height": 800}, color_scheme=scheme, bypass_csp=True
    )
    page = context.new_page()
    walker = Walker(page, site)
    paths = ["/", "/trending", "/search?q=morning", "/@channel-creator", "/@channel-creator/videos?q=x",
             "/@channel-creator/about", f"/watch/{creator.video}#comments"]  # fmt: skip
    for path in paths:
        walker.open(path)
    page.goto("/login")
    page.get_by_label("Username or email").fill("channel-reader")
    page.get_by_label("Password").fill(PASSWORD)
    page.locator("main").get_by_role("button", name="Sign in").click()
    page.wait_for_url(lambda url: "/login" not in url)
    for path in [*paths, "/feed", "/feed/posts", "/subscriptions", "/subscriptions/programs", "/notifications",
                 "/settings/notifications", "/settings/channel", "/history", "/liked",
                 "/@channel-creator/posts"]:  # fmt: skip
        walker.open(path)
    assert walker.problems == []
    context.close()


@pytest.fixture(scope="module")
def endless(site, clip):
    """A channel whose name, titles and words are each one endless word, and somebody who uses it."""
    word = '=HYPERLINK("http://evil.example","x")' * 3
    creator = Caller(site).sign_up("endless-creator")
    assert (
        creator.json("PATCH", "/api/v1/me", {"full_name": "Wolfeschlegelsteinhausenbergerdorff" * 2})[0]
        == 200
    )
    videos = []
    for number in range(2):
        sent = {"visibility": "public", "title": f"{number}{word[:99]}", "description": word}
        videos.append(creator.wait(creator.upload(clip, **sent), "ready")["id"])
    reader = Caller(site).sign_up("endless-reader")
    assert reader.json("PUT", "/api/v1/channels/endless-creator/subscription", {})[0] == 200
    beat = {"position": 1.5, "watched": [[0, 1.5]]}
    assert reader.json("POST", f"/api/v1/videos/{videos[0]}/playback", beat)[0] == 200
    status, _, said = reader.call("POST", f"/api/v1/videos/{videos[0]}/comments", {"text": word})
    assert status == 201
    assert creator.json("PUT", f"/api/v1/comments/{json.loads(said)['id']}/pin", {})[0] == 200
    assert creator.json("POST", "/api/v1/posts", {"text": word, "video_id": videos[0]})[0] == 201
    return videos[0]


@pytest.mark.parametrize(("width", "scheme"), sample([(390, "dark"), (1280, "light")], 1))
def test_endless_words_widen_no_page(chromium, site, endless, width, scheme):
    watch = f"/watch/{endless}#comments"
    of_viewers = ["/", "/trending", "/search?q=hyperlink", "/search?q=endless", "/@endless-creator",
                  "/@endless-creator/about", "/@endless-creator/posts", watch]  # fmt: skip
    of = {
        "endless-reader": [*of_viewers, "/history", "/subscriptions", "/feed", "/feed/posts", "/notifications"],
        "endless-creator": [watch, "/studio", "/studio/videos", "/studio/comments", f"/studio/videos/{endless}",
                            f"/studio/videos/{endless}/stats", "/settings/channel", "/notifications"],
    }  # fmt: skip
    for name, paths in of.items():
        context = chromium.new_context(
            base_url=site.url, viewport={"width": width, "height": 800}, color_scheme=scheme, bypass_csp=True
        )
        page = context.new_page()
        walker = Walker(page, site)
        page.goto("/login")
        page.get_by_label("Username or email").fill(name)
        page.get_by_label("Password").fill(PASSWORD)
        page.locator("main").get_by_role("button", name="Sign in").click()
        page.wait_for_url(lambda url: "/login" not in url)
        for path in paths:
            assert page.goto(path).status == 200, path
            page.evaluate(SETTLED)
            walker.measure(path)
        page.goto(watch)
        expect(page.locator("[data-comment]").first).to_be_visible()
        walker.measure("comments")
        assert walker.problems == []
        context.close()

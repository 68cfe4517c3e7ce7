"""Pages in Arabic: nothing is wider than the screen, titles are beside thumbnails, the player stays left-to-right."""

from __future__ import annotations

import pytest

from tests.support.http_client import Caller
from tests.test_browser import PASSWORD

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(240)]

VIEWPORTS = {"phone": {"width": 390, "height": 844}, "desktop": {"width": 1280, "height": 800}}
# Elements that stick out of the page, by their classes. Boxes that scroll inside themselves may hold wider things.
OUTSIDE = """
() => {
  const found = [];
  const width = document.documentElement.clientWidth;
  for (const element of document.body.querySelectorAll("*")) {
    const box = element.getBoundingClientRect();
    if (!box.width || !box.height || (box.left >= -1 && box.right <= width + 1)) continue;
    let clipped = element.closest(".visually-hidden, svg, video, media-controller, dialog, .skip");
    for (let around = element.parentElement; around && !clipped; around = around.parentElement) {
      if (around !== document.body && getComputedStyle(around).overflowX !== "visible") clipped = around;
    }
    if (!clipped) found.push(`${element.tagName}.${element.className} ${box.left}..${box.right}`);
  }
  return { found, scrolls: document.documentElement.scrollWidth > width };
}
"""


@pytest.fixture(scope="module")
def channel(site, clip):
    """A channel with two videos; one has an Arabic title and a comment."""
    creator = Caller(site).sign_up("rtl-creator")
    for title in ("A walk in the morning", "نزهة في الصباح"):
        creator.video = creator.wait(creator.upload(clip, visibility="public", title=title), "ready")["id"]
    said = {"text": "تعليق بالعربية"}
    assert creator.json("POST", f"/api/v1/videos/{creator.video}/comments", said)[0] == 201
    return creator


@pytest.fixture(params=VIEWPORTS)
def page(request, chromium, site, channel):
    """A page of the creator in Arabic, at a phone's width and at a desktop's."""
    context = chromium.new_context(base_url=site.url, viewport=VIEWPORTS[request.param], locale="ar")
    opened = context.new_page()
    problems = []
    opened.on("pageerror", lambda error: problems.append(str(error)))
    opened.goto("/login")
    opened.locator("input[name=login]").fill("rtl-creator")
    opened.locator("input[name=password]").fill(PASSWORD)
    opened.locator("main form button[type=submit]").first.click()
    opened.wait_for_url(lambda url: "/login" not in url)
    yield opened
    assert problems == []
    context.close()


def test_pages_fit_and_read_from_the_right(page, channel):
    for path in (
        "/",
        f"/watch/{channel.video}",
        "/@rtl-creator",
        "/@rtl-creator/videos",
        "/search?q=walk",
        "/settings/preferences",
        "/settings/profile",
        "/studio",
        "/studio/videos",
        f"/studio/videos/{channel.video}",
        "/library",
        "/language",
        "/nothing",
    ):
        page.goto(path)
        assert page.evaluate("() => [document.documentElement.lang, document.documentElement.dir]") == [
            "ar",
            "rtl",
        ]
        assert page.evaluate("() => getComputedStyle(document.body).direction") == "rtl"
        outside = page.evaluate(OUTSIDE)
        assert outside == {"found": [], "scrolls": False}, path


def test_titles_are_beside_their_thumbnails_on_the_left(page, channel):
    """In rows, as in search on a wide screen, the thumbnail is at the start of the line: on the right."""
    page.goto("/search?q=walk")
    card = page.locator(".card").first
    card.wait_for()
    image, title = card.locator(".thumb").bounding_box(), card.locator(".card-title").bounding_box()
    is_row = image["y"] + image["height"] > title["y"] + 1
    if is_row:
        assert title["x"] + title["width"] <= image["x"] + 1
    else:
        assert title["x"] + title["width"] <= image["x"] + image["width"] + 1


def test_the_players_controls_stay_left_to_right(page, channel):
    page.goto(f"/watch/{channel.video}")
    player = page.locator("media-controller").first
    player.wait_for()
    assert player.evaluate("element => getComputedStyle(element).direction") == "ltr"
    play = page.locator("media-control-bar media-play-button").first
    full = page.locator("media-control-bar media-fullscreen-button").first
    page.locator("media-controller").hover()
    assert play.bounding_box()["x"] < full.bounding_box()["x"]

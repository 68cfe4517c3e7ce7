"""Nothing moves while a page is loaded, and what is loaded later has its place before it comes."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.support.clips import make_clip
from tests.support.http_client import Caller

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(240)]
SIZES = {"phone": {"width": 390, "height": 844}, "desktop": {"width": 1280, "height": 800}}
WATCH_SHIFTS = """
window.shifts = [];
new PerformanceObserver((list) => {
  for (const { value, hadRecentInput, sources } of list.getEntries()) {
    const place = ({ x, y, width, height }) => [x, y, width, height].map(Math.round).join(" ");
    const called = (node) => node?.className || node?.parentElement?.className || node?.nodeName;
    const name = ({ node, previousRect, currentRect }) =>
      `${called(node)}: ${place(previousRect)} to ${place(currentRect)}`;
    if (!hadRecentInput) window.shifts.push([value, sources.map(name)]);
  }
}).observe({ type: "layout-shift", buffered: true });
"""
# A visitor's video would start, and its controls move all the time.
STILL = "Object.defineProperty(navigator, 'connection', { value: { saveData: true } });"
# Two frames: what has moved is reported after it is painted.
PAINTED = (
    "() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(done))))"
)
# Lighthouse's own measure of what viewers notice is 0.1.
NOTHING = 0.002


@pytest.fixture(scope="module")
def talk(site, tmp_path_factory):
    """A video with comments and some others beside it; returns its id."""
    owner, viewer = Caller(site).sign_up("shift-owner"), Caller(site).sign_up("shift-viewer")
    clip = make_clip(tmp_path_factory.mktemp("shifts") / "clip.mp4", 4, (320, 180), 25)
    video = owner.upload(clip, title="A talk", visibility="public")
    others = [owner.upload(clip, title=f"Another talk {n}", visibility="public") for n in range(3)]
    for one in (video, *others):
        owner.wait(one, "ready")
    for number in range(4):
        status, answer = viewer.json(
            "POST", f"/api/v1/videos/{video}/comments", {"text": f"Well said, {number}."}
        )
        assert status == 201, answer
    viewer.json("PATCH", "/api/v1/me/preferences", {"autoplay_open": False})
    viewer.sign_in_to_pages("shift-viewer")
    return {"id": video, "viewer": viewer}


@pytest.fixture
def opened(chromium, site, talk):
    contexts = []

    def open_page(size: str, path: str, *, signed_in: bool = False):
        context = chromium.new_context(
            base_url=site.url, viewport=SIZES[size], reduced_motion="no-preference"
        )
        contexts.append(context)
        if signed_in:
            cookies = talk["viewer"].cookies.items()
            context.add_cookies([{"name": name, "value": value, "url": site.url} for name, value in cookies])
        context.add_init_script(WATCH_SHIFTS + STILL)
        page = context.new_page()
        page.goto(path)
        page.wait_for_load_state("networkidle")
        return page

    yield open_page
    for context in contexts:
        context.close()


def moved(page) -> tuple[float, list[object]]:
    """Return how much has moved so far, as Lighthouse adds it up, and what."""
    page.evaluate(PAINTED)
    shifts = page.evaluate("window.shifts")
    return sum(value for value, _ in shifts), shifts


@pytest.mark.parametrize("size", list(SIZES))
@pytest.mark.parametrize("path", ["/", "/@shift-owner", "/search?q=talk", "/trending"])
def test_nothing_moves_while_a_page_is_loaded(opened, size, path):
    total, shifts = moved(opened(size, path))
    assert total <= NOTHING, shifts


@pytest.mark.parametrize("signed_in", [False, True], ids=["visitor", "viewer"])
@pytest.mark.parametrize("size", list(SIZES))
def test_comments_come_into_the_place_that_is_kept_for_them(opened, talk, size, signed_in):
    page = opened(size, f"/watch/{talk['id']}", signed_in=signed_in)
    page.locator("[data-comments-lazy], .comments-list").first.scroll_into_view_if_needed()
    expect(page.locator(".comments .comment")).to_have_count(4)
    expect(page.locator("[data-comments]")).to_have_attribute("aria-busy", "false")
    total, shifts = moved(page)
    assert total <= NOTHING, shifts


def test_the_place_of_comments_is_marked_while_they_are_loaded(chromium, site, talk):
    context = chromium.new_context(base_url=site.url, viewport=SIZES["desktop"])
    page = context.new_page()
    held = []
    page.route("**/watch/*/comments", lambda route: held.append(route))
    with page.expect_request("**/watch/*/comments"):
        page.goto(f"/watch/{talk['id']}")
        page.locator("[data-comments-lazy]").scroll_into_view_if_needed()
    expect(page.locator("[data-comments]")).to_have_attribute("aria-busy", "true")
    row = page.locator(".comments-waiting .skeleton-row")
    expect(row).to_have_count(4)
    expect(page.locator(".comments-waiting")).to_have_attribute("aria-hidden", "true")
    line = row.first.locator(".skeleton-line").first
    assert line.evaluate("e => getComputedStyle(e).animationName") == "skeleton"
    page.emulate_media(reduced_motion="reduce")
    assert line.evaluate("e => getComputedStyle(e).animationIterationCount") == "1"
    held[0].abort()
    expect(page.locator("[data-comments]")).to_have_attribute("aria-busy", "false")
    assert line.evaluate("e => getComputedStyle(e).animationName") == "none"
    expect(page.get_by_role("link", name="Show comments")).to_be_visible()
    context.close()

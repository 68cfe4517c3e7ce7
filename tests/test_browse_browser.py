"""Lists of videos in a real browser: chips, previews under the pointer, hidden videos, lists that load more."""

import time

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from tests.support.clips import make_clip
from tests.support.http_client import Caller

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(280)]
COUNT = 7
VIEWER, PASSWORD = "browse-viewer", "correct horse battery"


@pytest.fixture(scope="module")
def maker(site, tmp_path_factory):
    """Has seven public videos of sports with one tag: ``maker.videos``, oldest first."""
    caller = Caller(site).sign_up("browse-maker")
    clip = make_clip(tmp_path_factory.mktemp("browse") / "clip.mp4", 6, (320, 180), 24)
    fields = {"visibility": "public", "category": "sports"}
    caller.videos = [caller.upload(clip, title=f"Song {number}", **fields) for number in range(COUNT)]
    for video in caller.videos:
        caller.wait(video, "ready")
        assert caller.json("PATCH", f"/api/v1/videos/{video}", {"tags": ["browse-tag"]})[0] == 200
    return caller


@pytest.fixture(scope="module")
def viewer(site, maker):
    return Caller(site).sign_up(VIEWER)


@pytest.fixture
def open_page(chromium, site, maker):
    """A factory of pages, of visitors or, with ``signed_in``, of the viewer; their scripts must not fail."""
    problems: list[str] = []
    contexts = []

    def make(*, width=1280, height=800, signed_in=False, **options):
        context = chromium.new_context(
            base_url=site.url, viewport={"width": width, "height": height}, **options
        )
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: problems.append(str(error)))
        page.on(
            "console", lambda said: problems.append(said.text) if "Content Security" in said.text else None
        )
        if signed_in:
            page.goto("/login")
            page.get_by_label("Username").fill(VIEWER)
            page.get_by_label("Password").fill(PASSWORD)
            page.get_by_role("main").get_by_role("button", name="Sign in").click()
            page.wait_for_url("**/")
        return page

    yield make
    assert problems == []
    for context in contexts:
        context.close()


def until(is_so, what, seconds=20):
    """Poll ``is_so`` until it is true."""
    ends = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < ends, f"waited for {what}"
        time.sleep(0.05)


def titles(page, part="[data-endless]"):
    return page.locator(f"{part} .entry:not([hidden]) .card-title").all_inner_texts()


def test_chips_lead_to_categories_by_keys(open_page):
    page = open_page()
    page.goto("/")
    chips = page.get_by_role("navigation", name="Categories")

    def has_category():
        page.goto("/")
        return chips.get_by_role("link", name="Sports").count() == 1

    # Which categories have videos is kept for a minute, and tests of other modules may have opened home.
    until(has_category, "the category to be known", seconds=90)
    expect(chips.get_by_role("link", name="All")).to_have_attribute("aria-current", "page")
    first, second, *others = chips.get_by_role("link").all_inner_texts()
    page.locator(".chip-scroll").first.wait_for(state="attached")  # the script that moves by keys is there
    chips.get_by_role("link", name="All").focus()
    page.keyboard.press("ArrowRight")
    expect(chips.get_by_role("link", name=second, exact=True)).to_be_focused()
    page.keyboard.press("End")
    expect(chips.get_by_role("link", name=[second, *others][-1], exact=True)).to_be_focused()
    page.keyboard.press("Home")
    expect(chips.get_by_role("link", name=first, exact=True)).to_be_focused()
    while not chips.get_by_role("link", name="Sports").evaluate("chip => chip === document.activeElement"):
        page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    page.wait_for_url("**/category/sports")
    expect(page.get_by_role("heading", level=1)).to_have_text("Sports")
    current = chips.get_by_role("link", name="Sports")
    expect(current).to_have_attribute("aria-current", "page")
    assert len(titles(page)) == COUNT
    # They stay in view while the list is scrolled.
    page.set_viewport_size({"width": 390, "height": 500})
    page.mouse.wheel(0, 900)
    until(lambda: page.evaluate("scrollY") > 300, "the page to scroll")
    expect(page.get_by_role("navigation", name="Categories")).to_be_in_viewport()


def test_a_card_previews_its_video_under_the_pointer(open_page, maker):
    page = open_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(f"{request.method} {request.url}"))
    page.goto("/category/sports")
    page.wait_for_load_state("load")
    assert not [one for one in asked if "/media/v/" in one or "preview.js" in one]
    card = page.locator(".card").first
    card.hover()
    video = card.locator("video.thumb-preview")
    expect(video).to_have_class("thumb-preview is-playing")
    assert video.evaluate("video => [video.muted, video.videoHeight > 0]") == [True, True]
    before = video.evaluate("video => video.currentTime")
    until(lambda: video.evaluate("video => video.currentTime") != before, "the preview to go on")
    page.get_by_role("heading", level=1).hover()
    expect(video).to_have_count(0)
    assert not [one for one in asked if one.startswith("POST")]
    assert maker.json("GET", f"/api/v1/videos/{maker.videos[-1]}")[1]["counts"]["views"] == 0


def test_the_storyboard_is_shown_where_nothing_can_be_decoded(open_page):
    page = open_page()
    page.add_init_script("delete window.MediaSource; delete window.ManagedMediaSource")
    page.goto("/category/sports")
    card = page.locator(".card").first
    card.hover()
    expect(card.locator(".thumb-frames canvas")).to_be_visible()
    page.get_by_role("heading", level=1).hover()
    expect(card.locator(".thumb-frames")).to_have_count(0)


def test_nothing_is_previewed_for_who_wants_no_motion_or_turned_it_off(open_page, viewer):
    page = open_page(reduced_motion="reduce")
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.clock.install()
    page.goto("/category/sports")
    page.locator(".card").first.hover()
    page.clock.run_for(3_000)
    assert not [url for url in asked if "preview.js" in url]
    viewer.json("PATCH", "/api/v1/me/preferences", {"hover_previews": False})
    page = open_page(signed_in=True)
    page.goto("/category/sports")
    expect(page.locator("[data-preview]")).to_have_count(0)
    viewer.json("PATCH", "/api/v1/me/preferences", {"hover_previews": True})
    page.reload()
    expect(page.locator("[data-preview]")).to_have_count(COUNT)


def test_a_hidden_video_goes_at_once_and_comes_back_by_undo(open_page, viewer):
    page = open_page(signed_in=True)
    page.goto("/category/sports")
    card = page.locator(".card").first
    name = card.locator(".card-title").inner_text()
    card.locator("summary").click()
    card.get_by_role("button", name="Not interested").click()
    expect(page.get_by_text("Video hidden.")).to_be_visible()
    assert name not in titles(page)
    until(lambda: viewer.json("GET", "/api/v1/me/not-interested")[1]["results"], "it to be stored")
    page.get_by_role("button", name="Undo").click()
    until(lambda: not viewer.json("GET", "/api/v1/me/not-interested")[1]["results"], "it to be undone")
    assert name in titles(page)

    page.route("**/api/v1/me/not-interested/*", lambda route: route.fulfill(status=503, body="{}"))
    card.locator("summary").click()
    card.get_by_role("button", name="Not interested").click()
    expect(page.locator(".toast[data-level=error]")).to_be_visible()
    assert name in titles(page)
    page.unroute_all()

    card.locator("summary").click()
    card.get_by_role("button", name="Don't recommend channel").click()
    expect(page.get_by_text("Channel hidden.")).to_be_visible()
    assert titles(page) == []
    until(lambda: viewer.json("GET", "/api/v1/me/hidden-channels")[1]["results"], "it to be stored")
    page.goto("/settings/hidden?show=channels")
    page.get_by_role("button", name="Recommend browse-maker again").click()
    expect(page.get_by_role("heading", name="No hidden channels")).to_be_visible()


def test_a_list_loads_by_itself_and_is_as_it_was_after_back(open_page):
    page = open_page(width=390, height=640, has_touch=True)
    page.goto("/category/sports?page_size=2")
    page.mouse.wheel(0, 500)
    until(lambda: len(titles(page)) >= 4, "the second page")
    for _ in range(8):
        page.mouse.wheel(0, 700)
    until(lambda: len(titles(page)) == COUNT, "every page")
    assert len(set(titles(page))) == COUNT
    link = page.locator("[data-endless] .card-title a").nth(4)
    link.scroll_into_view_if_needed()
    until(lambda: page.evaluate("history.state?.list?.trail?.length") == 3, "the pages to be remembered")
    where = link.bounding_box()["y"]
    link.click()
    page.wait_for_url("**/watch/*")
    page.go_back()
    until(lambda: len(titles(page)) == COUNT, "the pages to be loaded again")
    again = page.locator("[data-endless] .card-title a").nth(4)
    until(lambda: abs(again.bounding_box()["y"] - where) < 80, "the place to be found again")


def test_without_scripts_there_are_pages_and_a_menu(open_page, viewer):
    page = open_page(java_script_enabled=False, signed_in=True)
    page.goto("/category/sports?page_size=3")
    page.get_by_role("link", name="Load more").click()
    expect(page.get_by_role("link", name="Previous page")).to_be_visible()
    card = page.locator(".card").first
    name = card.locator(".card-title").inner_text()
    card.locator("summary").click()
    card.get_by_role("link", name="All actions").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("More actions")
    page.get_by_role("button", name="Watch later").click()
    _, later = viewer.json("GET", "/api/v1/me/watch-later")
    assert [row["video"]["title"] for row in later["results"]] == [name]
    page.goto("/category/sports")
    page.locator(".card").first.locator("summary").click()
    page.get_by_role("link", name="All actions").first.click()
    page.get_by_role("button", name="Not interested").click()
    expect(page.locator(".entry")).to_have_count(COUNT - 1)
    page.goto("/settings/hidden")
    page.get_by_role("button", name="again").click()
    expect(page.get_by_role("heading", name="No hidden videos")).to_be_visible()


@pytest.mark.parametrize("color_scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [320, 1280])
def test_the_pages_are_accessible_and_narrow_enough(open_page, maker, viewer, width, color_scheme):
    page = open_page(width=width, signed_in=True, color_scheme=color_scheme)
    viewer.json("PUT", f"/api/v1/me/not-interested/{maker.videos[0]}")
    paths = ["/", "/category/sports", "/category/comedy", "/tag/browse-tag", "/settings/hidden", "/history"]
    for path in [*paths, f"/watch/{maker.videos[1]}/menu"]:
        page.goto(path)
        found = Axe().run(page).response["violations"]
        assert [(one["id"], [node["target"] for node in one["nodes"]]) for one in found] == [], path
        main = page.locator("main").bounding_box()
        assert main["width"] <= width, path
        assert page.evaluate("document.querySelector('main').scrollWidth") <= width, path
    viewer.json("DELETE", f"/api/v1/me/not-interested/{maker.videos[0]}")


def test_the_first_row_is_loaded_first(open_page):
    page = open_page()
    page.goto("/category/sports")
    found = page.locator("[data-endless] .thumb img").evaluate_all(
        "images => images.map(one => [one.fetchPriority, one.loading, one.width > 0])"
    )
    assert found[:5] == [
        ["high", "auto", True], *[["auto", "auto", True]] * 3, ["auto", "lazy", True],
    ]  # fmt: skip
    columns = page.evaluate("getComputedStyle(document.querySelector('.grid')).gridTemplateColumns")
    assert len(columns.split()) == 4
    page.set_viewport_size({"width": 1920, "height": 1000})
    columns = page.evaluate("getComputedStyle(document.querySelector('.grid')).gridTemplateColumns")
    assert len(columns.split()) == 6

"""The frame of every page: the bottom bar and the hub of phones, the sidebar's sheet, its channels, and toasts."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.support.browser import until
from tests.support.http_client import PASSWORD, Caller

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(240)]

IN_SHEET = (
    "document.activeElement === document.body || document.activeElement.closest('dialog.sheet') !== null"
)
TOAST = """async text => {
  const { src } = document.querySelector('script[src*="/js/shell."]');
  const { showToast } = await import(src.replace('/js/shell.', '/js/ui.'));
  showToast(text, { action: 'Undo', onAction: () => { window.undone = text; } });
}"""
BOX = "element => { const { top, bottom } = element.getBoundingClientRect(); return { top, bottom }; }"
# Parts that begin a line and whose dot is not cut off.
DOTS_AT_STARTS = """() => [...document.querySelectorAll('.dots')].flatMap(box => {
  const start = box.getBoundingClientRect().left;
  return [...box.children].filter(part => {
    const before = part.previousElementSibling?.getBoundingClientRect();
    const { left, top } = part.getBoundingClientRect();
    const begins = !before || top >= before.bottom - 1;
    return begins && getComputedStyle(part, '::before').content !== 'none' && left > start - 10;
  }).map(part => part.textContent);
})"""


@pytest.fixture(scope="module")
def people(site, clip):
    """A channel with a video, and somebody who subscribed before it was published."""
    creator = Caller(site).sign_up("frame-creator")
    viewer = Caller(site).sign_up("frame-viewer")
    assert viewer.json("PUT", "/api/v1/channels/frame-creator/subscription", {})[0] == 200
    creator.video = creator.upload(clip, title="A walk", visibility="public")
    creator.wait(creator.video, "ready")
    return creator


@pytest.fixture
def open_page(chromium, site, people):
    """Open a path as somebody, or as a visitor (``None``), at a width."""

    def opened(path: str, who: str | None = "frame-viewer", *, width: int = 390, **options) -> Page:
        context = chromium.new_context(base_url=site.url, viewport={"width": width, "height": 800}, **options)
        page = context.new_page()
        if who:
            page.goto("/login")
            page.locator("main [name=login]").fill(who)
            page.locator("main [name=password]").fill(PASSWORD)
            page.keyboard.press("Enter")
            page.wait_for_url(lambda url: "/login" not in url)
        page.goto(path)
        return page

    return opened


def test_a_phone_reaches_everything_from_the_bottom_bar(open_page):
    page = open_page("/")
    bar = page.get_by_role("navigation", name="Quick links")
    assert [link.get_attribute("href") for link in bar.get_by_role("link").all()] == [
        "/",
        "/feed",
        "/upload",
        "/you",
    ]
    for link in bar.get_by_role("link").all():
        assert link.bounding_box()["height"] >= 44
    bar.get_by_role("link", name="You").click()
    for name in (
        "History",
        "Playlists",
        "Watch later",
        "Liked videos",
        "Your videos",
        "Studio",
        "Settings",
        "Language",
    ):
        expect(page.locator("main").get_by_role("link", name=name).first).to_be_visible()
    page.locator("main").get_by_role("link", name="Settings").click()
    page.locator("main").get_by_role("link", name="Devices").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Devices")
    page.locator("main").get_by_role("link", name="Settings").click()
    page.wait_for_url("**/settings")


def test_a_visitor_on_a_phone_finds_trending_search_and_the_sign_in(open_page):
    page = open_page("/", None)
    links = page.get_by_role("navigation", name="Quick links").get_by_role("link")
    assert [link.get_attribute("href") for link in links.all()] == ["/", "/trending", "/search", "/login"]


def test_the_theme_is_chosen_on_the_hub_with_and_without_scripts(open_page):
    page = open_page("/you")
    with page.expect_response("**/api/v1/me/preferences"):
        page.get_by_role("button", name="Dark").click()
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    plain = open_page("/you", java_script_enabled=False)
    expect(plain.locator("html")).to_have_attribute("data-theme", "dark")
    plain.get_by_role("button", name="System").click()
    expect(plain.get_by_role("button", name="System")).to_have_attribute("aria-pressed", "true")


@pytest.mark.parametrize("width", [390, 768, 1280])
def test_the_sheet_holds_the_sidebar_and_the_focus_until_escape(open_page, width):
    page = open_page("/", width=width)
    opener = page.get_by_role("button", name="Menu", exact=True)
    opener.click()
    sheet = page.get_by_role("dialog", name="Menu")
    expect(sheet.get_by_role("link", name="Watch later")).to_be_visible()
    expect(sheet.get_by_role("link", name="frame-creator")).to_be_visible()
    for _ in range(30):
        page.keyboard.press("Tab")
        assert page.evaluate(IN_SHEET)
    page.keyboard.press("Escape")
    expect(sheet).to_have_count(0)
    expect(opener).to_be_focused()
    expect(opener).to_have_attribute("aria-expanded", "false")
    opener.click()
    expect(sheet).to_be_visible()
    page.mouse.click(width - 20, 400)
    expect(sheet).to_have_count(0)


def test_the_sidebar_marks_channels_with_something_new_until_they_are_opened(open_page):
    page = open_page("/", width=1920)
    row = page.locator(".shell > .sidebar").get_by_role("link", name="frame-creator")
    expect(row).to_contain_text("New videos")
    with page.expect_response("**/channels/frame-creator/seen") as noted:
        row.click()
    assert noted.value.status == 204
    page.goto("/trending")
    expect(row).to_be_visible()
    expect(row).not_to_contain_text("New videos")


def test_settings_are_a_list_beside_the_content_from_tablets_up(open_page):
    page = open_page("/settings/security", width=768)
    nav = page.get_by_role("navigation", name="Settings")
    boxes = [link.bounding_box() for link in nav.get_by_role("link").all()]
    assert len({box["x"] for box in boxes}) == 1
    assert all(box["x"] >= 0 and box["x"] + box["width"] <= 768 for box in boxes)
    assert boxes[0]["x"] + boxes[0]["width"] <= page.get_by_role("heading", level=1).bounding_box()["x"]
    expect(nav.get_by_role("link", name="Security")).to_have_attribute("aria-current", "page")
    page.set_viewport_size({"width": 390, "height": 800})
    expect(nav).to_be_hidden()
    expect(page.locator(".settings-back a")).to_be_visible()


@pytest.mark.parametrize(("width", "columns"), [(390, 1), (1280, 4), (1920, 6)])
def test_grids_have_four_columns_at_1280_and_six_at_1920(open_page, width, columns):
    page = open_page("/", None, width=width)
    shown = page.locator(".grid").first.evaluate(
        "grid => getComputedStyle(grid).gridTemplateColumns.split(' ').length"
    )
    assert shown == columns


@pytest.mark.parametrize(("width", "height"), [(390, 800), (1280, 620)])
def test_toasts_cover_neither_the_players_controls_nor_the_bottom_bar(open_page, people, width, height):
    page = open_page(f"/watch/{people.video}", width=width)
    page.set_viewport_size({"width": width, "height": height})
    page.locator("media-controller").wait_for()
    if width > 600:  # the controls at the bottom of the window, where toasts appear
        page.evaluate(
            "window.scrollTo(0, document.querySelector('.player').getBoundingClientRect().bottom - innerHeight)"
        )
    page.evaluate(TOAST, "Saved")
    toast = page.locator(".toast", has_text="Saved")
    shown, player = toast.evaluate(BOX), page.locator(".player").evaluate(BOX)
    assert shown["top"] >= player["bottom"] or shown["bottom"] <= player["bottom"] - 84
    if width < 600:
        assert shown["bottom"] <= page.locator(".bottombar").evaluate(BOX)["top"]
    page.evaluate(TOAST, "Saved again")
    expect(page.locator(".toast[data-undo]")).to_have_count(1)
    page.get_by_role("button", name="Undo").click()
    expect(page.locator(".toast[data-undo]")).to_have_count(0)
    assert page.evaluate("window.undone") == "Saved again"


def test_a_toast_appears_in_an_open_dialog_and_stays_when_it_closes(open_page, people):
    page = open_page(f"/watch/{people.video}", width=1280)
    page.locator("media-controller").wait_for()
    page.locator("[data-save-video]").first.click()
    expect(page.locator("dialog[open]")).to_be_visible()
    page.evaluate(TOAST, "Seen above the dialog")
    expect(page.locator("dialog[open] .toast")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("main .toast", has_text="Seen above the dialog")).to_be_visible()


@pytest.mark.parametrize("width", [320, 390, 1280])
def test_no_line_begins_with_a_dot(open_page, people, width):
    page = open_page("/", None, width=width)
    assert page.locator(".dots").count() > 0
    for path in ("/", "/@frame-creator", f"/watch/{people.video}", "/search?q=walk"):
        page.goto(path)
        assert page.evaluate(DOTS_AT_STARTS) == [], path


def test_the_frame_of_an_embed_has_a_heading(open_page, people):
    page = open_page(f"/embed/{people.video}", None)
    expect(page.get_by_role("heading", level=1)).to_have_text("A walk")


def test_every_button_of_the_player_shows_its_focus(open_page, people):
    page = open_page(f"/watch/{people.video}", width=1280)
    page.locator("media-controller").wait_for()
    until(page, "v.readyState >= 1")
    seen, silent = set(), []
    page.locator("media-controller").focus()
    for _ in range(24):
        page.keyboard.press("Tab")
        name, shows = page.evaluate("""() => {
          const element = document.activeElement;
          if (!element.closest('media-controller')) return ['', true];
          const style = getComputedStyle(element);
          const inner = element.shadowRoot?.querySelector(':focus-visible');
          const has = ({ outlineStyle, boxShadow }) => outlineStyle !== 'none' || boxShadow !== 'none';
          const shows = has(style) || Boolean(inner && has(getComputedStyle(inner)));
          return [`${element.localName}.${element.className}`, shows];
        }""")
        if not name:
            break
        seen.add(name)
        if not shows:
            silent.append(name)
    assert len(seen) > 5
    assert silent == []


@pytest.mark.parametrize("options", [{"forced_colors": "active"}, {"contrast": "more"}])
def test_pages_take_the_systems_colors_and_contrast(open_page, people, options):
    page = open_page("/", None, width=1280)
    page.emulate_media(**options)
    line = page.locator(".thumb").first.evaluate("element => getComputedStyle(element).borderTopStyle")
    assert line == "solid"

"""What a screen reader reads in the player, in menus, dialogs and the editor, compared with what was looked at before.

The texts are in tests/reading_order. ``UPDATE_EXPECTED=1`` writes them anew: look at the difference before it is kept.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from itertools import pairwise
from types import SimpleNamespace

import pytest
from playwright.sync_api import Page, expect

from tests.support.browser import until
from tests.support.expected import ROOT, check_file
from tests.support.http_client import Caller
from tests.support.reading_order import outline, reading_order
from tests.tasks.conftest import wait_until

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(240)]
FOLDER = ROOT / "tests" / "reading_order"
# Names that tell nothing, and controls without one.
NAMELESS = re.compile(
    r"^ *(button|link|checkbox|radio|textbox|combobox|slider|switch|menuitem\w*|disclosure|dialog|menu)( \[|$)",
    re.M,
)


@pytest.fixture(scope="module")
def world(site, clip):
    """A channel with three videos, one of them with subtitles and comments, and a viewer who has been mentioned."""
    maker = Caller(site).sign_up("read-maker").sign_in_to_pages("read-maker")
    viewer = Caller(site).sign_up("read-viewer").sign_in_to_pages("read-viewer")
    titles = ("First walk", "Second walk", "Third walk")
    videos = [maker.upload(clip, title=title, visibility="public") for title in titles]
    for video in videos:
        maker.wait(video, "ready")
    path = f"/api/v1/videos/{videos[0]}"
    cues = [{"start": 0, "end": 1, "text": "Hello"}]
    assert maker.json("POST", f"{path}/captions", {"language": "en", "cues": cues})[0] == 201
    about = {"category": "travel", "tags": ["day"], "description": "A walk by day."}
    assert maker.json("PATCH", path, about)[0] == 200
    viewer.json("PUT", "/api/v1/channels/read-maker/subscription", {})
    viewer.json("POST", "/api/v1/playlists", {"title": "Outdoors", "video_ids": videos})
    viewer.json("POST", f"{path}/comments", {"text": "How far is it?"})
    said = maker.json("POST", f"{path}/comments", {"text": "Welcome, @read-viewer"})[1]
    viewer.json("POST", f"/api/v1/comments/{said['id']}/replies", {"text": "Thank you"})
    wait_until(lambda: viewer.json("GET", "/api/v1/me/notifications")[1]["results"])
    return SimpleNamespace(maker=maker, viewer=viewer, video=videos[0], path=path, clip=clip)


@pytest.fixture
def open_page(chromium, site):
    """Open a path as somebody."""
    contexts = []

    def opened(who: Caller, path: str, width: int = 1280) -> Page:
        size = {"width": width, "height": 900}
        context = chromium.new_context(base_url=site.url, viewport=size, reduced_motion="reduce")
        contexts.append(context)
        cookies = [{"name": name, "value": value, "url": site.url} for name, value in who.cookies.items()]
        context.add_cookies(cookies)
        page = context.new_page()
        page.goto(path)
        return page

    yield opened
    for context in contexts:
        context.close()


def watch(open_page, world) -> Page:
    page = open_page(world.viewer, f"/watch/{world.video}#comments")
    page.locator("media-controller").wait_for()
    until(page, "v?.slot === 'media' && v.readyState >= 2")
    page.evaluate("() => { const v = document.querySelector('video'); v.pause(); v.currentTime = 0; }")
    page.locator(".comment").first.wait_for()
    return page


def player(open_page, world):
    page = watch(open_page, world)
    slider = "document.querySelector('media-time-range').range.getAttribute('aria-valuetext')"
    until(page, f"v.paused && v.currentTime === 0 && {slider}?.startsWith('0 seconds of')")
    until(page, "document.querySelector('media-controller').hasAttribute('mediapaused')")
    return page, "[data-player]"


def player_settings(open_page, world):
    page = watch(open_page, world)
    page.mouse.move(300, 300)
    page.locator("media-settings-menu-button").click()
    expect(page.get_by_role("menuitemcheckbox", name="Loop")).to_be_visible()
    return page, "media-settings-menu"


def card_menu(open_page, world):
    page = open_page(world.viewer, "/@read-maker/videos")
    page.locator("main .card summary").first.click()
    expect(page.get_by_role("link", name="Report")).to_be_visible()
    return page, "main .card"


def user_menu(open_page, world):
    page = open_page(world.viewer, "/you")
    page.get_by_label("Account menu").click()
    return page, ".topbar"


def bell_panel(open_page, world):
    page = open_page(world.viewer, "/you")
    page.locator(".bell").click()
    page.locator("#note-panel summary").first.click()
    return page, "#note-panel"


def share_dialog(open_page, world):
    page = watch(open_page, world)
    page.locator("[data-share]").first.click()
    for part in ("Embed", "QR code"):
        page.locator("dialog summary", has_text=part).click()
    expect(page.locator("dialog details[open] :is(svg, img)").last).to_be_visible()
    return page, "dialog"


def save_dialog(open_page, world):
    page = watch(open_page, world)
    page.locator("[data-save-video]").first.click()
    expect(page.get_by_role("checkbox", name="Watch later")).to_be_focused()
    return page, "dialog"


def report_dialog(open_page, world):
    page = watch(open_page, world)
    page.locator(".watch-bar").get_by_role("link", name="Report").click()
    page.locator("dialog form").wait_for()
    return page, "dialog"


def comments(open_page, world):
    page = watch(open_page, world)
    own = page.locator(".comment").filter(has_text="How far")
    own.locator(":scope > .menu > summary").click()
    return page, "#comments"


def confirmation(open_page, world):
    page = watch(open_page, world)
    own = page.locator(".comment").filter(has_text="How far")
    own.locator(":scope > .menu > summary").click()
    own.get_by_role("link", name="Delete").click()
    page.locator("dialog").wait_for()
    return page, "dialog"


def filter_sheet(open_page, world):
    page = open_page(world.viewer, "/search?q=walk&category=travel")
    page.get_by_role("button", name="Filters").click()
    return page, "#filters"


def sheet_of_phones(open_page, world):
    page = open_page(world.viewer, "/you", width=390)
    page.get_by_role("button", name="Menu", exact=True).click()
    expect(page.locator("dialog.sheet").get_by_role("link", name="read-maker")).to_be_visible()
    return page, "dialog.sheet"


def upload_dialog(open_page, world):
    page = open_page(world.maker, "/upload")
    # Not a video: the dialog is the same at every speed of the machine, without frames and steps.
    file = {"name": "a_film.mp4", "mimeType": "video/mp4", "buffer": b"no video" * 99}
    page.locator("[data-file]").set_input_files(file)
    expect(page.get_by_role("dialog").locator(".steps [data-state=failed]")).to_be_visible()
    return page, "dialog"


def editor(open_page, world):
    page = open_page(world.maker, f"/studio/videos/{world.video}")
    expect(page.locator("[data-save-state]")).to_have_text("No unsaved changes")
    expect(page.get_by_role("button", name="Add chapter")).to_be_visible()
    return page, "body"


PARTS = (player, player_settings, card_menu, user_menu, bell_panel, share_dialog, save_dialog, report_dialog, comments,
         confirmation, filter_sheet, sheet_of_phones, upload_dialog)  # fmt: skip


@pytest.mark.parametrize("part", PARTS, ids=lambda part: part.__name__)
def test_a_part_reads_as_it_was_looked_at(open_page, world, part: Callable):
    page, selector = part(open_page, world)
    # Which rendition plays depends on how fast the machine is.
    text = re.sub(r"Auto \(\d+p\)", "Auto (144p)", reading_order(page, selector))
    assert NAMELESS.findall(text) == []
    check_file(FOLDER / f"{part.__name__}.txt", text)


def test_the_editor_is_a_list_of_named_sections(open_page, world):
    page, selector = editor(open_page, world)
    text = reading_order(page, selector)
    assert NAMELESS.findall(text) == []
    levels = [int(level) for level in re.findall(r"heading .*\[level (\d)", text)]
    assert levels[0] == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))
    check_file(FOLDER / "editor.txt", outline(text))

"""Dialogs, sheets and menus by keyboard: the focus goes in, is seen at each stop, stays, and comes back at Escape."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from playwright.sync_api import expect

from tests.support.hands import Keyboard
from tests.support.http_client import Caller

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(240)]
STEPS = 25
INSIDE = """dialog => document.activeElement === document.body || dialog.contains(document.activeElement)
  || dialog === document.activeElement"""

# What happened to focus and menus, for the message of a test that fails.
NOTE_EVENTS = """window.noted = [];
for (const name of ['focusin', 'toggle', 'click', 'keydown']) addEventListener(name, (event) => {
  const where = event.target.outerHTML?.slice(0, 80);
  window.noted.push(`${Math.round(performance.now())} ${name} ${event.key ?? ''} ${where}`);
}, true);"""


@pytest.fixture(scope="module")
def world(site, clip):
    """A video with a comment of the viewer's."""
    maker = Caller(site).sign_up("focus-maker")
    video = maker.upload(clip, title="Focused walk", visibility="public")
    maker.wait(video, "ready")
    viewer = Caller(site).sign_up("focus-viewer").sign_in_to_pages("focus-viewer")
    viewer.json("POST", f"/api/v1/videos/{video}/comments", {"text": "Mine"})
    return SimpleNamespace(viewer=viewer, video=video)


@pytest.fixture
def open_page(chromium, site, world):
    contexts = []

    def opened(path: str):
        context = chromium.new_context(
            base_url=site.url, viewport={"width": 1280, "height": 800}, reduced_motion="reduce"
        )
        contexts.append(context)
        cookies = [
            {"name": key, "value": value, "url": site.url} for key, value in world.viewer.cookies.items()
        ]
        context.add_cookies(cookies)
        page = context.new_page()
        page.add_init_script(NOTE_EVENTS)
        page.goto(path.format(video=world.video))
        return page

    yield opened
    for context in contexts:
        context.close()


# The path, what opens the dialog, its name, and whether it is over the whole page.
DIALOGS = {
    "share": ("/watch/{video}", "[data-share]", "Share", True),
    "save": ("/watch/{video}", ".watch-bar [data-save-video]", "Save to playlist", True),
    "report": ("/watch/{video}", ".watch-bar [data-report]", "Report", True),
    "filters": ("/search?q=walk", "[popovertarget=filters]", "Search filters", False),
    "account": ("/", ".topbar details.menu > summary", "", False),
    "card": ("/", "main .card details.menu > summary", "", False),
}


@pytest.mark.parametrize("kind", DIALOGS)
def test_the_focus_goes_in_and_comes_back(open_page, kind):
    path, opener, name, is_modal = DIALOGS[kind]
    page = open_page(path)
    if path.startswith("/watch"):
        page.locator("media-controller").wait_for()
    hand, target = Keyboard(page), page.locator(opener).first
    hand.press(target)
    inside = page.get_by_role("dialog", name=name) if name else page.locator("details.menu[open]")
    expect(inside).to_be_visible()
    if is_modal:
        for _ in range(STEPS):
            hand.step()
            assert inside.evaluate(INSIDE)
    else:
        # A card's menu is filled by a script that is loaded when the card is reached.
        expect(inside.locator(":is(a, button, input, select):visible").first).to_be_visible()
        hand.step()
        assert inside.count() == 1, page.evaluate("window.noted.slice(-20).join('\\n')")
        assert inside.evaluate(INSIDE)
    page.keyboard.press("Escape")
    expect(inside).to_have_count(0) if is_modal or not name else expect(inside).to_be_hidden()
    expect(target).to_be_focused()
    assert hand.problems == []


def test_a_question_is_asked_and_answered_by_keyboard(open_page, world):
    page = open_page("/watch/{video}#comments")
    own = page.locator(".comment").filter(has_text="Mine")
    own.wait_for()
    hand, menu = Keyboard(page), own.locator(":scope > .menu > summary")
    for answer in ("Escape", "Cancel"):
        hand.press(menu)
        hand.press(own.get_by_role("link", name="Delete"))
        question = page.get_by_role("dialog", name="Delete this comment?")
        expect(question.get_by_role("button", name="Cancel")).to_be_focused()
        page.keyboard.press(answer if answer == "Escape" else "Enter")
        expect(question).to_have_count(0)
        assert page.evaluate("document.activeElement !== document.body")
        page.keyboard.press("Escape")
    hand.press(menu)
    hand.press(own.get_by_role("link", name="Delete"))
    hand.press(page.get_by_role("dialog").get_by_role("button", name="Delete"))
    expect(own).to_have_count(0)
    hand.step()
    assert hand.problems == []


def test_the_skip_link_leads_past_the_frame(open_page):
    page = open_page("/")
    hand = Keyboard(page)
    hand.step()
    expect(page.get_by_role("link", name="Skip to content")).to_be_focused()
    page.keyboard.press("Enter")
    hand.step()
    assert page.evaluate("document.querySelector('main').contains(document.activeElement)")
    assert hand.problems == []

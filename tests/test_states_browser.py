"""What pages look like when something went wrong: the way back is in view."""

import re

import pytest
from playwright.sync_api import expect

from tests.support.http_client import PASSWORD, Caller

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(240)]
COLOR = "element => getComputedStyle(element).color"


@pytest.fixture(scope="module")
def creator(chromium, site, clip):
    """Return a page of someone who has two videos, and the id of one."""
    caller = Caller(site).sign_up("states-creator")
    about = {"description": "A long description. " * 40, "tags": "w" * 30, "visibility": "public"}
    videos = [caller.upload(clip, title=f"Film {number}", **about) for number in (1, 2)]
    for video_id in videos:
        caller.wait(video_id, "ready")
    page = chromium.new_page(base_url=site.url, viewport={"width": 390, "height": 844})
    page.goto("/login")
    page.get_by_label("Username").fill("states-creator")
    page.get_by_label("Password").fill(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url("**/")
    return page, video_id


def test_a_refused_form_leads_to_the_first_field_to_mend(chromium, site):
    page = chromium.new_page(base_url=site.url)
    page.goto("/register")
    page.locator("main form").evaluate("form => { form.noValidate = true; }")
    page.get_by_label("Username").fill("states-newcomer")
    page.get_by_label("Email").fill("nonsense")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Create account").click()
    expect(page.get_by_text("Enter a valid email address.")).to_be_visible()
    expect(page.get_by_label("Email")).to_be_focused()


def test_the_editor_marks_the_section_in_view_after_a_refused_save(creator):
    page, video_id = creator
    page.goto(f"/studio/videos/{video_id}")
    page.get_by_label("Title", exact=True).fill(" ")
    page.get_by_role("button", name="Save changes").click()
    expect(page.get_by_text("This field is required.")).to_be_visible()
    page.mouse.wheel(0, -4000)
    expect(page.locator(".editor-tabs [aria-current]")).to_have_text("Details")


def test_what_is_wrong_with_a_file_is_said_shortly_and_shown_as_an_error(creator):
    page, _ = creator
    page.goto("/upload")
    files = page.locator("[data-file]").first
    files.set_input_files({"name": "notes.txt", "mimeType": "text/plain", "buffer": b"hello"})
    toast = page.locator("[data-toasts] .toast", has_text="notes.txt")
    expect(toast).to_have_text(
        re.compile(r"Unsupported file type\. Supported types include (\.\w+\W+(and )?){4}$")
    )
    files.set_input_files({"name": "broken.mp4", "mimeType": "video/mp4", "buffer": b"no video" * 99})
    dialog = page.get_by_role("dialog")
    problem = dialog.locator("[data-dialog-text][data-state=failed]")
    expect(problem).to_contain_text("not a video", timeout=60_000)
    cross = dialog.locator("[data-checks] [data-state=failed]").first
    assert problem.evaluate(COLOR) == cross.evaluate("element => getComputedStyle(element, '::before').color")


def test_a_list_that_could_not_load_more_tries_again_in_place(creator):
    page, _ = creator

    def fail(route):
        return route.abort() if "hx-request" in route.request.headers else route.continue_()

    page.route("**/trending?*", fail)
    page.goto("/trending?page_size=1")
    toast = page.locator("[data-toasts] .toast", has_text="Couldn't load more.")
    expect(toast).to_have_count(1)
    cards = page.locator("[data-endless] [data-video]")
    expect(cards).to_have_count(1)
    page.unroute("**/trending?*", fail)
    toast.get_by_role("button", name="Try again").click()
    expect(cards.nth(1)).to_be_visible()
    expect(toast).to_have_count(0)


def test_the_bell_without_a_network_leaves_the_page_where_it_is(creator):
    page, _ = creator
    page.goto("/trending")
    page.locator(".bell").hover()
    page.context.set_offline(True)
    page.locator(".bell").click()
    expect(page.locator("[data-toasts] .toast")).to_contain_text("Couldn't reach the server.")
    assert page.url.endswith("/trending")
    page.context.set_offline(False)


def test_the_start_time_and_long_tags_stay_within_their_boxes(creator):
    page, video_id = creator
    page.goto(f"/watch/{video_id}")
    page.locator("[data-share]").click()
    field = page.get_by_role("textbox", name="Start time")
    expect(field).to_be_visible()
    ends = "element => { const box = element.getBoundingClientRect(); return [box.left, box.right]; }"
    dialog = page.get_by_role("dialog").evaluate(ends)
    start, end = field.evaluate(ends)
    assert dialog[0] < start < end < dialog[1]
    assert page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") <= 0


def test_notifications_of_the_site_show_their_icon(creator):
    page, _ = creator
    page.goto("/notifications")
    icon = page.locator(".note .avatar .icon").first
    expect(icon).to_be_visible()
    assert icon.bounding_box()["width"] > 12


def test_folding_of_long_texts_speaks_the_language_of_the_page(creator, chromium, site):
    _, video_id = creator
    page = chromium.new_page(base_url=site.url, locale="de")
    page.goto(f"/watch/{video_id}")
    shown = page.locator(".about .about-toggle span:visible")
    expect(shown).to_have_text("Mehr anzeigen")
    shown.click()
    expect(shown).to_have_count(1)
    expect(shown).not_to_have_text("Mehr anzeigen")


def test_an_upload_says_that_it_lost_its_connection_and_goes_on(creator, clip):
    page, _ = creator

    def fail(route):
        return route.abort() if route.request.method == "PATCH" else route.continue_()

    page.route("**/api/v1/uploads/**", fail)
    page.goto("/upload")
    page.locator("[data-file]").first.set_input_files(clip)
    text = page.get_by_role("dialog").locator("[data-dialog-text]")
    expect(text).to_have_text("Connection lost. Trying again…")
    page.unroute("**/api/v1/uploads/**", fail)
    expect(text).to_have_text("Ready to watch.", timeout=120_000)

"""An owner's way through the studio in a real browser, wide and narrow, with axe-core looking at each page."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Page, expect

from tests.support.accessibility import serious_findings
from tests.support.browser import until
from tests.support.http_client import PASSWORD, Caller

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(240)]
SETTLED = "Promise.allSettled(document.getAnimations().map(animation => animation.finished))"
TOO_WIDE = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
# Pixels of the chart that are not empty.
PAINTED = """() => {
  const canvas = document.querySelector('[data-chart] canvas');
  const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
  return data.filter((value, index) => index % 4 === 3 && value > 0).length;
}"""


@pytest.fixture(scope="module")
def uploaded(site, clip):
    """An owner for each width with three videos; one of them was watched, and that has been counted."""
    made = {}
    for width in (1280, 390):
        owner, viewer = Caller(site).sign_up(f"studio-{width}"), Caller(site).sign_up(f"viewer-{width}")
        ids = [owner.upload(clip, title=f"Film {n} of {width}", visibility="public") for n in range(3)]
        for one in ids:
            owner.wait(one, "ready")
        path, agent = f"/api/v1/videos/{ids[0]}/playback", "Mozilla/5.0 Chrome/150.0.0.0"
        for body in ({"position": 0}, {"position": 2, "watched": [[0, 2]]}):
            status, said = viewer.json("POST", path, body, User_Agent=agent)
            assert status == 200, said
            time.sleep(1.5)
        assert said["view"] == "counted"
        deadline = time.monotonic() + 20
        while owner.json("GET", "/api/v1/studio/stats")[1]["totals"]["views"] == 0:
            assert time.monotonic() < deadline
            time.sleep(0.3)
        made[width] = ids[0]
    return made


def look(page: Page, name: str) -> None:
    """No serious finding of axe-core, nothing wider than the screen."""
    page.evaluate(SETTLED)
    assert serious_findings(page) == [], name
    assert page.evaluate(TOO_WIDE) <= 0, f"{name} is too wide"


def sign_in(page: Page, name: str) -> None:
    page.goto("/login")
    page.get_by_label("Username").fill(name)
    page.get_by_label("Password").fill(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url("**/")


@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (390, "dark")])
def test_the_way_through_the_studio(chromium, site, uploaded, width, scheme):
    context = chromium.new_context(
        base_url=site.url, viewport={"width": width, "height": 800}, color_scheme=scheme, bypass_csp=True
    )
    page, problems = context.new_page(), []
    page.on("pageerror", lambda error: problems.append(str(error)))
    sign_in(page, f"studio-{width}")

    page.goto("/studio")
    expect(page.locator(".chart canvas")).to_be_visible()
    assert page.evaluate(PAINTED) > 1000
    look(page, "overview")
    page.locator("[role=radiogroup] label", has_text="Watch time").click()
    assert "Watch time" in page.locator(".chart-said").inner_text()
    page.get_by_role("link", name="7 days").click()
    expect(page.get_by_role("link", name="7 days")).to_have_attribute("aria-current", "true")
    page.get_by_text("View as table").click()
    assert page.locator("tbody tr").count() == 7
    look(page, "seven days")
    with page.expect_download() as download:
        page.get_by_role("link", name="CSV", exact=True).first.click()
    assert download.value.suggested_filename.endswith(".csv")
    before = page.evaluate(PAINTED)
    page.emulate_media(color_scheme="light" if scheme == "dark" else "dark")
    until(page, f"({PAINTED})() > 0")
    assert before > 0

    page.goto(f"/studio/videos/{uploaded[width]}/stats")
    assert page.locator(".chart canvas").count() == 2
    look(page, "one video")

    page.goto("/studio/videos")
    look(page, "table")
    page.get_by_label("Select all").check()
    assert page.locator("[data-pick]:checked").count() == 3
    page.locator("[data-pick]").nth(0).uncheck()
    assert page.locator("[data-chosen]").inner_text() == "2 selected"
    if not page.get_by_label("Visibility", exact=True).last.is_visible():
        page.get_by_text("Edit selected").click()
    look(page, "chosen")
    page.locator("#value_visibility").select_option("unlisted")
    page.get_by_role("button", name="Apply Visibility").click()
    expect(page.locator("[data-toasts]")).to_contain_text("2 videos updated.")
    expect(page.locator(".studio-row", has_text="Unlisted")).to_have_count(2)

    page.locator("[data-pick]").nth(1).check()
    if not page.locator("#value_visibility").is_visible():
        page.get_by_text("Edit selected").click()
    page.get_by_role("button", name="Delete…").click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("Film")
    look(page, "question")
    dialog.get_by_role("button", name="Cancel").click()
    assert page.locator("[data-row]").count() == 3
    page.get_by_role("button", name="Delete…").click()
    dialog.get_by_role("button", name="Delete video").click()
    expect(page.locator("[data-toasts]")).to_contain_text("1 video deleted.")
    assert page.locator("[data-row]").count() == 2
    assert problems == []
    context.close()


def test_chapters_and_titles_are_read_while_they_are_written(chromium, site):
    owner = Caller(site).sign_up("studio-texts")
    context = chromium.new_context(
        base_url=site.url, viewport={"width": 1280, "height": 800}, bypass_csp=True
    )
    page, problems = context.new_page(), []
    page.on("pageerror", lambda error: problems.append(str(error)))
    sign_in(page, "studio-texts")

    page.goto("/upload")
    file = {"name": "My_trip%20to_Rome.1080p.mp4", "mimeType": "video/mp4", "buffer": b"no video" * 99}
    # A file that cannot be processed has no duration that chapters could be beyond.
    page.locator("[data-file]").set_input_files(file)
    expect(page.get_by_role("dialog").get_by_label("Title")).to_have_value("My trip to Rome")
    page.get_by_role("dialog").get_by_role("button", name="Close").click()
    page.locator("[data-queue] [data-edit]").click()
    expect(page.get_by_label("Title", exact=True)).to_have_value("My trip to Rome")

    description, found = page.locator("#id_description"), page.locator("#details [data-chapters-of]")
    description.fill("1:00 One\n2:00 Two\n3:00 Three")
    expect(found).to_be_visible()  # it opens when something is wrong
    expect(found).to_contain_text("The first chapter must start at 0:00.")
    description.focus()
    description.press("Control+Home")
    description.press_sequentially("0:00 Start\n")
    expect(found.locator("li").first).to_contain_text("Start")
    expect(description).to_be_focused()
    expect(description).to_have_value("0:00 Start\n1:00 One\n2:00 Two\n3:00 Three")
    look(page, "details")
    page.get_by_role("link", name="Chapters").click()
    page.locator("#chapters").get_by_role("button", name="Edit as text").click()
    page.get_by_label("One chapter per line").fill("0:00 Mine\nnonsense")
    found = page.locator("#chapters [data-chapters-of]")
    expect(found).to_contain_text("Line 2 must start with a time")
    expect(found.locator("ol li")).to_have_count(1)
    look(page, "chapters")
    assert problems == []
    assert owner.json("GET", "/api/v1/studio/videos")[1]["results"][0]["title"] == "My trip to Rome"
    context.close()


@pytest.mark.parametrize("scripts", [True, False])
def test_enter_in_the_table_changes_nothing(chromium, site, clip, scripts):
    name = f"studio-enter-{scripts}".lower()
    owner = Caller(site).sign_up(name)
    video_id = owner.upload(clip, title="Kept private", visibility="private")
    context = chromium.new_context(base_url=site.url, java_script_enabled=scripts)
    page, sent = context.new_page(), []
    sign_in(page, name)
    page.goto("/studio/videos")
    page.on("request", lambda request: sent.append(request.method) if request.method == "POST" else None)
    pick = page.locator("[data-pick]").first
    pick.check()
    if not page.locator("#value_visibility").is_visible():
        page.get_by_text("Edit selected").click()
    page.locator("#value_visibility").select_option("public")
    for field in (pick, page.get_by_label("Select all"), page.locator("#value_visibility")):
        field.focus()
        page.keyboard.press("Enter")
        page.wait_for_timeout(300)
    assert sent == []
    assert owner.json("GET", f"/api/v1/videos/{video_id}")[1]["visibility"] == "private"
    context.close()


def test_the_table_works_without_scripts(chromium, site, clip):
    owner = Caller(site).sign_up("studio-plain")
    for number in range(2):
        owner.upload(clip, title=f"Plain {number}")
    context = chromium.new_context(base_url=site.url, java_script_enabled=False)
    page = context.new_page()
    sign_in(page, "studio-plain")
    page.goto("/studio")
    page.get_by_text("View as table").click()
    assert page.locator("tbody tr").count() == 28
    page.goto("/studio/videos?sort=oldest")
    page.get_by_label("Select all").check()
    page.get_by_text("Edit selected").click()
    page.locator("#value_category").select_option("music")
    page.get_by_role("button", name="Apply Category").click()
    assert page.url.endswith("/studio/videos?sort=oldest")
    expect(page.locator("[data-toasts]")).to_contain_text("2 videos updated.")
    page.get_by_label("Select Plain 0").check()
    page.get_by_text("Edit selected").click()
    page.get_by_role("button", name="Delete…").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Delete 1 video?")
    page.get_by_role("button", name="Delete 1 video").click()
    expect(page.locator("[data-toasts]")).to_contain_text("1 video deleted.")
    assert page.locator("[data-row]").count() == 1
    context.close()


def test_saving_a_title_keeps_the_schedule_and_choosing_a_visibility_cancels_it(chromium, site, clip):
    """Scripts show and send the scheduled time in another form than the page has it."""
    owner = Caller(site).sign_up("studio-scheduled")
    path = f"/api/v1/videos/{owner.upload(clip, visibility='private')}"
    at = datetime.now(UTC).replace(second=0, microsecond=0) + timedelta(days=3)
    owner.json("PATCH", path, {"publish_at": at.isoformat()})
    context = chromium.new_context(base_url=site.url, timezone_id="Asia/Kolkata")
    page = context.new_page()
    sign_in(page, "studio-scheduled")
    page.goto(f"/studio/videos/{path.rpartition('/')[2]}")
    page.get_by_label("Title", exact=True).fill("Another title")
    page.get_by_role("button", name="Save changes").click()
    expect(page.locator("[data-toasts]")).to_contain_text("Saved: Title.")
    kept = owner.json("GET", path)[1]
    assert (kept["title"], datetime.fromisoformat(kept["publish_at"])) == ("Another title", at)
    page.get_by_role("radio", name="Unlisted").check()
    page.get_by_role("button", name="Save changes").click()
    expect(page.locator("[data-toasts]")).to_contain_text("The scheduled change to Public was canceled.")
    assert owner.json("GET", path)[1]["publish_at"] is None
    context.close()

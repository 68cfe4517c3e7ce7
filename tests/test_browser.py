"""A person's way through the site in a real browser: register, upload, watch the progress, play."""

import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from tests.support.clips import make_clip
from tests.support.http_client import Caller

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(240)]
PASSWORD = "correct horse battery"
PAGES = """
/ /you /trending /category/music /tag/day /settings/hidden /upload /library
/history /liked /feed /subscriptions /studio /studio/videos /settings /settings/profile
/settings/preferences /settings/sessions /developers/tokens /api/docs
/search?q=day
""".split()  # noqa: SIM905 - a list of words reads better so
BRIGHTNESS = """
video => {
  const canvas = document.createElement('canvas');
  canvas.width = 32; canvas.height = 18;
  const context = canvas.getContext('2d');
  context.drawImage(video, 0, 0, 32, 18);
  const pixels = context.getImageData(0, 0, 32, 18).data;
  let sum = 0;
  for (let i = 0; i < pixels.length; i += 4) sum += pixels[i] + pixels[i + 1] + pixels[i + 2];
  return sum / (32 * 18 * 3);
}
"""


@pytest.fixture
def page(chromium, site):
    context = chromium.new_context(base_url=site.url, viewport={"width": 1280, "height": 800})
    opened = context.new_page()
    opened.problems = []
    opened.on("pageerror", lambda error: opened.problems.append(str(error)))
    opened.on("console", lambda message: note_violation(opened, message.text))
    yield opened
    assert opened.problems == []
    context.close()


def note_violation(page: Page, text: str) -> None:
    if "Content Security" in text:
        page.problems.append(text)


def until(page: Page, read, *, above: float, seconds: float = 60) -> float:
    """Poll ``read`` until it exceeds ``above``; the page's policy forbids Playwright's own wait_for_function."""
    value = read()
    for _ in range(int(seconds * 5)):
        if value > above:
            return value
        page.wait_for_timeout(200)
        value = read()
    raise AssertionError(f"{value} did not exceed {above} within {seconds} s")


def register(page: Page, username: str) -> None:
    page.goto("/register")
    page.get_by_label("Username").fill(username)
    page.get_by_label("Email").fill(f"{username}@example.org")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Create").click()
    page.wait_for_url("**/")


def test_register_upload_wait_and_play(page, site, tmp_path):
    clip = tmp_path / "a_day_out.mp4"
    make_clip(clip, seconds=10, size=(640, 360), fps=25)
    register(page, "browser-walk")
    page.goto("/upload")
    page.locator("[data-file]").set_input_files(str(clip))
    page.get_by_role("dialog").get_by_label("Public", exact=True).check()
    page.get_by_role("button", name="Publish").click()
    link = page.locator("[data-queue] a[href^='/watch/']").first
    link.wait_for(timeout=120_000)
    page.goto(link.get_attribute("href"))
    expect(page.locator("h1")).to_have_text("a day out")
    video = page.locator("video").first
    page.locator("media-controller").wait_for()
    video.evaluate("v => { v.muted = true; return v.play(); }")
    first = until(page, lambda: video.evaluate("v => v.currentTime"), above=1)
    until(page, lambda: video.evaluate("v => v.currentTime"), above=first + 0.5)
    assert video.evaluate(BRIGHTNESS) > 20
    assert video.evaluate("v => v.error") is None
    page.goto("/")
    expect(page.get_by_role("link", name="a day out").first).to_be_visible()


def test_a_hopeless_upload_offers_another_file_and_deletion(page, site, tmp_path):
    page.set_viewport_size({"width": 390, "height": 800})
    broken = tmp_path / "broken.mp4"
    broken.write_bytes(make_clip(tmp_path / "whole.mp4", 1).read_bytes()[:3000])
    register(page, "hopeless-upload")
    page.goto("/upload")
    page.locator("[data-file]").set_input_files(str(broken))
    page.get_by_role("dialog").get_by_role("button", name="Close").click()
    row = page.locator("[data-queue] > li")
    expect(row).to_contain_text("damaged or incomplete", timeout=60_000)
    expect(row.get_by_role("button", name="Try again")).to_be_hidden()
    with page.expect_file_chooser():
        row.get_by_role("button", name="Choose another file").click()
    studio = page.context.new_page()
    studio.goto("/studio/videos")
    expect(studio.get_by_role("link", name="Choose another file")).to_be_visible()
    expect(studio.get_by_role("button", name="Retry")).to_be_hidden()
    studio.goto(row.locator("[data-watch]").get_attribute("href"))
    expect(studio.locator("[data-player-state]").get_by_role("link", name="Delete")).to_be_visible()
    studio.close()
    row.get_by_role("button", name="Delete").click()
    page.get_by_role("dialog").get_by_role("button", name="Delete video").click()
    expect(row).to_have_count(0)


@pytest.mark.parametrize("width", [1280, 390])
def test_pages_fit_their_width_and_load_without_errors(page, site, width):
    page.set_viewport_size({"width": width, "height": 800})
    register(page, f"width-{width}")
    for path in (*PAGES, f"/@width-{width}"):
        answer = page.goto(path)
        assert answer.status == 200, path
        overflow = page.evaluate(
            "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        )
        assert overflow <= 0, f"{path} is {overflow} px too wide"


def test_a_missing_page_says_so(page):
    answer = page.goto("/watch/AAAAAAAAAAA")
    assert answer.status == 404
    expect(page.locator("h1")).to_be_visible()


def test_a_picture_is_previewed_and_saved_and_the_theme_follows_the_person(page, site, chromium, tmp_path):
    chosen = tmp_path / "me.png"
    Image.new("RGB", (300, 200), (200, 30, 30)).save(chosen)
    register(page, "browser-face")
    page.goto("/settings/profile")
    page.get_by_label("Avatar").set_input_files(str(chosen))
    expect(page.get_by_alt_text("Your new image, not saved yet")).to_be_visible()
    page.get_by_role("button", name="Save changes").click()
    expect(page.get_by_alt_text("Current avatar")).to_be_visible()
    assert (
        page.locator(".topbar .avatar img").first.evaluate(
            "async image => { await image.decode(); return image.naturalWidth; }"
        )
        == 96
    )
    with page.expect_response("**/api/v1/me/preferences") as saved:
        page.get_by_label("Switch to dark theme").click()
    assert saved.value.status == 200
    context = chromium.new_context(base_url=site.url, java_script_enabled=False)
    other = context.new_page()
    other.goto("/login")
    other.get_by_label("Username").fill("browser-face")
    other.get_by_label("Password").fill(PASSWORD)
    other.get_by_role("main").get_by_role("button", name="Sign in").click()
    assert other.locator("html").get_attribute("data-theme") == "dark"
    other.goto("/settings/profile")
    other.get_by_role("button", name="Remove avatar").click()
    expect(other.get_by_text("Avatar removed.")).to_be_visible()
    context.close()


def test_a_like_survives_a_reload_and_history_goes_on_where_it_was_left(page, site, tmp_path):
    clip = tmp_path / "clip.mp4"
    make_clip(clip, seconds=30, size=(320, 180), fps=10)
    author = Caller(site).sign_up("liked-author")
    video_id = author.upload(clip, title="Worth a like", visibility="public")
    author.wait(video_id, "ready")
    register(page, "liker")
    page.goto(f"/watch/{video_id}")
    like = page.get_by_role("button", name="Like, 0")
    with page.expect_response(lambda answer: answer.url.endswith("/reaction") and answer.ok):
        like.click()
    expect(page.get_by_role("button", name="Like, 1")).to_have_attribute("aria-pressed", "true")
    page.reload()
    expect(page.get_by_role("button", name="Like, 1")).to_have_attribute("aria-pressed", "true")
    with page.expect_response(lambda answer: answer.url.endswith("/reaction") and answer.ok):
        page.get_by_role("button", name="Dislike").click()
    expect(page.get_by_role("button", name="Like, 0")).to_have_attribute("aria-pressed", "false")
    with page.expect_response(lambda answer: answer.url.endswith("/reaction") and answer.ok):
        page.get_by_role("button", name="Like, 0").click()
    page.goto("/liked")
    expect(page.get_by_role("link", name="Worth a like")).to_be_visible()

    page.goto(f"/watch/{video_id}")
    page.locator("media-controller").wait_for()
    shown = page.locator("video").first
    with page.expect_response(lambda answer: answer.url.endswith("/playback") and answer.ok) as first:
        shown.evaluate("v => { v.muted = true; v.currentTime = 12; v.play().catch(() => {}); }")
    assert first.value.json()["remembered"] is True
    until(page, lambda: shown.evaluate("v => v.currentTime"), above=14)
    with page.expect_response(lambda answer: answer.url.endswith("/playback") and answer.ok) as last:
        shown.evaluate("v => v.pause()")
    left_at = last.value.json()["position"]
    assert left_at > 13
    page.goto("/history")
    page.evaluate("() => localStorage.clear()")  # what the server knows must do
    page.get_by_role("link", name="Worth a like").click()
    page.locator("media-controller").wait_for()
    until(page, lambda: page.locator("video").first.evaluate("v => v.currentTime"), above=left_at - 1.5)
    page.goto("/history")
    page.get_by_role("button", name="Remove “Worth a like” from history").click()
    expect(page.get_by_role("link", name="Worth a like")).to_have_count(0)
    page.reload()
    expect(page.get_by_text("No watch history yet")).to_be_visible()


def test_suggestions_appear_while_typing_and_are_chosen_by_keyboard(page, site, tmp_path):
    clip = tmp_path / "clip.mp4"
    make_clip(clip, seconds=2, size=(160, 90), fps=10)
    author = Caller(site).sign_up("suggested-author")
    for title in ("Strolling in Lisbon", "Strolling in Porto"):
        author.wait(author.upload(clip, title=title, visibility="public"), "ready")
    page.goto("/")
    field = page.get_by_role("combobox", name="Search videos")
    field.press_sequentially("strolling in l")
    options = page.get_by_role("option")
    expect(options).to_have_text(["Strolling in Lisbon"])
    field.fill("stroll")
    expect(options).to_have_count(2)
    field.press("ArrowDown")
    field.press("ArrowDown")
    expect(options.nth(1)).to_have_attribute("aria-selected", "true")
    chosen = options.nth(1).inner_text()
    field.press("Enter")
    page.wait_for_url("**/watch/*")
    expect(page.get_by_role("heading", name=chosen, level=1)).to_be_visible()
    page.goto("/search")
    field = page.get_by_role("combobox", name="Search videos").last
    field.fill("author sugg")  # words of the name in any order
    expect(options.first).to_contain_text("Channel · @suggested-author")
    field.press("Escape")
    expect(page.get_by_role("listbox")).to_be_hidden()

"""Uploads in a real browser: details while bytes flow, pages that change meanwhile, reloads, schedules, no scripts."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, expect

from tests.support.accessibility import serious_findings
from tests.support.http_client import PASSWORD, Caller
from tests.tasks.conftest import wait_until
from tests.uploads.test_clients import kept, paused_worker  # noqa: F401 - one is a fixture

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(240)]
MIB = 1024 * 1024
TOO_WIDE = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
SETTLED = "Promise.allSettled(document.getAnimations().map(animation => animation.finished))"
DROP = """(name) => {
  const files = new DataTransfer();
  files.items.add(new File(["no video".repeat(99)], name, { type: "video/mp4" }));
  for (const type of ["dragenter", "dragover", "drop"]) {
    document.body.dispatchEvent(new DragEvent(type, { dataTransfer: files, bubbles: true, cancelable: true }));
  }
}"""

# How many files the next page of an account would get: none when the worker that keeps them is gone, or just going.
KEPT = """async (account) => {
  const [registration] = await navigator.serviceWorker.getRegistrations();
  const worker = registration?.active ?? registration?.waiting ?? registration?.installing;
  if (!worker) return 0;
  const { port1, port2 } = new MessageChannel();
  const answer = new Promise((resolve) => { port1.onmessage = ({ data }) => resolve(data.length); });
  worker.postMessage({ type: "list", account }, [port2]);
  return answer;
}"""


def noise(path: Path, size: int) -> Path:
    path.write_bytes(hashlib.shake_128(path.name.encode()).digest(size))
    return path


def hash_of(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def sign_in(page: Page, name: str, then: str = "/upload") -> None:
    page.goto(f"/login?next={then}")
    page.get_by_label("Username").fill(name)
    page.get_by_label("Password").fill(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url(lambda url: urlsplit(url).path == then)


def throttle(page: Page) -> Callable[[int], None]:
    """Return a function that sets how many bytes a second the page can send; -1 for all."""
    network = page.context.new_cdp_session(page)
    network.send("Network.enable")

    def set_rate(throughput: int) -> None:
        rates = {"downloadThroughput": -1, "uploadThroughput": throughput}
        network.send("Network.emulateNetworkConditions", {"offline": False, "latency": 0, **rates})

    return set_rate


def videos_of(owner: Caller) -> list[dict]:
    return owner.json("GET", "/api/v1/studio/videos")[1]["results"]


@pytest.fixture
def page(chromium, site) -> Iterator[Page]:
    context = chromium.new_context(base_url=site.url, viewport={"width": 1280, "height": 800})
    opened, problems = context.new_page(), []
    opened.on("pageerror", lambda error: problems.append(str(error)))
    # Before a reload by its button, which scripts cannot tell from leaving, the browser may ask.
    opened.asked = []
    opened.on("dialog", lambda dialog: (opened.asked.append(dialog.type), dialog.accept()))
    yield opened
    assert problems == []
    context.close()


@pytest.mark.usefixtures("paused_worker")
def test_two_files_are_described_while_their_bytes_flow_through_every_page(page, site, tmp_path):
    owner = Caller(site).sign_up("upload-walk")
    first, second = noise(tmp_path / "first_film.mp4", 40 * MIB), noise(tmp_path / "second.mp4", 2 * MIB)
    sign_in(page, "upload-walk", "/trending")
    page.get_by_role("link", name="Upload").first.click()
    set_rate = throttle(page)
    set_rate(MIB)
    page.locator("[data-file]").set_input_files([first, second])
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_label("Title")).to_be_focused()
    expect(dialog.get_by_label("Title")).to_have_value("first film")
    dialog.get_by_label("Title").fill("Typed while bytes flow")
    dialog.get_by_label("Description").fill("Written meanwhile.")
    expect(dialog.locator("[data-saved]")).to_have_text("Saved")
    wait_until(lambda: len(videos_of(owner)) == 2)
    drafts = {video["title"]: video for video in videos_of(owner)}
    assert drafts.keys() == {"Typed while bytes flow", "second"}
    assert {video["status"] for video in drafts.values()} == {"uploading"}
    assert {video["visibility"] for video in drafts.values()} == {"private"}
    described = drafts["Typed while bytes flow"]["id"]

    dialog.get_by_role("button", name="Close").click()
    page.get_by_role("link", name="Home").first.click()
    page.wait_for_url("**/")
    row = page.locator(f"[data-dock] [data-video='{described}']")
    expect(row).to_have_attribute("data-state", "sending")
    expect(row).to_contain_text("Typed while bytes flow")
    page.get_by_role("link", name="Upload").first.click()
    expect(page.locator("[data-queue-section] [data-queue] > li")).to_have_count(2)
    expect(page.locator("[data-unfinished]:visible")).to_have_count(0)
    assert page.asked == []
    page.reload()
    row = page.locator(f"[data-queue] [data-video='{described}']")
    expect(row).to_have_attribute("data-state", "sending")

    row.get_by_role("button", name="Pause").click()
    expect(row).to_have_attribute("data-state", "paused")
    page.reload()
    expect(row).to_have_attribute("data-state", "paused")
    row.get_by_role("button", name="Resume").click()
    row.get_by_role("button", name="Edit details").click()
    expect(dialog.get_by_label("Description")).to_have_value("Written meanwhile.")
    dialog.get_by_label("Public", exact=True).check()
    dialog.get_by_role("button", name="Publish").click()
    expect(dialog).to_have_count(0)
    set_rate(-1)
    expect(page.locator("[data-toasts]")).to_contain_text("Everyone can see this video once it's processed.")
    expect(page.locator("[data-queue] [data-state=processing]")).to_have_count(2, timeout=60_000)
    ended = {video["title"]: video for video in videos_of(owner)}
    assert ended["Typed while bytes flow"]["visibility"] == "public"
    assert ended["second"]["visibility"] == "private"
    assert kept(site, described) == hash_of(first)
    assert kept(site, ended["second"]["id"]) == hash_of(second)


def test_a_schedule_says_what_will_happen(page, site):
    owner = Caller(site).sign_up("upload-schedule")
    sign_in(page, "upload-schedule")
    file = {"name": "Premiere.mp4", "mimeType": "video/mp4", "buffer": b"no video" * 99}
    page.locator("[data-file]").set_input_files(file)
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Schedule", exact=True).check()
    at = (datetime.now(UTC) + timedelta(days=3)).replace(second=0, microsecond=0)
    local = page.evaluate("(at) => new Date(at).toLocaleString('sv').slice(0, 16)", at.isoformat())
    dialog.get_by_label("Publish on").fill("")
    dialog.get_by_role("button", name="Schedule").click()
    expect(dialog.get_by_role("alert")).to_have_text("Choose a date and time.")
    expect(dialog.get_by_label("Publish on")).to_be_focused()
    assert videos_of(owner)[0]["visibility"] == "private"
    dialog.get_by_label("Publish on").fill(local.replace(" ", "T"))
    expect(dialog.locator("[data-outcome]")).to_contain_text("your time")
    dialog.get_by_role("button", name="Schedule").click()
    expect(page.locator("[data-toasts]")).to_contain_text("your time")
    (video,) = videos_of(owner)
    assert video["visibility"] == "private"
    assert datetime.fromisoformat(video["publish_at"]) == at


@pytest.mark.usefixtures("paused_worker")
def test_an_interrupted_upload_is_resumed_in_the_studio_with_the_same_file_only(page, site, tmp_path):
    owner = Caller(site).sign_up("upload-again")
    film, other = noise(tmp_path / "film.mp4", 3 * MIB), noise(tmp_path / "other.mp4", 3 * MIB)
    told = {
        "Tus-Resumable": "1.0.0",
        "Upload-Length": str(3 * MIB),
        "Upload-Metadata": "filename ZmlsbS5tcDQ=",
    }
    _, made, _ = owner.call("POST", "/api/v1/uploads", None, told)
    piece = {
        "Tus-Resumable": "1.0.0",
        "Upload-Offset": "0",
        "Content-Type": "application/offset+octet-stream",
    }
    assert owner.call("PATCH", made["location"], film.read_bytes()[:MIB], piece)[0] == 204
    video_id = made["x-video-id"]
    sign_in(page, "upload-again", f"/studio/videos/{video_id}")
    expect(page.get_by_text("Interrupted.")).to_be_visible()
    page.goto("/studio/videos")
    row = page.locator(f"[data-row='{video_id}']")
    expect(row).to_contain_text("film.mp4")
    row.locator("[data-resume-file]").set_input_files(other)
    expect(page.locator("[data-toasts]")).to_contain_text("This is another file.")
    row.locator("[data-resume-file]").set_input_files(film)
    state = page.locator(f"[data-dock] [data-video='{video_id}']")
    expect(state).to_have_attribute("data-state", "processing", timeout=60_000)
    assert kept(site, video_id) == hash_of(film)
    assert len(videos_of(owner)) == 1


def test_another_account_in_the_browser_gets_no_file(page, site):
    for name in ("upload-first", "upload-second"):
        Caller(site).sign_up(name)
    sign_in(page, "upload-first")
    mark = page.locator("meta[name=account]").get_attribute("content")
    throttle(page)(1000)
    file = {"name": "mine.mp4", "mimeType": "video/mp4", "buffer": b"no video" * 99_000}
    page.locator("[data-file]").set_input_files(file)
    expect(page.locator("[data-queue] [data-state=sending]")).to_have_count(1)
    assert page.evaluate(KEPT, mark) == 1
    page.context.clear_cookies()
    sign_in(page, "upload-second", "/trending")
    other = page.locator("meta[name=account]").get_attribute("content")
    assert other != mark
    assert page.evaluate(KEPT, other) == 0
    assert page.evaluate(KEPT, mark) == 0
    expect(page.locator("[data-dock]")).to_have_count(0)


def test_files_dropped_anywhere_in_the_studio_are_uploaded(page, site):
    owner = Caller(site).sign_up("upload-drop")
    sign_in(page, "upload-drop", "/studio/videos")
    page.evaluate(DROP, "Dropped_film.mp4")
    expect(page.get_by_role("dialog").get_by_label("Title")).to_have_value("Dropped film")
    page.get_by_role("dialog").get_by_role("button", name="Close").click()
    expect(page.locator("[data-dock] [data-queue] > li")).to_contain_text("Dropped film")
    assert [video["title"] for video in videos_of(owner)] == ["Dropped film"]


def test_another_file_takes_over_the_details_of_a_hopeless_one(page, site, clip, tmp_path):
    owner = Caller(site).sign_up("upload-replace")
    broken = tmp_path / "broken.mp4"
    broken.write_bytes(b"no video" * 99)
    video_id = owner.upload(broken, title="Kept title", visibility="unlisted")
    owner.wait(video_id, "failed")
    sign_in(page, "upload-replace", "/studio/videos")
    with page.expect_file_chooser() as chooser:
        page.get_by_role("link", name="Choose another file").click()
    chooser.value.set_files({"name": "good.mp4", "mimeType": "video/mp4", "buffer": clip.read_bytes()})
    expect(page.locator("[data-dock] [data-queue] > li")).to_contain_text("Kept title")
    wait_until(lambda: [one["id"] for one in videos_of(owner)] != [video_id] and len(videos_of(owner)) == 1)
    (video,) = videos_of(owner)
    assert (video["title"], video["visibility"]) == ("Kept title", "unlisted")


@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (390, "dark"), (320, "light")])
@pytest.mark.usefixtures("paused_worker")  # what is ready leaves the dock
def test_dialog_and_dock_fit_and_are_accessible(chromium, site, width, scheme, clip):
    name = f"upload-look-{width}"
    Caller(site).sign_up(name)
    context = chromium.new_context(
        base_url=site.url, viewport={"width": width, "height": 800}, color_scheme=scheme, bypass_csp=True
    )
    page = context.new_page()
    sign_in(page, name)
    assert page.evaluate(TOO_WIDE) <= 0
    assert serious_findings(page) == []
    file = {"name": "a_film.mp4", "mimeType": "video/mp4", "buffer": clip.read_bytes()}
    page.locator("[data-file]").set_input_files(file)
    dialog = page.get_by_role("dialog")
    expect(dialog.locator(".upload-frame").first).to_be_visible(timeout=30_000)
    dialog.locator(".upload-frame").first.click()
    expect(dialog.locator("[data-image-status]")).to_have_text("Saved")
    page.evaluate(SETTLED)
    assert serious_findings(page) == []
    assert page.evaluate(TOO_WIDE) <= 0
    page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    page.goto("/trending")
    expect(page.locator("[data-dock] [data-queue] > li")).to_have_count(1)
    page.evaluate(SETTLED)
    assert serious_findings(page) == []
    assert page.evaluate(TOO_WIDE) <= 0
    context.close()


def test_several_files_are_uploaded_without_scripts(chromium, site, clip):
    owner = Caller(site).sign_up("upload-plain")
    context = chromium.new_context(base_url=site.url, java_script_enabled=False)
    page = context.new_page()
    sign_in(page, "upload-plain")
    files = [{"name": f"part_{n}.mp4", "mimeType": "video/mp4", "buffer": clip.read_bytes()} for n in (1, 2)]
    page.get_by_label("Select video files").set_input_files(files)
    page.get_by_label("Description").fill("Both of them.")
    page.get_by_label("Unlisted").check()
    page.get_by_role("main").get_by_role("button", name="Upload").click()
    page.wait_for_url("**/studio/videos")
    expect(page.locator("[data-toasts]")).to_contain_text("2 videos uploaded. Processing started.")
    assert {(one["title"], one["visibility"]) for one in videos_of(owner)} == {
        ("part 1", "unlisted"),
        ("part 2", "unlisted"),
    }
    page.goto("/upload")
    page.get_by_label("Select video files").set_input_files(files[0])
    page.get_by_label("Title").fill("Alone")
    page.get_by_role("main").get_by_role("button", name="Upload").click()
    page.wait_for_url("**/studio/videos/*")
    expect(page.get_by_label("Title", exact=True)).to_have_value("Alone")
    context.close()

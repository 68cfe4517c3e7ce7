"""The editor of a video in a browser: everything in one Save, nothing lost when it is refused, keyboard, no scripts."""

from __future__ import annotations

import io
import re
from datetime import UTC, datetime, timedelta

import pytest
from axe_playwright_python.sync_playwright import Axe
from PIL import Image
from playwright.sync_api import BrowserContext, Page, expect

from tests.support.browser import until
from tests.support.http_client import PASSWORD, Caller

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(240)]
TOO_WIDE = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
CUES = [
    {"start": 0.2, "end": 0.8, "text": "Hello & welcome"},
    {"start": 1, "end": 1.6, "text": "A line that is long enough"},
]


class Studio:
    """A creator with one private video that has subtitles, and a browser in which they are signed in."""

    def __init__(self, site, chromium, clip, name: str) -> None:
        self.site, self.chromium, self.name = site, chromium, name
        self.owner = Caller(site).sign_up(name)
        self.video_id = self.owner.upload(clip, title="Before", visibility="private")
        self.owner.wait(self.video_id, "ready")
        self.path = f"/api/v1/videos/{self.video_id}"
        status, track = self.owner.json("POST", f"{self.path}/captions", {"language": "en", "cues": CUES})
        assert status == 201, track
        self.track_id = track["id"]
        self.problems: list[str] = []

    def video(self) -> dict:
        return self.owner.json("GET", self.path)[1]

    def cues(self) -> list[tuple[float, str]]:
        body = self.owner.json("GET", f"{self.path}/transcript")[1]
        return [(cue["start"], cue["text"]) for cue in body["results"]]

    def open(self, **options: object) -> Page:
        context: BrowserContext = self.chromium.new_context(base_url=self.site.url, **options)
        page = context.new_page()
        page.on("pageerror", lambda error: self.problems.append(str(error)))
        page.goto("/login")
        page.get_by_label("Username").fill(self.name)
        page.get_by_label("Password").fill(PASSWORD)
        page.keyboard.press("Enter")
        page.wait_for_url("**/")
        page.goto(f"/studio/videos/{self.video_id}")
        return page


@pytest.fixture
def studio(site, chromium, clip, request):
    return Studio(
        site, chromium, clip, "ed-" + re.sub(r"\W+", "-", request.node.name)[-26:].strip("-").lower()
    )


def png(color: tuple[int, int, int]) -> dict:
    out = io.BytesIO()
    Image.new("RGB", (640, 360), color).save(out, "PNG")
    return {"name": "mine.png", "mimeType": "image/png", "buffer": out.getvalue()}


def findings(page: Page) -> list[str]:
    return [
        f"{entry['id']}: {entry['nodes'][0]['html'][:200]}"
        for entry in Axe().run(page).response["violations"]
    ]


def toasts(page: Page):
    return page.locator("[data-toasts]")


@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (390, "dark")])
def test_one_save_saves_every_section(studio, width, scheme):
    before = studio.video()["thumbnail_url"]
    page = studio.open(
        viewport={"width": width, "height": 900},
        color_scheme=scheme,
        timezone_id="Asia/Kolkata",
        bypass_csp=True,
    )
    state, save = page.locator("[data-save-state]"), page.get_by_role("button", name="Save changes")
    expect(state).to_have_text("No unsaved changes")
    expect(save).to_be_disabled()
    page.get_by_label("Title", exact=True).fill("After")
    expect(state).to_have_text("Unsaved: Title")
    page.get_by_label("Pick a frame").fill("0.7")
    expect(page.get_by_role("radio", name="Frame from the video")).to_be_checked()
    until(
        page,
        "document.querySelector('[data-frame-shown] canvas')?.getContext('2d').getImageData(90, 90, 1, 1).data[3]",
    )
    page.get_by_role("link", name="Edit English").click()
    page.get_by_label("Text of cue 1").fill("Hello <3 & goodbye")
    page.get_by_role("button", name="Add chapter").click()
    page.get_by_label("Title of chapter 1").fill("Opening")
    at = (datetime.now(UTC) + timedelta(days=3)).replace(hour=18, minute=29, second=0, microsecond=0)
    page.locator("#id_publish_at").fill(f"{at + timedelta(hours=5, minutes=30):%Y-%m-%dT%H:%M}")
    page.locator("#id_publish_at").dispatch_event("change")
    sentence = re.compile(r"Scheduled for \w+ \d+, \d{4}, 11:59\sPM, your time\.")
    expect(page.locator("[data-outlook]")).to_have_text(sentence)
    expect(state).to_have_text("Unsaved: Title, Thumbnail, Subtitles (English), Chapters, and Schedule")
    assert findings(page) == []
    assert page.evaluate(TOO_WIDE) <= 0
    page.keyboard.press("Control+s")
    expect(toasts(page)).to_contain_text(
        "Saved: Title, Chapters, Schedule, Subtitles (English), and Thumbnail."
    )
    expect(toasts(page)).to_contain_text(sentence)
    expect(state).to_have_text("No unsaved changes")
    assert page.url.endswith(f"?track={studio.track_id}")

    page.reload()
    expect(page.get_by_label("Title", exact=True)).to_have_value("After")
    expect(page.get_by_label("Text of cue 1")).to_have_value("Hello <3 & goodbye")
    expect(page.get_by_label("Title of chapter 1")).to_have_value("Opening")
    expect(page.locator(".editor-side [data-scheduled]")).to_have_text(sentence)
    now = studio.video()
    assert now["thumbnail_url"].rpartition("/")[2] != before.rpartition("/")[2]
    assert datetime.fromisoformat(now["publish_at"]) == at
    assert [chapter["title"] for chapter in now["chapters"]] == ["Opening"]
    assert studio.cues() == [(0.2, "Hello <3 & goodbye"), (1.0, "A line that is long enough")]
    page.goto("/studio/videos")
    expect(page.locator("[data-scheduled]")).to_have_text(sentence)
    assert studio.problems == []


def test_leaving_with_changes_asks_first(studio):
    page, asked = studio.open(), []
    page.get_by_label("Title", exact=True).fill("Unsaved")
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.dismiss()))
    page.get_by_role("link", name="Your videos").click()
    expect(page.get_by_label("Title", exact=True)).to_have_value("Unsaved")
    assert asked == ["beforeunload"]
    page.get_by_role("button", name="Discard").click()
    page.get_by_role("dialog").get_by_role("button", name="Discard changes").click()
    expect(page.get_by_label("Title", exact=True)).to_have_value("Before")
    page.get_by_role("link", name="Your videos").click()
    page.wait_for_url("**/studio/videos")
    assert asked == ["beforeunload"]
    assert studio.problems == []


@pytest.mark.parametrize("scripts", [True, False])
def test_a_refused_form_keeps_its_files(studio, scripts):
    page = studio.open(java_script_enabled=scripts, viewport={"width": 1280, "height": 900})
    page.get_by_label("Title", exact=True).fill(" ")
    page.get_by_label("Description", exact=False).first.fill("Typed text")
    page.get_by_label("Image file").set_input_files(png((200, 20, 20)))
    page.get_by_text("Add subtitles").click()
    new = page.locator("[data-new-track]")
    new.get_by_label("Language").select_option("de")
    text = "1\n00:00:00,100 --> 00:00:00,900\nGuten Tag\n"
    new.get_by_label("Subtitle file").set_input_files(
        {"name": "de.srt", "mimeType": "text/plain", "buffer": text.encode()}
    )
    page.get_by_role("button", name="Save changes").click()
    expect(page.locator(".errorlist").first).to_be_visible()
    if scripts:
        expect(page.get_by_label("Title", exact=True)).to_be_focused()
    expect(page.get_by_text("We kept your image.")).to_be_visible()
    expect(page.get_by_text("We read de.srt.")).to_be_visible()
    expect(page.get_by_role("radio", name="Your own image")).to_be_checked()
    expect(page.get_by_label("Description", exact=False).first).to_have_value("Typed text")
    assert studio.video()["description"] == ""
    page.get_by_label("Title", exact=True).fill("Now it has one")
    page.get_by_role("button", name="Save changes").click()
    expect(toasts(page)).to_contain_text("Saved: Title, Description, and Thumbnail. Subtitles added.")
    now = studio.video()
    assert (now["title"], now["description"]) == ("Now it has one", "Typed text")
    assert sorted(track["language"] for track in now["captions"]) == ["de", "en"]
    image = studio.owner.call("GET", now["thumbnail_url"])[2]
    red, green, _blue = Image.open(io.BytesIO(image)).convert("RGB").getpixel((100, 100))
    assert red > 150 > 100 > green
    assert studio.problems == []


def test_subtitles_are_timed_split_merged_and_shifted_by_keyboard(studio):
    page = studio.open(viewport={"width": 1280, "height": 900})
    page.get_by_role("link", name="Edit English").focus()
    page.keyboard.press("Enter")
    first = page.get_by_label("Text of cue 1")
    expect(first).to_be_focused()
    until(page, "v.readyState >= 1")
    page.evaluate("() => { document.querySelector('video').currentTime = 0.4; }")
    page.keyboard.press("Alt+i")
    expect(page.get_by_label("Start of cue 1", exact=True)).to_have_value("0:00.400")
    page.get_by_label("Start of cue 1", exact=True).focus()
    page.keyboard.press("ArrowUp")
    expect(page.get_by_label("Start of cue 1", exact=True)).to_have_value("0:00.500")
    page.get_by_label("Text of cue 2").focus()
    page.keyboard.press("Home")
    for _ in range(6):
        page.keyboard.press("ArrowRight")
    page.keyboard.press("Alt+s")
    expect(page.get_by_label("Text of cue 2")).to_have_value("A line")
    expect(page.get_by_label("Text of cue 3")).to_be_focused()
    page.keyboard.press("Alt+z")
    expect(page.get_by_label("Text of cue 2")).to_have_value("A line that is long enough")
    page.get_by_label("Text of cue 1").focus()
    page.keyboard.press("Alt+m")
    expect(page.get_by_label("Text of cue 1")).to_have_value("Hello & welcome\nA line that is long enough")
    page.keyboard.press("Alt+z")
    page.locator("[data-track-panel]").get_by_label("Shift all by (seconds)").fill("0.25")
    page.get_by_role("button", name="Shift", exact=True).press("Enter")
    expect(page.get_by_label("Start of cue 2", exact=True)).to_have_value("0:01.250")
    assert until(
        page, "[...v.textTracks].some(track => [...track.cues ?? []].some(cue => cue.startTime === 1.25))"
    )
    page.keyboard.press("Control+s")
    expect(toasts(page)).to_contain_text("Saved: Subtitles (English).")
    expect(page.get_by_role("button", name="Shift", exact=True)).to_be_visible()
    assert studio.cues() == [(0.75, "Hello & welcome"), (1.25, "A line that is long enough")]
    page.get_by_label("End of cue 1", exact=True).fill("0:00.100")
    page.get_by_label("End of cue 1", exact=True).press("Enter")
    expect(page.get_by_label("End of cue 1", exact=True)).to_have_attribute("aria-invalid", "true")
    assert studio.problems == []


def test_two_people_who_edit_the_same_video_do_not_undo_each_other(studio):
    page = studio.open()
    page.get_by_role("link", name="Edit English").click()
    page.get_by_label("Text of cue 1").fill("Mine")
    page.get_by_label("Title", exact=True).fill("My title")
    studio.owner.json("PATCH", studio.path, {"description": "Theirs"})
    theirs = [{"start": 0, "end": 1, "text": "Theirs"}]
    studio.owner.json("PATCH", f"{studio.path}/captions/{studio.track_id}", {"cues": theirs})
    page.keyboard.press("Control+s")
    expect(page.locator("[data-track-panel] .form-errors")).to_contain_text("Someone saved these subtitles")
    assert studio.cues() == [(0.0, "Theirs")]
    page.keyboard.press("Control+s")
    expect(toasts(page)).to_contain_text("Saved: Title and Subtitles (English).")
    now = studio.video()
    assert (now["title"], now["description"]) == ("My title", "Theirs")
    assert studio.cues()[0] == (0.2, "Mine")
    assert studio.problems == []


def test_nothing_is_lost_when_the_site_does_not_answer(studio):
    page = studio.open()
    page.get_by_label("Title", exact=True).fill("Kept")
    page.context.set_offline(True)
    page.keyboard.press("Control+s")
    expect(toasts(page)).to_contain_text("Couldn't save. Check your connection and try again.")
    expect(page.get_by_label("Title", exact=True)).to_have_value("Kept")
    page.context.set_offline(False)
    page.keyboard.press("Control+s")
    expect(toasts(page)).to_contain_text("Saved: Title.")
    assert studio.video()["title"] == "Kept"


def test_the_editor_works_without_scripts(studio):
    page = studio.open(java_script_enabled=False, viewport={"width": 320, "height": 900})
    page.get_by_label("Title", exact=True).fill("Plain")
    page.get_by_role("radio", name="Suggestion 2").check()
    page.get_by_label("One chapter per line").fill("0:00 Plain start\n0:01 Plain end")
    page.get_by_role("button", name="Save changes").click()
    expect(toasts(page)).to_contain_text("Saved: Title, Chapters, and Thumbnail.")
    page.get_by_role("link", name="Edit English").click()
    assert page.url.endswith(f"?track={studio.track_id}#subtitles")
    field = page.get_by_label("Cues", exact=True)
    field.fill(field.input_value().replace("Hello &amp; welcome", "Plain words"))
    page.get_by_role("button", name="Save changes").click()
    expect(toasts(page)).to_contain_text("Saved: Subtitles (English).")
    assert studio.cues()[0] == (0.2, "Plain words")
    # By its placeholder: "the last field Name" would be another one while the page is still being read.
    page.get_by_placeholder("For Ann").fill("For Ann")
    page.get_by_role("button", name="Create link").click()
    expect(page.get_by_label("Link URL")).to_have_value(re.compile("share="))
    page.get_by_role("link", name="Edit English").click()
    page.get_by_label("Delete these subtitles").check()
    page.get_by_role("button", name="Save changes").click()
    assert studio.video()["captions"] == []
    assert page.evaluate(TOO_WIDE) <= 0

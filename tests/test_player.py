"""The player in a real browser, on a running site, with a real ladder."""

from __future__ import annotations

import http.server
import os
import re
import signal
import threading
import time
from contextlib import contextmanager, suppress
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.support import browser as browsers
from tests.support.clips import make_clip, run_generator
from tests.support.http_client import Caller
from tests.support.processes import child_pids

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(240)]
SECONDS, LONG_SECONDS = 24, 30
VTT = """WEBVTT

00:00.000 --> 00:05.000
The beginning of everything

00:06.000 --> 00:12.000
A <i>needle</i> in the middle

00:14.000 --> 00:22.000
Another needle near the end
"""
CHAPTERS = [
    {"start": 0, "title": "First"},
    {"start": 8, "title": "Second"},
    {"start": 16, "title": "<b>Third</b> & last"},
]


@pytest.fixture(scope="module")
def film(site, tmp_path_factory):
    """A public video with captions in two languages, chapters and a second video beside it in a playlist."""
    folder = tmp_path_factory.mktemp("player")
    owner = Caller(site).sign_up("player-owner")
    clip = make_clip(folder / "film.mp4", SECONDS, (854, 480), 24)
    short = make_clip(folder / "short.mp4", 2, (320, 180), 24)
    video_id = owner.upload(clip, title="A film", visibility="public")
    next_id = owner.upload(short, title="The next one", visibility="public")
    for language in ("en", "de"):
        status, _ = owner.json(
            "POST", f"/api/v1/videos/{video_id}/captions", {"language": language, "text": VTT}
        )
        assert status == 201
    status, _ = owner.json(
        "PATCH",
        f"/api/v1/videos/{video_id}",
        {
            "chapters": CHAPTERS,
            "language": "en",
            "description": "The middle is at 0:12. @player-owner made it.",
        },
    )
    assert status == 200
    _, playlist = owner.json(
        "POST",
        "/api/v1/playlists",
        {"title": "Both", "visibility": "public", "video_ids": [next_id, video_id]},
    )
    owner.wait(video_id, "ready")
    owner.wait(next_id, "ready")
    return {"id": video_id, "next": next_id, "list": playlist["id"], "owner": owner}


@pytest.fixture
def page(chromium, site):
    context = chromium.new_context(base_url=site.url, viewport={"width": 1280, "height": 900})
    opened = context.new_page()
    problems: list[str] = []
    opened.on("pageerror", lambda error: problems.append(str(error)))
    opened.on(
        "console",
        lambda message: problems.append(message.text) if "Content Security" in message.text else None,
    )
    yield opened
    assert problems == []
    context.close()


# How high the first picture was that a player had.
FIRST_HEIGHT = """
addEventListener("loadeddata", (event) => { window.firstHeight ??= event.target.videoHeight; }, { capture: true });
"""
# Where a player began; on a busy machine it is far beyond that when it is asked.
FIRST_TIME = """
addEventListener("playing", (event) => { window.firstTime ??= event.target.currentTime; }, { capture: true });
"""


def watch(page: Page, film, query: str = "") -> None:
    """Open the watch page and wait until the player has its controls and its first frames."""
    page.goto(f"/watch/{film['id']}{query}")
    page.locator("media-controller").wait_for()
    until(page, "v => v.readyState", lambda value: value >= 2)


def read(page: Page, expression: str):
    return page.locator("video").evaluate(expression)


def until(page: Page, expression: str, is_right, seconds: float = 20):
    """Poll the video until ``is_right`` of ``expression``; the value."""
    value = None
    for _ in range(int(seconds * 10)):
        value = read(page, expression)
        if is_right(value):
            return value
        page.wait_for_timeout(100)
    raise AssertionError(f"{expression} stayed {value}")


def play(page: Page) -> None:
    read(page, "v => { v.muted = true; return v.play(); }")
    until(page, "v => v.currentTime", lambda time: time > 0.3)


def at(seconds: float, *, within: float = 1.5):
    return lambda time: abs(time - seconds) <= within


def test_the_page_around_the_player_is_small(page, film):
    """30 kB over the wire; what plays, and the comments that come with their place, are counted apart."""
    finished = []

    def keep(request):
        finished.append(request)

    page.on("requestfinished", keep)

    def sizes():
        """Return the bytes of what was loaded since the last call: around the player, for it, and for comments."""
        around, player, comments = {}, {}, {}
        requests, finished[:] = list(finished), []
        for request in requests:
            path = urlsplit(request.url).path
            if path.startswith(("/static/", "/watch/")):
                late = comments if "/comments" in path or path.endswith("/drafts.js") else around
                # On this page nothing but the player asks what the viewer is doing.
                plays = ("/vendor/", "/js/player", "/js/focus.js")
                to = player if any(part in path for part in plays) else late
                to[path] = request.sizes()["responseBodySize"]
        return around, player, comments

    watch(page, film)
    around, player, comments = sizes()
    assert len(around) > 10
    assert sum(around.values()) <= 30_000, (sum(around.values()), around)
    assert sum(player.values()) <= 300_000, player
    assert sum(comments.values()) <= 10_000, comments
    watch(page, film)
    around, player, _comments = sizes()
    assert sum([*around.values(), *player.values()]) <= 10_000, (around, player)


@contextmanager
def paused_when_playable(site, caller, video_id):
    """Stop the encoder once the video can be played; let it go on after the block.

    It runs for moments only, and waits while its worker looks at what there is and while the site is asked, so that a
    busy machine cannot finish it unnoticed.
    """
    (worker,) = site.children("transcode")
    deadline = time.monotonic() + 150
    signal_all(worker, signal.SIGSTOP)
    while not caller.json("GET", f"/api/v1/videos/{video_id}/processing")[1]["playable"]:
        assert time.monotonic() < deadline
        signal_all(worker, signal.SIGCONT)
        time.sleep(0.1)
        signal_all(worker, signal.SIGSTOP)
        time.sleep(0.3)
    try:
        yield
    finally:
        signal_all(worker, signal.SIGCONT)


def first_video_of(caller):
    """Wait for a video of an account that had none; return its id."""
    deadline = time.monotonic() + 60
    while not (videos := caller.json("GET", "/api/v1/studio/videos")[1]["results"]):
        assert time.monotonic() < deadline
        time.sleep(0.1)
    return videos[0]["id"]


def signal_all(worker, number):
    """Send a signal to the programs that a worker runs."""
    for pid in child_pids(worker):
        with suppress(ProcessLookupError):
            os.kill(pid, number)


def test_a_long_clip_plays_from_the_file_picker_before_its_ladder_is_complete(page, site, tmp_path):
    clip = make_clip(tmp_path / "fresh.mp4", LONG_SECONDS, (1280, 720), 12)
    caller = Caller(site).sign_up("player-uploader")
    page.goto("/login?next=/upload")
    page.get_by_label("Username").fill("player-uploader")
    page.get_by_label("Password").fill("correct horse battery")
    page.get_by_role("main").get_by_role("button", name="Sign in").click()
    page.wait_for_url("**/upload")
    (worker,) = site.children("transcode")
    os.kill(worker, signal.SIGSTOP)
    try:
        page.locator("[data-file]").set_input_files(str(clip))
        video_id = first_video_of(caller)
        dialog = page.get_by_role("dialog")
        dialog.get_by_label("Public", exact=True).check()
        dialog.get_by_role("button", name="Publish").click()
        expect(dialog).to_have_count(0)
    finally:
        os.kill(worker, signal.SIGCONT)
    with paused_when_playable(site, caller, video_id):
        link = page.locator(f"[data-queue] a[href='/watch/{video_id}']")
        link.wait_for(timeout=60_000)
        page.add_init_script(FIRST_HEIGHT)
        page.goto(f"/watch/{video_id}")
        page.locator("media-controller").wait_for()
        play(page)
        heights = [rung["height"] for rung in read(page, "v => [...v.videoRenditions]")]
        assert read(page, "v => window.firstHeight") == min(heights)
        _, job = caller.json("GET", f"/api/v1/videos/{video_id}/processing")
        assert (job["status"], job["playable"]) == ("processing", True)
    caller.wait(video_id, "ready")
    until(page, "v => v.duration", lambda duration: abs(duration - LONG_SECONDS) < 0.5, 30)
    assert read(page, "v => v.error") is None


def test_the_quality_menu_changes_the_picture(page, film):
    watch(page, film)
    read(page, "v => { v.loop = true; }")  # however long a busy machine takes to fetch the other rendition
    play(page)
    for index, height in ((0, 144), (3, 480)):
        read(page, f"v => {{ v.videoRenditions.selectedIndex = {index}; }}")
        until(page, "v => v.videoHeight", lambda value, wanted=height: value == wanted, seconds=60)
    page.locator("media-settings-menu-button").click()
    expect(page.locator("media-settings-menu-item", has_text="Quality")).to_be_visible()


def test_captions_are_shown_styled_and_remembered(page, film):
    watch(page, film)
    play(page)
    page.keyboard.press("c")
    shown = "v => [...v.textTracks].filter(t => t.kind == 'subtitles' && t.mode == 'showing').map(t => t.language)"
    until(page, shown, lambda languages: len(languages) == 1)
    cue = "v => [...v.textTracks].find(t => t.mode == 'showing').activeCues?.[0]?.text"
    until(page, cue, lambda text: text and "beginning" in text)
    page.locator("media-settings-menu-button").click()
    page.locator("[data-caption-style]").click()
    page.get_by_label("Size").select_option("huge")
    assert read(page, "v => v.dataset.cueSize") == "huge"
    page.get_by_role("button", name="Close").click()
    watch(page, film)
    assert len(until(page, shown, lambda languages: len(languages) == 1)) == 1
    assert read(page, "v => v.dataset.cueSize") == "huge"


def test_the_storyboard_shows_on_hover(page, film):
    watch(page, film)
    play(page)
    bar = page.locator("media-time-range")
    box = bar.bounding_box()
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    preview = page.locator("media-preview-thumbnail[slot=preview]")
    expect(preview).to_be_visible()
    expect(preview).to_have_attribute("mediapreviewimage", re.compile("storyboard_"))
    preview_image = (
        "document.querySelector('media-preview-thumbnail[slot=preview]').shadowRoot.querySelector('img')"
    )
    browsers.until(page, f"{preview_image}.naturalWidth > 100")


def test_chapters_seek_and_say_where_one_is(page, film):
    watch(page, film)
    play(page)
    page.locator("[data-chapters]").get_by_role("link", name="Second").click()
    until(page, "v => v.currentTime", at(8))
    expect(page.locator("[data-chapters] [aria-current]")).to_contain_text("Second")
    expect(page.locator("[data-chapter-now]")).to_have_text("Second")
    # The time bar reads the title as WebVTT.
    last = "[...v.textTracks].find(({ kind }) => kind === 'chapters').cues[2].getCueAsHTML().textContent"
    assert page.evaluate(f"(() => {{ const v = document.querySelector('video'); return {last} }})()") == (
        "<b>Third</b> & last"
    )


def test_moments_in_the_description_seek(page, film):
    watch(page, film)
    play(page)
    about = page.get_by_role("region", name="Description")
    about.get_by_role("link", name="0:12").click()
    until(page, "v => v.currentTime", at(12))
    assert page.url.endswith(f"/watch/{film['id']}")
    expect(about.get_by_role("link", name="@player-owner")).to_have_attribute("href", "/@player-owner")


def test_it_resumes_after_a_reload(page, film):
    watch(page, film)
    play(page)
    read(page, "v => { v.currentTime = 9; }")
    until(page, "v => v.currentTime", lambda time: time > 9.5)
    read(page, "v => v.pause()")
    page.add_init_script(FIRST_TIME)
    page.reload()
    page.locator("media-controller").wait_for()
    until(page, "() => window.firstTime ?? -1", at(9.5))


def test_a_page_that_is_left_at_once_forgets_nothing(page, film):
    page.goto("/trending")
    page.evaluate("id => localStorage.setItem('positions', JSON.stringify([[id, 11]]))", film["id"])
    page.goto(f"/watch/{film['id']}", wait_until="domcontentloaded")
    page.goto("/healthz")
    page.add_init_script(FIRST_TIME)
    watch(page, film)
    until(page, "() => window.firstTime ?? -1", at(11))


def test_the_language_of_the_sound_is_chosen_and_remembered(page, site, tmp_path):
    clip = run_generator(
        [
            *("-f", "lavfi", "-i", "testsrc2=size=320x180:rate=25:duration=6"),
            *("-f", "lavfi", "-i", "sine=frequency=440:duration=6"),
            *("-f", "lavfi", "-i", "sine=frequency=880:duration=6"),
            *("-map", "0:v", "-map", "1:a", "-map", "2:a", "-preset", "ultrafast", "-pix_fmt", "yuv420p"),
            *(
                "-metadata:s:a:0",
                "language=eng",
                "-metadata:s:a:1",
                "language=ger",
                str(tmp_path / "two.mp4"),
            ),
        ],
        tmp_path / "two.mp4",
    )
    owner = Caller(site).sign_up("player-sounds")
    video_id = owner.upload(clip, visibility="public")
    owner.wait(video_id, "ready")
    enabled = "v => [...v.audioTracks].find(sound => sound.enabled)?.language"
    watch(page, {"id": video_id})
    first = until(page, enabled, lambda language: language)
    page.locator("media-settings-menu-button").click()
    page.locator("media-settings-menu-item.chrome-sounds").click()
    choices = page.locator("media-audio-track-menu").get_by_role("menuitemradio")
    expect(choices).to_have_count(2)
    choices.nth(1).click()
    second = until(page, enabled, lambda language: language != first)
    play(page)
    watch(page, {"id": video_id})
    until(page, enabled, lambda language: language == second)


@pytest.mark.parametrize("moment", ["12", "12s", "0m12s", "0:12"])
def test_a_link_begins_at_its_time(page, film, moment):
    watch(page, film, f"?t={moment}")
    assert 12 <= until(page, "v => v.played.length && v.played.start(0)", bool) < 12.5


def test_every_key_does_what_the_list_says(page, film):
    watch(page, film)
    play(page)
    time, press = "v => v.currentTime", page.keyboard.press
    press("k")
    assert read(page, "v => v.paused")
    press("5")
    until(page, time, at(12))
    press("l")
    until(page, time, at(22))
    press("j")
    until(page, time, at(12))
    press("ArrowRight")
    until(page, time, at(17))
    press("ArrowLeft")
    until(page, time, at(12))
    before = read(page, time)
    press(".")
    until(page, time, lambda value: 0 < value - before < 0.1)
    press(",")
    until(page, time, lambda value: abs(value - before) < 0.02)
    press("Home")
    until(page, time, at(0, within=0.1))
    press("End")
    until(page, time, at(SECONDS, within=0.3))
    press("0")
    until(page, time, at(0, within=0.1))
    press("m")
    assert read(page, "v => v.muted") is False
    press(">")
    assert read(page, "v => v.playbackRate") == 1.25
    press("<")
    assert read(page, "v => v.playbackRate") == 1
    press("t")
    assert page.locator("html").get_attribute("data-theatre") == "1"
    press("Escape")
    assert page.locator("html").get_attribute("data-theatre") is None
    press("f")
    browsers.until(page, "document.fullscreenElement")
    press("f")
    browsers.until(page, "!document.fullscreenElement")
    press("/")
    assert page.evaluate("document.activeElement.type") == "search"
    press("k")
    assert read(page, "v => v.paused")
    page.evaluate("document.activeElement.blur()")
    press("?")
    expect(page.get_by_role("dialog")).to_contain_text("Theater mode")


def test_keys_work_while_the_time_line_has_the_focus(page, film):
    watch(page, film, "?t=4")
    read(page, "v => v.pause()")
    page.locator("media-time-range").focus()
    page.keyboard.press("k")
    until(page, "v => v.paused", lambda paused: not paused)
    page.keyboard.press("k")
    until(page, "v => v.paused", lambda paused: paused)
    before = read(page, "v => v.currentTime")
    page.keyboard.press("l")
    until(page, "v => v.currentTime", at(before + 10, within=0.5))
    page.keyboard.press("ArrowLeft")
    moved = until(page, "v => v.currentTime", lambda time: time < before + 9.9)
    # The slider's own step, and not the page's five seconds on top of it.
    assert moved > before + 4.5


def test_what_is_laid_over_the_player_shows_in_full_screen(page, film):
    frame = "() => document.fullscreenElement?.matches('[data-player]')"
    page.goto(f"/watch/{film['next']}?list={film['list']}")
    page.locator("media-controller").wait_for()
    page.keyboard.press("f")
    until(page, frame, lambda full: full)
    play(page)
    page.get_by_role("region", name="End of video").wait_for(timeout=20_000)
    page.get_by_role("button", name="Replay").click()
    page.keyboard.press("f")
    until(page, frame, lambda full: not full)
    page.locator("media-fullscreen-button").click()
    until(page, frame, lambda full: full)


def test_theatre_mode_widens_the_player_and_is_remembered(page, film):
    watch(page, film)
    narrow = page.locator("[data-player]").bounding_box()["width"]
    page.get_by_role("button", name="Theater mode").click()
    wide = page.locator("[data-player]").bounding_box()["width"]
    assert wide > narrow + 200
    watch(page, film)
    assert page.locator("[data-player]").bounding_box()["width"] == wide
    page.keyboard.press("t")
    assert page.locator("[data-player]").bounding_box()["width"] == narrow


def test_the_transcript_is_searched_and_seeks(page, film):
    watch(page, film)
    page.get_by_role("button", name="Transcript").click()
    panel = page.locator("[data-transcript]")
    expect(panel.locator(".cue")).to_have_count(3)
    search = panel.get_by_label("Search transcript")
    search.fill("NEEDLE")
    expect(panel.locator(".cue:visible")).to_have_count(2)
    expect(panel.get_by_role("status")).to_have_text("2 matches")
    assert panel.locator("mark").all_inner_texts() == ["needle", "needle"]
    search.press("Enter")
    until(page, "v => v.currentTime", at(6))
    search.press("Enter")
    until(page, "v => v.currentTime", at(14))
    expect(panel.locator("[aria-current]")).to_contain_text("near the end")
    search.fill("haystack")
    expect(panel.get_by_role("status")).to_contain_text("No matches for")
    search.fill("")
    panel.locator(".cue").first.click()
    until(page, "v => v.currentTime", at(0))
    panel.get_by_label("Subtitle track").select_option(label="Deutsch")
    expect(panel.locator(".cue")).to_have_count(3)
    panel.get_by_role("button", name="Close transcript").click()
    expect(panel).to_be_hidden()


def test_a_transcript_that_did_not_come_can_be_asked_for_again(page, film):
    watch(page, film)
    page.route("**/transcript?*", lambda route: route.abort())
    page.get_by_role("button", name="Transcript").click()
    panel = page.locator("[data-transcript]")
    again = panel.get_by_role("button", name="Try again")
    again.wait_for()
    page.unroute("**/transcript?*")
    again.click()
    expect(panel.locator(".cue")).to_have_count(3)
    expect(again).to_be_hidden()


def test_a_playlist_goes_on_after_a_countdown_that_can_be_stopped(page, film):
    page.add_init_script("localStorage.setItem('playback', JSON.stringify({ autoplay: true }))")
    page.goto(f"/watch/{film['next']}?list={film['list']}")
    page.locator("media-controller").wait_for()
    play(page)
    card = page.get_by_role("region", name="End of video")
    card.wait_for(timeout=20_000)
    expect(card).to_contain_text(re.compile(r"Up next in \d.*A film", re.DOTALL))
    card.get_by_role("button", name="Cancel").click()
    expect(card).not_to_contain_text("Up next in")
    read(page, "v => { v.currentTime = 0; return v.play(); }")
    card.wait_for(timeout=20_000)
    card.get_by_role("button", name="Play now").click()
    page.wait_for_url(f"**/watch/{film['id']}**")
    page.locator("media-controller").wait_for()
    page.keyboard.press("p")
    page.keyboard.press("Shift+P")
    page.wait_for_url(f"**/watch/{film['next']}**")


def test_the_system_is_told_what_plays(page, film):
    watch(page, film)
    assert page.evaluate("navigator.mediaSession.metadata.title") == "A film"


@pytest.fixture(scope="module")
def elsewhere(site, film, tmp_path_factory):
    """A page of another origin with the video in a frame."""
    folder = tmp_path_factory.mktemp("elsewhere")
    for name, video_id in (("film", film["id"]), ("none", "AAAAAAAAAAA")):
        frame = f'<iframe src="{site.url}/embed/{video_id}?t=5" width="640" height="360" allow="fullscreen"></iframe>'
        (folder / f"{name}.html").write_text(f"<!doctype html><title>Elsewhere</title>{frame}")

    class Handler(http.server.SimpleHTTPRequestHandler):
        def __init__(self, *args, **kwargs):
            super().__init__(*args, directory=str(folder), **kwargs)

        def log_message(self, *args):
            return

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()


def test_an_embedded_video_plays_on_another_site(page, film, elsewhere):
    page.goto(f"{elsewhere}/film.html")
    frame = page.frame_locator("iframe")
    frame.locator("media-controller").wait_for()
    video = frame.locator("video")
    video.evaluate("v => { v.muted = true; return v.play(); }")
    for _ in range(100):
        if video.evaluate("v => v.currentTime") > 5.5:
            break
        page.wait_for_timeout(100)
    assert video.evaluate("v => v.currentTime") > 5.5
    expect(frame.get_by_role("link", name=re.compile("A film"))).to_have_attribute("target", "_blank")
    # There is no page around it whose width it could take.
    video.press("t")
    assert frame.locator("html").get_attribute("data-theatre") is None


def test_what_may_not_be_embedded_says_so_and_tells_nothing(page, film, site, elsewhere):
    page.goto(f"{elsewhere}/none.html")
    expect(page.frame_locator("iframe").get_by_role("heading")).to_have_text("Video unavailable")
    owner, anonymous = film["owner"], Caller(site)
    url = f"/embed/{film['next']}"
    assert anonymous.call("GET", url)[0] == 200
    owner.json("PATCH", f"/api/v1/videos/{film['next']}", {"allow_embed": False})
    assert anonymous.call("GET", url)[0] == 403
    owner.json("PATCH", f"/api/v1/videos/{film['next']}", {"allow_embed": True, "visibility": "private"})
    status, headers, content = anonymous.call("GET", url)
    assert status == 404
    assert b"The next one" not in content
    assert owner.call("GET", url)[0] == 404
    assert "frame-ancestors *" in headers["content-security-policy"]
    assert "x-frame-options" not in headers
    assert anonymous.call("GET", f"/watch/{film['id']}")[1]["x-frame-options"] == "DENY"
    owner.json("PATCH", f"/api/v1/videos/{film['next']}", {"visibility": "public"})


@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (390, "dark")])
def test_the_watch_page_is_accessible_and_fits(page, film, width, scheme):
    page.set_viewport_size({"width": width, "height": 844})
    page.emulate_media(color_scheme=scheme)
    watch(page, film)
    page.get_by_role("button", name="Transcript").click()
    expect(page.locator("[data-transcript] .cue")).to_have_count(3)
    serious = [
        (violation["id"], [node["target"] for node in violation["nodes"]])
        for violation in Axe().run(page).response["violations"]
        if violation["impact"] in {"serious", "critical"}
    ]
    assert serious == []
    overflow = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert overflow <= 0

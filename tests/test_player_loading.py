"""The player's requests: nothing of the film before it is played, and little JavaScript."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

import brotli
import pytest
from playwright.sync_api import Request, expect

from tests.support import browser as browsers
from tests.support.browser import until
from tests.support.clips import make_clip
from tests.support.http_client import PASSWORD, Caller

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(240)]
TELL_UNMUTE = """
new MutationObserver((_, observer) => {
  if (!document.querySelector("[data-unmute]")) return;
  observer.disconnect();
  console.info("sound is offered");
}).observe(document, { childList: true, subtree: true });
"""
MEDIA = re.compile(r"\.(m3u8|m4s|mp4|vtt)$")


@pytest.fixture(scope="module")
def careful(playwright):
    """A Chromium whose autoplay policy is the default one, which refuses sound before a gesture."""
    switches = [name for name in browsers.arguments() if not name.startswith("--autoplay")]
    started = browsers.launch(playwright, switches)
    yield started
    started.close()


@pytest.fixture(scope="module")
def film(site, tmp_path_factory):
    owner = Caller(site).sign_up("loading-owner")
    clip = make_clip(tmp_path_factory.mktemp("loading") / "clip.mp4", 20, (320, 180), 25)
    video_id = owner.upload(clip, title="A film", visibility="public")
    owner.wait(video_id, "ready")
    return {"id": video_id, "owner": owner}


def opened(browser, site, **options):
    """Open a page; return it and the growing list of the paths that it requests."""
    page = browser.new_context(base_url=site.url, **options).new_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(urlsplit(request.url).path))
    return page, asked


def media(asked: list[str]) -> list[str]:
    return [path for path in asked if MEDIA.search(path)]


def begun(page) -> None:
    """Wait until it plays. Evaluating counts as a gesture: where sound is refused, ``refused`` comes before."""
    until(page, "v.currentTime > 0.3")


def refused(page, path: str) -> None:
    """Open a page and wait until it offers the sound that the browser refused.

    Whatever Playwright evaluates in the page, a locator's look included, counts as a gesture, after which sound is
    allowed. So the page itself says when the button is there.
    """
    page.add_init_script(TELL_UNMUTE)
    with page.expect_console_message(lambda message: message.text == "sound is offered"):
        page.goto(path)
    expect(page.get_by_role("button", name="Tap to unmute")).to_be_visible()


def signed_in(page, username: str) -> None:
    page.goto("/login")
    page.get_by_label("Username").fill(username)
    page.get_by_label("Password").fill(PASSWORD)
    page.locator("main form button[type=submit]").first.click()
    page.wait_for_url(lambda url: not url.endswith("/login"))


def test_opening_a_watch_page_plays_with_sound(chromium, site, film):
    page, _ = opened(chromium, site)
    page.goto(f"/watch/{film['id']}")
    begun(page)
    assert page.evaluate("document.querySelector('video').muted") is False
    expect(page.get_by_role("button", name="Tap to unmute")).to_have_count(0)
    page.context.close()


def test_where_sound_is_refused_it_plays_muted_and_offers_the_sound(careful, site, film):
    page, _ = opened(careful, site)
    refused(page, f"/watch/{film['id']}")
    begun(page)
    assert page.evaluate("document.querySelector('video').muted") is True
    page.get_by_role("button", name="Tap to unmute").click()
    assert page.evaluate("document.querySelector('video').muted") is False
    expect(page.get_by_role("button", name="Tap to unmute")).to_have_count(0)
    page.context.close()


def test_a_muted_start_is_not_remembered(careful, site, film):
    page, _ = opened(careful, site)
    refused(page, f"/watch/{film['id']}")
    begun(page)
    assert page.evaluate("JSON.parse(localStorage.getItem('player'))?.muted") is not True
    page.context.close()


def test_with_autoplay_off_nothing_is_fetched_before_play(chromium, site, film):
    viewer = Caller(site).sign_up("loading-viewer")
    assert viewer.json("PATCH", "/api/v1/me/preferences", {"autoplay_open": False})[0] == 200
    page, asked = opened(chromium, site)
    signed_in(page, "loading-viewer")
    page.goto(f"/watch/{film['id']}?t=5")
    page.locator("media-controller").wait_for()
    expect(page.locator("media-time-display")).to_have_text(re.compile("0:05.*0:20"))
    page.wait_for_load_state("networkidle")
    assert media(asked) == []
    assert [path for path in asked if "hls.js" in path] == []
    page.locator("media-time-range").hover()
    until(page, "document.querySelector('video track[label=thumbnails]')?.track.cues?.length > 0")
    assert [path.rsplit("/", 1)[1] for path in media(asked)] == ["storyboard.vtt"]
    page.locator("media-play-button.chrome-big").click()
    until(page, "v.currentTime > 5.3")
    assert media(asked)[1].endswith("master.m3u8")
    page.context.close()


@pytest.mark.parametrize("asking", ["saveData", "reduced"])
def test_who_saves_data_is_asked_first(chromium, site, film, asking):
    page, asked = opened(chromium, site)
    page.add_init_script(
        "Object.defineProperty(navigator, 'connection', { value: { saveData: true } });"
        if asking == "saveData"
        else "const real = matchMedia; window.matchMedia = (query) => query.includes('reduced-data')"
        " ? { matches: true, addEventListener() {} } : real(query);"
    )
    page.goto(f"/watch/{film['id']}")
    page.locator("media-controller").wait_for()
    page.wait_for_load_state("networkidle")
    assert media(asked) == []
    page.context.close()


def test_play_that_comes_before_anything_is_loaded_begins_it(chromium, site, film):
    """Whoever calls it: another script, the embedding page, before the player's own script has run."""
    page, asked = opened(chromium, site)
    page.route("**/player/source.js", lambda route: (page.wait_for_timeout(300), route.continue_()))
    page.goto(f"/embed/{film['id']}", wait_until="commit")
    page.locator("video").evaluate("v => { v.muted = true; window.played = v.play(); }")
    begun(page)
    page.evaluate("window.played")
    assert media(asked)[0].endswith("master.m3u8")
    page.context.close()


def test_an_embedded_video_waits_unless_it_is_told_to_play(careful, site, film):
    page, asked = opened(careful, site)
    page.goto(f"/embed/{film['id']}")
    page.locator("media-controller").wait_for()
    page.wait_for_load_state("networkidle")
    assert media(asked) == []
    page.close()
    page = page.context.new_page()
    refused(page, f"/embed/{film['id']}?autoplay=1")
    begun(page)
    page.context.close()


def test_without_scripts_the_browsers_own_player_is_there(chromium, site, film):
    page, _ = opened(chromium, site, java_script_enabled=False)
    page.goto(f"/watch/{film['id']}")
    expect(page.locator("video:visible")).to_have_count(1)
    assert page.locator("video:visible source").first.get_attribute("src").endswith("master.m3u8")
    page.context.close()


def test_the_budget_of_javascript(chromium, site, film):
    """Brotli: hls.js and media-chrome together 190 kB, all of the watch page's scripts 225 kB."""
    page, _ = opened(chromium, site)
    sizes: dict[str, int] = {}
    encodings: set[str | None] = set()
    finished: list[Request] = []

    def keep(request):
        finished.append(request)

    page.on("requestfinished", keep)
    page.goto(f"/watch/{film['id']}")
    begun(page)
    page.wait_for_load_state("networkidle")
    # Sizes are asked for afterwards: a handler that asks waits for answers while the page goes on.
    for request in list(finished):
        path = urlsplit(request.url).path
        if path.endswith((".js", ".mjs")):
            encodings.add(request.response().headers.get("content-encoding"))
            sizes[path] = request.sizes()["responseBodySize"]
    vendor = {path: size for path, size in sizes.items() if "/vendor/" in path}
    assert {path.rsplit("/", 1)[1] for path in vendor} >= {"hls.player.min.mjs", "media-chrome.player.min.js"}
    assert encodings == {"br"}
    assert sum(vendor.values()) <= 190_000, vendor
    assert sum(sizes.values()) <= 225_000, sizes
    page.context.close()


def test_no_script_of_the_player_blocks_the_first_paint(site, film):
    _, headers, page = Caller(site).call("GET", f"/watch/{film['id']}", headers={"Accept-Encoding": "br"})
    html = brotli.decompress(page) if headers.get("content-encoding") == "br" else page
    blocking = re.findall(r"<script src=\"([^\"]+)\"", html.decode())
    assert [path.rsplit("/", 1)[1] for path in blocking] == ["early.js"]

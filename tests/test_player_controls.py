"""The player's surroundings: end screen, autoplay of the next video, loop, double tap, mini player, stable volume."""

from __future__ import annotations

import re
import time

import pytest
from playwright.sync_api import Page, expect

from tests.support.browser import until
from tests.support.clips import make_clip
from tests.support.http_client import Caller

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(240)]
FOCUSED = """() => {
  let node = document.activeElement;
  if (!node.closest('[data-player]')) return null;
  while (node.shadowRoot?.activeElement) node = node.shadowRoot.activeElement;
  const hosts = [];
  for (let at = node; at; at = at.getRootNode().host) hosts.push(at);
  const isRinged = hosts.some((at) => {
    const { boxShadow, outlineStyle, outlineWidth } = getComputedStyle(at);
    return boxShadow !== 'none' || (outlineStyle !== 'none' && outlineWidth !== '0px');
  }) || getComputedStyle(document.querySelector('[data-player]')).outlineStyle !== 'none';
  const name = hosts.map((at) => at.getAttribute('aria-label') ?? at.textContent.trim()).find(Boolean) ?? '';
  return [hosts.at(-1).localName, name, isRinged];
}"""


@pytest.fixture(scope="module")
def chromium(autoplaying_chromium):
    """A browser whose watch pages go on to the next video."""
    return autoplaying_chromium


@pytest.fixture(scope="module")
def clips(site, tmp_path_factory):
    """The film, and another of the same channel that is related to it."""
    folder = tmp_path_factory.mktemp("controls")
    owner = Caller(site).sign_up("controls-owner")
    film = owner.upload(
        make_clip(folder / "film.mp4", 18, (160, 90), 25), title="The film", visibility="public"
    )
    other = owner.upload(
        make_clip(folder / "other.mp4", 2, (160, 90), 25), title="The film's sequel", visibility="public"
    )
    for video_id in (film, other):
        owner.wait(video_id, "ready")
    return {"film": film, "other": other, "owner": owner}


@pytest.fixture
def page(chromium, site):
    context = chromium.new_context(base_url=site.url, viewport={"width": 1280, "height": 900}, has_touch=True)
    yield context.new_page()
    context.close()


def watch(page: Page, clips, name: str = "film") -> None:
    page.goto(f"/watch/{clips[name]}")
    until(page, "v?.slot === 'media' && v.readyState >= 2")


def finish(page: Page) -> None:
    page.evaluate(
        "() => { const v = document.querySelector('video'); v.currentTime = v.duration - 0.4; v.play(); }"
    )
    page.get_by_role("region", name="End of video").wait_for()


def test_the_end_screen_goes_on_to_a_related_video(page, clips):
    watch(page, clips)
    finish(page)
    screen = page.get_by_role("region", name="End of video")
    expect(screen).to_contain_text(re.compile(r"Up next in \d.*The film's sequel", re.DOTALL))
    assert page.evaluate("document.activeElement === document.body")
    page.wait_for_url(f"**/watch/{clips['other']}", timeout=15_000)
    until(page, "v.currentTime > 0.3")
    # And not back to what was shown.
    screen.wait_for()
    expect(screen).not_to_contain_text(re.compile(r"Up next: The film(?!.s sequel)"))
    expect(screen.get_by_role("link", name="The film")).to_be_visible()


USES = {
    "a key": lambda page: page.keyboard.press("Shift"),
    "a press": lambda page: page.locator("h1").click(),
    "the wheel": lambda page: page.mouse.wheel(0, 1),
    "typing": lambda page: page.locator("input[type=search]").first.press_sequentially("a "),
    "a dialog": lambda page: page.evaluate("document.querySelector('[data-share]').click()"),
}


def test_using_the_page_ends_the_countdown(page, clips):
    watch(page, clips)
    screen = page.locator(".end")
    for use, run in USES.items():
        finish(page)
        expect(screen).to_contain_text("Up next in")
        run(page)
        expect(screen, use).not_to_contain_text("Up next in")
        expect(screen.locator("[data-end-now]")).to_be_visible()
        if use == "typing":
            assert page.evaluate("[document.activeElement.type, document.activeElement.value]") == [
                "search",
                "a ",
            ]
            page.locator("input[type=search]").first.fill("")
            page.evaluate("document.activeElement.blur()")


def test_a_moving_pointer_holds_the_countdown(page, clips):
    watch(page, clips)
    finish(page)
    screen = page.locator(".end")
    expect(screen).to_contain_text("Up next in 5")
    for step in range(30):
        page.mouse.move(100 + step, 700)
        page.wait_for_timeout(50)
    expect(screen).to_contain_text("Up next in 5")
    expect(screen).to_contain_text("Up next in 4")


def test_replay_plays_again(page, clips):
    watch(page, clips)
    finish(page)
    screen = page.get_by_role("region", name="End of video")
    screen.get_by_role("button", name="Replay").click()
    until(page, "!v.paused && v.currentTime < 5")
    expect(screen).to_have_count(0)


def test_a_seek_takes_the_end_screen_away(page, clips):
    watch(page, clips)
    finish(page)
    page.evaluate("document.querySelector('video').currentTime = 3")
    expect(page.get_by_role("region", name="End of video")).to_have_count(0)


@pytest.mark.parametrize("doing", ["focus", "text", "dialog"])
def test_no_countdown_while_the_viewer_writes(page, clips, doing):
    watch(page, clips)
    search = page.locator("input[type=search]").first
    if doing == "dialog":
        page.get_by_role("link", name="Share").click()
    else:
        search.fill("a" if doing == "text" else "")
        if doing == "text":
            search.blur()
        else:
            search.focus()
    finish(page)
    screen = page.locator(".end")
    expect(screen).to_contain_text("Up next")
    expect(screen).not_to_contain_text("Up next in")
    if doing == "focus":
        assert page.evaluate("document.activeElement.type") == "search"


def test_the_switch_for_the_next_video_is_kept(page, clips):
    watch(page, clips)
    switch = page.get_by_role("switch", name="Autoplay next video")
    expect(switch).to_have_attribute("aria-checked", "true")
    switch.click()
    watch(page, clips)
    expect(switch).to_have_attribute("aria-checked", "false")
    finish(page)
    expect(page.get_by_role("region", name="End of video")).not_to_contain_text("Up next in")


def test_an_account_keeps_the_switches_as_preferences(page, site, clips):
    viewer = Caller(site).sign_up("controls-viewer").sign_in_to_pages("controls-viewer")
    page.context.add_cookies(
        [{"name": name, "value": value, "url": site.url} for name, value in viewer.cookies.items()]
    )
    watch(page, clips)
    with page.expect_response("**/me/preferences") as answer:
        page.get_by_role("switch", name="Autoplay next video").click()
    assert answer.value.status == 200
    assert viewer.json("GET", "/api/v1/me")[1]["preferences"]["autoplay"] is False


def choose(page: Page, name: str) -> None:
    """Press an item of the settings menu, which may be open or have closed itself."""
    page.mouse.move(300, 200)
    if page.locator("media-settings-menu").get_attribute("hidden") is not None:
        page.locator("media-settings-menu-button").click()
    page.get_by_role("menuitemcheckbox", name=name).click()


def test_the_page_goes_on_while_nothing_is_loaded(page, clips):
    """The display and the slider say the same then, and setting it again would be the next change."""
    page.route("**/*.m3u8*", lambda _route: None)  # never answered
    page.goto(f"/watch/{clips['film']}")
    display, slider = page.locator("media-time-display").first, page.locator("media-time-range #range").first
    slider.wait_for(state="attached")
    said = "The video hasn't loaded yet."
    display.evaluate("(node, said) => node.setAttribute('aria-description', said)", said)
    # Later, so that this call ends also where the page goes no further.
    slider.evaluate(
        "(node, said) => { setTimeout(() => node.setAttribute('aria-valuetext', said), 50); }", said
    )
    page.wait_for_timeout(500)
    page.get_by_role("link", name="Home").first.wait_for(state="attached", timeout=10_000)
    display.evaluate("node => node.setAttribute('aria-description', '1 second of 18')")
    expect(slider).to_have_attribute("aria-valuetext", "1 second of 18", timeout=10_000)


def test_loop_begins_anew(page, clips):
    watch(page, clips)
    choose(page, "Loop")
    page.evaluate(
        "() => { const v = document.querySelector('video'); v.currentTime = v.duration - 0.4; v.play(); }"
    )
    until(page, "v.currentTime < 5 && !v.paused")
    expect(page.locator(".end")).to_have_count(0)


def test_stable_volume_runs_through_a_compressor(page, clips):
    page.add_init_script(
        "const real = AudioContext.prototype.createMediaElementSource; window.routed = 0;"
        "AudioContext.prototype.createMediaElementSource = function (v)"
        " { window.routed += 1; return real.call(this, v); };"
    )
    watch(page, clips)
    assert page.evaluate("window.routed") == 0
    choose(page, "Stable volume")
    until(page, "v.dataset.stableVolume === 'ready'")
    before = page.evaluate("document.querySelector('video').currentTime")
    until(page, f"v.currentTime > {before} + 0.5")
    choose(page, "Stable volume")
    choose(page, "Stable volume")
    watch(page, clips)
    page.locator("[data-player]").click(position={"x": 300, "y": 200})
    until(page, "v.dataset.stableVolume === 'ready'")
    assert page.evaluate("window.routed") == 1


def tap(page: Page, x: float, y: float, times: int, begin: float) -> None:
    """Tap ``times`` times, 0.1 s apart by the events' own times, however long a busy machine takes to send them."""
    session = page.context.new_cdp_session(page)
    for index in range(times):
        at = begin + 0.1 * index
        session.send(
            "Input.dispatchTouchEvent",
            {"type": "touchStart", "touchPoints": [{"x": x, "y": y}], "timestamp": at},
        )
        session.send(
            "Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": [], "timestamp": at + 0.02}
        )
    session.detach()


def test_a_double_tap_seeks(page, clips):
    watch(page, clips)
    page.evaluate("() => { const v = document.querySelector('video'); v.pause(); v.currentTime = 5; }")
    box = page.locator("[data-player]").bounding_box()
    right, left = box["x"] + box["width"] * 0.9, box["x"] + box["width"] * 0.1
    middle = box["y"] + box["height"] * 0.4
    page.evaluate("""() => {
      window.shown = [];
      new MutationObserver((changes) => changes.forEach(({ addedNodes }) => addedNodes.forEach(
        (node) => node.matches?.('.tap-seek') && window.shown.push(node.textContent),
      ))).observe(document.querySelector('[data-player]'), { childList: true });
    }""")
    begin = time.time()
    tap(page, right, middle, 2, begin)
    until(page, "Math.abs(v.currentTime - 15) < 1")
    assert page.evaluate("window.shown") == ["+10s"]
    tap(page, left, middle, 3, begin + 2)
    until(page, "v.currentTime < 1")


def test_the_mini_player_stays_in_a_corner_until_it_is_closed(page, clips):
    watch(page, clips)
    page.evaluate("document.body.style.minHeight = '4000px'; scrollTo(0, 2000)")
    player = page.locator("[data-player]")
    expect(player).to_have_class(re.compile("player-mini"))
    box = player.bounding_box()
    assert box["width"] < 400
    assert box["y"] + box["height"] <= 900
    page.get_by_role("button", name="Back to video").click()
    expect(player).not_to_have_class(re.compile("player-mini"))
    page.evaluate("scrollTo(0, 2000)")
    page.get_by_role("button", name="Close mini player").click()
    until(page, "v.paused")
    expect(player).not_to_have_class(re.compile("player-mini"))
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_every_control_has_a_name_and_a_focus_ring(page, clips):
    watch(page, clips)
    page.evaluate(
        "document.querySelector('video').pause(); document.querySelector('media-controller').focus()"
    )
    seen = []
    for _ in range(30):
        page.keyboard.press("Tab")
        if (focused := page.evaluate(FOCUSED)) is None:
            break
        seen.append(focused)
    assert len(seen) >= 8
    assert [control for control in seen if not control[1] or not control[2]] == []
    expect(page.get_by_role("region", name="The film", exact=True)).to_have_count(1)

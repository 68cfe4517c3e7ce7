"""Embedded players on pages of other origins, driven by the npm package player.js as it is."""

from __future__ import annotations

import http.server
import threading
from pathlib import Path
from urllib.parse import urlencode

import pytest
from playwright.sync_api import Page, expect

from tests.support import browser as browsers
from tests.support.clips import make_clip
from tests.support.http_client import Caller

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(180)]
LIBRARY = Path(__file__).parent / "vendor" / "player.js-0.1.0" / "player.js"
SECONDS = 9
EVENTS = "play playing pause paused timeupdate progress seeked ended error volumechange qualitychange".split()  # noqa: SIM905
# A page of another site: the frame named in its address, player.js, and everything it is told.
PAGE = """<!doctype html><title>Elsewhere</title><script src="/player.js"></script><body><script>
const asked = new URLSearchParams(location.search);
const frame = document.createElement("iframe");
frame.src = asked.get("src");
frame.width = asked.get("width") ?? 640;
frame.height = asked.get("height") ?? 360;
frame.allow = "autoplay; fullscreen";
if (asked.has("policy")) frame.referrerPolicy = asked.get("policy");
document.body.append(frame);
window.player = new playerjs.Player(frame);
window.told = [];
window.isReady = new Promise((resolve) => player.on("ready", () => resolve(true)));
for (const name of "%EVENTS%".split(" ")) player.on(name, (value) => told.push([name, value]));
if (asked.has("play")) {
  player.on("ready", () => player.play());
  player.on("playing", () => player.getMuted((value) => console.log(`muted: ${value}`)));
}
window.ask = (method, value) => new Promise((resolve) => player.send({ method, value }, resolve));
</script>"""
VTT = "WEBVTT\n\n00:00.000 --> 00:09.000\nText\n"


@pytest.fixture(scope="module")
def chromium(playwright):
    """A browser that refuses sound before a gesture, and knows every host below .test as this machine."""
    arguments = [one for one in browsers.arguments() if not one.startswith("--autoplay-policy")]
    arguments += [
        "--autoplay-policy=document-user-activation-required",
        "--host-resolver-rules=MAP *.test 127.0.0.1",
    ]
    started = browsers.launch(playwright, arguments)
    yield started
    started.close()


@pytest.fixture(scope="module")
def films(site, tmp_path_factory):
    """Two public films, a private one between them, and the public playlist of the three."""
    folder = tmp_path_factory.mktemp("embed")
    owner = Caller(site).sign_up("embed-owner")
    long, short = folder / "long.mp4", folder / "short.mp4"
    make_clip(long, SECONDS, (320, 180), 24)
    make_clip(short, 2, (320, 180), 24)
    ids = {
        "short": owner.upload(short, title="The short one", visibility="public"),
        "hidden": owner.upload(short, title="The hidden one", visibility="private"),
        "long": owner.upload(long, title="The long one", visibility="public"),
    }
    for language in ("en", "de"):
        track = {"language": language, "text": VTT}
        assert owner.json("POST", f"/api/v1/videos/{ids['long']}/captions", track)[0] == 201
    body = {"title": "All of them", "visibility": "public", "video_ids": list(ids.values())}
    _, playlist = owner.json("POST", "/api/v1/playlists", body)
    for video_id in ids.values():
        owner.wait(video_id, "ready")
    return {**ids, "list": playlist["id"], "owner": owner}


@pytest.fixture(scope="module")
def elsewhere():
    """Serve pages of other sites; return the port."""
    contents = {"/player.js": ("text/javascript", LIBRARY.read_bytes())}
    page = PAGE.replace("%EVENTS%", " ".join(EVENTS)).encode()

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            kind, content = contents.get(self.path, ("text/html", page))
            self.send_response(200)
            self.send_header("Content-Type", kind)
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *args):
            return

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server.server_address[1]
    server.shutdown()


@pytest.fixture
def page(chromium):
    context = chromium.new_context(viewport={"width": 800, "height": 600})
    opened = context.new_page()
    problems: list[str] = []
    opened.on("pageerror", lambda error: problems.append(str(error)))
    yield opened
    assert problems == []
    context.close()


@pytest.fixture
def visit(page, site, elsewhere):
    """Open a page of another host with a frame of ours; wait until player.js says that it is ready."""

    def open_page(path: str, host: str = "other.test", *, ready: bool = True, **fields: str) -> Page:
        query = urlencode({"src": site.url + path, **fields})
        page.goto(f"http://{host}:{elsewhere}/page?{query}")
        if ready:
            assert page.evaluate("isReady") is True
        return page

    return open_page


def ask(page: Page, method: str, value=None):
    """Return what a getter answers."""
    return page.evaluate("([method, value]) => ask(method, value)", [method, value])


def tell(page: Page, method: str, *values) -> None:
    """Call a method of player.js that has no answer."""
    page.evaluate("([method, values]) => player[method](...values)", [method, list(values)])


def told(page: Page, name: str) -> list:
    return page.evaluate("name => told.filter(([event]) => event === name).map(([, value]) => value)", name)


def until(page: Page, expression: str, seconds: float = 20):
    """Wait for a JavaScript expression to be true; ``told`` holds the events so far."""
    return page.wait_for_function(expression, timeout=seconds * 1000)


def has_told(page: Page, name: str) -> None:
    until(page, f"told.some(([event]) => event === '{name}')")


def forget(page: Page) -> None:
    page.evaluate("told.splice(0)")


def test_player_js_drives_the_player_unmodified(page, visit, films):
    fetched: list[str] = []
    page.on("request", lambda request: fetched.append(request.url))
    visit(f"/embed/{films['long']}")
    assert page.evaluate("player.supports('method', playerjs.METHODS.all())")
    assert page.evaluate("player.supports('event', playerjs.EVENTS.all())")
    # Nothing of the film is fetched before it plays, and its length is known.
    assert abs(ask(page, "getDuration") - SECONDS) < 0.2
    assert (ask(page, "getPaused"), ask(page, "getCurrentTime"), ask(page, "getLoop")) == (True, 0, False)
    tell(page, "setVolume", 40)
    tell(page, "mute")
    assert (ask(page, "getVolume"), ask(page, "getMuted")) == (40, True)
    tell(page, "unmute")
    assert ask(page, "getMuted") is False
    assert [url for url in fetched if url.endswith((".m3u8", ".m4s"))] == []
    tell(page, "play")
    has_told(page, "playing")
    assert ask(page, "getPaused") is False
    until(page, "told.filter(([event]) => event === 'timeupdate').length > 3")
    last = told(page, "timeupdate")[-1]
    assert 0 < last["seconds"] < last["duration"] < SECONDS + 0.2
    tell(page, "pause")
    has_told(page, "pause")
    assert ask(page, "getPaused") is True
    assert told(page, "paused")
    tell(page, "setCurrentTime", 7.5)
    has_told(page, "seeked")
    assert abs(ask(page, "getCurrentTime") - 7.5) < 0.1
    has_told(page, "progress")
    assert told(page, "progress")[-1]["duration"] > 8
    tell(page, "setLoop", True)
    assert ask(page, "getLoop") is True
    tell(page, "setLoop", False)
    tell(page, "play")
    has_told(page, "ended")
    page.evaluate("player.off('timeupdate')")
    forget(page)
    tell(page, "setCurrentTime", 2)
    has_told(page, "seeked")
    assert not told(page, "timeupdate")
    tell(page, "play")
    has_told(page, "playing")
    assert not told(page, "timeupdate")


@pytest.mark.parametrize("query", ["?autoplay=1", ""])
def test_it_plays_muted_where_sound_is_refused(page, visit, films, query):
    # Scripts of Playwright count as gestures of the viewer, so the page acts and speaks for itself.
    with page.expect_console_message(lambda message: message.text == "muted: true"):
        visit(f"/embed/{films['long']}{query}", ready=False, play="1")


def test_quality_captions_and_unknown_methods(visit, films):
    page = visit(f"/embed/{films['long']}?muted=1&autoplay=1")
    has_told(page, "playing")
    heights = [one["height"] for one in ask(page, "getQualities")]
    assert max(heights, default=999) <= 180
    assert ask(page, "getQuality") == "auto"
    tell(page, "send", {"method": "setQuality", "value": 999})
    assert ask(page, "getQuality") == max(heights)
    tell(page, "send", {"method": "setQuality", "value": "auto"})
    assert ask(page, "getQuality") == "auto"
    tell(page, "send", {"method": "setCaptions", "value": "de"})
    assert [one["language"] for one in ask(page, "getCaptions") if one["showing"]] == ["de"]
    tell(page, "send", {"method": "setPlaybackRate", "value": 2})
    assert ask(page, "getPlaybackRate") == 2
    tell(page, "send", {"method": "selfDestruct"})
    has_told(page, "error")
    assert told(page, "error")[0]["code"] == 2


def test_the_address_says_how_it_plays(visit, films):
    page = visit(f"/embed/{films['long']}?start=2&end=0:04&autoplay=1&muted=1&controls=0&cc=de")
    inside = page.frame_locator("iframe")
    has_told(page, "ended")
    times = [one["seconds"] for one in told(page, "timeupdate")]
    assert min(times) >= 1.9
    assert 3.9 <= max(times) < 4.6
    assert (ask(page, "getPaused"), ask(page, "getMuted")) == (True, True)
    assert [one["language"] for one in ask(page, "getCaptions") if one["showing"]] == ["de"]
    expect(inside.locator("media-controller")).to_be_visible()
    for hidden in (".chrome-bar", ".chrome-time", ".embed-title"):
        expect(inside.locator(hidden)).to_be_hidden()
    # The keyboard works without controls, and whoever goes on past the end may.
    inside.locator("video").press("k")
    until(page, "told.at(-1)?.[0] === 'timeupdate' && told.at(-1)[1].seconds > 5")
    # Again from the start, for ever.
    forget(page)
    tell(page, "setLoop", True)
    tell(page, "setCurrentTime", 3.5)
    until(
        page,
        "told.filter(([event, value]) => event === 'seeked' && Math.abs(value.seconds - 2) < 0.2).length > 1",
    )
    assert not told(page, "ended")


def test_only_the_page_around_the_frame_is_heard(visit, films, elsewhere):
    page = visit(f"/embed/{films['long']}?muted=1")
    page.evaluate(
        """async () => {
            const sibling = document.createElement("iframe");
            sibling.srcdoc = "<p>Another frame</p>";
            document.body.append(sibling);
            await new Promise((resolve) => { sibling.onload = resolve; });
            const message = JSON.stringify({ context: "player.js", method: "play" });
            sibling.contentWindow.eval(`parent.frames[0].postMessage(${JSON.stringify(message)}, "*")`);
        }"""
    )
    # What the page asks comes after what the sibling said.
    assert ask(page, "getPaused") is True
    page.wait_for_timeout(500)
    assert ask(page, "getPaused") is True
    assert not told(page, "play")
    for broken in (
        "null",
        "[]",
        "{",
        '{"context":"player.js","method":5}',
        '{"context":"player.js","method":"__proto__"}',
    ):
        page.evaluate("text => frame.contentWindow.postMessage(text, '*')", broken)
    for value in ("NaN", None, {"$gt": 1}, "many", -5):
        tell(page, "send", {"method": "setVolume", "value": value})
        tell(page, "send", {"method": "setCurrentTime", "value": value})
    assert ask(page, "getVolume") in {0, 100}
    assert ask(page, "getCurrentTime") == 0


def test_a_playlist_goes_on_by_itself_and_past_what_is_hidden(visit, films):
    page = visit(f"/embed/playlist/{films['list']}?muted=1&autoplay=1", height="408")
    page.evaluate(
        "for (const name of ['itemchange', 'playlistended']) player.on(name, (value) => told.push([name, value]))"
    )
    assert abs(ask(page, "getDuration") - 2) < 0.2
    has_told(page, "ended")
    has_told(page, "itemchange")
    assert told(page, "itemchange") == [{"index": 3, "id": films["long"], "title": "The long one"}]
    forget(page)
    until(page, "told.some(([event, value]) => event === 'timeupdate' && value.duration > 8)")
    assert (ask(page, "getPaused"), ask(page, "getPlaylistIndex"), ask(page, "getMuted")) == (False, 3, True)
    inside = page.frame_locator("iframe")
    expect(inside.get_by_role("button", name="Next video")).to_be_disabled()
    inside.get_by_role("button", name="Show videos").click()
    entries = inside.locator("[data-item]")
    assert [text.split()[-2] for text in entries.all_inner_texts()] == ["one", "one"]
    expect(inside.locator("body")).not_to_contain_text("hidden")
    expect(entries.nth(1)).to_be_focused()
    entries.nth(1).press("Escape")
    expect(entries.nth(1)).to_be_hidden()
    inside.get_by_role("button", name="Previous video").click()
    until(page, "told.some(([event, value]) => event === 'itemchange' && value.index === 1)")
    tell(page, "send", {"method": "setPlaylistIndex", "value": 2})
    until(page, "told.some(([event, value]) => event === 'itemchange' && value.index === 3)")
    # The document of the next video has another player, which is told everything again.
    tell(page, "setCurrentTime", 8.5)
    has_told(page, "playlistended")


@pytest.fixture
def restricted(films):
    url = f"/api/v1/videos/{films['long']}"
    films["owner"].json("PATCH", url, {"embed_domains": ["allowed.test", "*.school.test"]})
    yield films
    films["owner"].json("PATCH", url, {"embed_domains": []})


def test_a_list_of_sites_is_kept_by_the_browser(visit, restricted):
    path, inside = f"/embed/{restricted['long']}", "iframe"
    for host in ("allowed.test", "a.school.test"):
        page = visit(path, host)
        assert abs(ask(page, "getDuration") - SECONDS) < 0.2
    page = visit(path, "other.test")
    has_told(page, "error")
    assert told(page, "error")[0]["code"] == 101
    expect(page.frame_locator(inside).get_by_role("heading")).to_have_text(
        "This video can't be played on this site"
    )
    # A page that hides where it is gets the player, and the browser does not show it.
    for host in ("other.test", "school.test", "notallowed.test"):
        page = visit(path, host, ready=False, policy="no-referrer")
        page.wait_for_load_state("load")
        assert page.frames[1].locator("video").count() == 0
        assert page.evaluate("player.isReady") is False
    assert visit(path, "allowed.test", policy="no-referrer").frames[1].locator("video").count() == 1


def test_a_playlist_leaves_out_what_other_sites_may_show(visit, restricted):
    path = f"/embed/playlist/{restricted['list']}?muted=1"
    assert visit(path, "allowed.test").frame_locator("iframe").locator("[data-item]").count() == 2
    page = visit(path, "other.test")
    inside = page.frame_locator("iframe")
    assert inside.locator("[data-item]").count() == 1
    # Even a page that claims to be another site: the video's own frame stays shut, and the page is told.
    page = visit(f"{path}&site=allowed.test&index=3", "other.test", policy="no-referrer")
    assert page.frame_locator("iframe").locator("[data-item]").count() == 2
    has_told(page, "error")
    assert told(page, "error")[0]["code"] == 101
    assert page.frame_locator("iframe").frame_locator("iframe").locator("video").count() == 0


@pytest.mark.parametrize(
    ("path", "code"), [("/embed/AAAAAAAAAAA", 100), ("/embed/playlist/AAAAAAAAAAAAAAAA", 100)]
)
def test_a_frame_without_a_video_reports_an_error(visit, path, code):
    page = visit(path)
    has_told(page, "error")
    assert told(page, "error")[0]["code"] == code


def test_a_video_that_went_away_reports_an_error(page, visit, films):
    page.route("**/*.m3u8", lambda route: route.fulfill(status=404))
    visit(f"/embed/{films['long']}?autoplay=1&muted=1")
    has_told(page, "error")
    assert told(page, "error")[0]["code"] == -1
    assert "available" in told(page, "error")[0]["msg"]


def test_a_long_playlist_is_fetched_in_parts(visit, films):
    body = {
        "title": "Long",
        "visibility": "public",
        "allow_duplicates": True,
        "video_ids": [films["short"]] * 70,
    }
    status, playlist = films["owner"].json("POST", "/api/v1/playlists", body)
    assert (status, playlist["item_count"]) == (201, 70)
    page = visit(f"/embed/playlist/{playlist['id']}")
    page.evaluate("player.on('itemchange', (value) => told.push(['itemchange', value]))")
    entries = page.frame_locator("iframe").locator("[data-item]")
    assert (ask(page, "getPlaylistLength"), entries.count()) == (70, 50)
    for method, value, index in (
        ("setPlaylistIndex", 60, 60),
        ("setPlaylistIndex", 50, 50),
        ("previous", None, 49),
    ):
        tell(page, "send", {"method": method, "value": value})
        until(page, f"told.some(([event, value]) => event === 'itemchange' && value.index === {index})")
    assert ask(page, "getPlaylistItem") == {"index": 49, "id": films["short"], "title": "The short one"}
    assert (entries.first.get_attribute("data-index"), entries.count()) == ("39", 32)
    assert (
        entries.and_(page.frame_locator("iframe").locator("[aria-current]")).get_attribute("data-index")
        == "49"
    )


@pytest.mark.parametrize(("width", "height"), [(200, 120), (320, 180)])
def test_small_frames_have_room_for_what_is_needed(visit, films, width, height):
    page = visit(f"/embed/{films['long']}", width=str(width), height=str(height))
    inside = page.frame_locator("iframe")
    inside.locator("media-controller").wait_for()
    play = inside.locator(".chrome-bar media-play-button")
    for control in (play, inside.locator("media-fullscreen-button")):
        expect(control).to_be_in_viewport(ratio=1)
    play.click()
    has_told(page, "playing")
    body = inside.locator("body")
    assert body.evaluate("b => [b.scrollWidth <= innerWidth, b.scrollHeight <= innerHeight]") == [True, True]


def test_the_share_dialog_writes_the_code(page, site, films):
    page.goto(f"{site.url}/watch/{films['long']}?list={films['list']}")
    page.locator("media-controller").wait_for()
    page.locator("video").evaluate("v => { v.currentTime = 4; }")
    page.get_by_role("link", name="Share", exact=True).click()
    page.get_by_text("Embed", exact=True).click()
    code = page.get_by_role("textbox", name="Embed code")
    start = f'<iframe src="{site.url}/embed/{films["long"]}" width="640" height="360" title="The long one"'
    assert code.input_value().startswith(start)
    page.get_by_label("Start at").check()
    link = page.get_by_role("textbox", name="Link", exact=True).input_value()
    assert link.startswith(f"{site.url}/watch/{films['long']}?t=")
    now = int(link.rpartition("=")[2])  # the page plays by itself
    assert now >= 4
    preview = page.frame_locator(".share-preview iframe")
    expect(preview.locator("[data-player]")).to_be_visible()
    for option in ("Autoplay", "Loop", "Hide controls", "Show subtitles"):
        page.get_by_role("checkbox", name=option).check()
    page.get_by_label("Player size").select_option("854")
    query = f"start={now}&amp;autoplay=1&amp;loop=1&amp;controls=0&amp;cc=1"
    assert f'/embed/{films["long"]}?{query}" width="854" height="480"' in code.input_value()
    page.get_by_label("Whole playlist").check()
    assert (
        f'/embed/playlist/{films["list"]}?index=3&amp;{query}" width="854" height="528"' in code.input_value()
    )
    address = (
        f"{site.url}/embed/playlist/{films['list']}?index=3&start={now}&autoplay=1&loop=1&controls=0&cc=1"
    )
    expect(page.get_by_role("link", name="Open preview")).to_have_attribute("href", address)
    expect(preview.locator("[data-embed-playlist]")).to_be_visible()
    expect(preview.frame_locator("iframe").locator("[data-player]")).to_be_visible()
    time = page.get_by_label("Start time")
    time.fill("0:02")
    assert page.get_by_role("textbox", name="Link", exact=True).input_value().endswith("?t=2")
    assert "start=2&amp;" in code.input_value()
    time.fill("99:99:99:99")
    expect(time).to_have_attribute("aria-invalid", "true")
    assert "?t=" not in page.get_by_role("textbox", name="Link", exact=True).input_value()
    time.fill("3")
    page.get_by_text("QR code", exact=True).click()
    image = page.get_by_role("img", name="QR code of the link")
    expect(image).to_have_js_property("complete", True)
    expect(image).to_have_attribute("src", f"{site.url}/watch/{films['long']}/qr.svg?t=3")
    assert image.evaluate("async image => { await image.decode(); return image.naturalWidth; }") > 0
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)

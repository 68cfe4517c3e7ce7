"""Start positions belong to an account or to a visitor, and every form of address is understood."""

from __future__ import annotations

import json

import pytest
from playwright.sync_api import Page, expect

from tests.player_film import SECONDS, current_time, film, open_watch_page, seek_to  # noqa: F401 - one is a fixture
from tests.support.browser import until
from tests.support.http_client import PASSWORD, Caller
from videos.playback import history
from videos.tests.test_times import MOMENTS

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(240)]
MODULE = """
const { name } = performance.getEntriesByType('resource').find(({ name }) => name.endsWith('/js/shell.js'));
const module = await import(name.replace('/js/shell.js', '/js/player/%s.js'));
"""
LOCAL = "() => JSON.stringify({ ...localStorage })"
UNSENT = "() => Object.entries(sessionStorage).find(([key]) => key.startsWith('player-unsent@'))"


@pytest.fixture(scope="module")
def people(site):
    """Two accounts by name: the cookies of a session of each."""
    names = ("positions-first", "positions-next")
    return {name: Caller(site).sign_up(name).sign_in_to_pages(name) for name in names}


@pytest.fixture
def page(chromium, site):
    context = chromium.new_context(base_url=site.url)
    yield context.new_page()
    context.close()


def become(page: Page, person: Caller | None) -> None:
    """Carry the cookies of an account, or none."""
    page.context.clear_cookies()
    url = person and f"http://{person.address.netloc}"
    page.context.add_cookies(
        [{"name": name, "value": value, "url": url} for name, value in person.cookies.items()]
        if person
        else []
    )


def starts_at(page: Page, film: str, seconds: float, address: str = "") -> None:  # noqa: F811
    open_watch_page(page, film, address)
    assert abs(current_time(page) - seconds) < 1.5, (address, current_time(page))


def report(person: Caller, film: str, position: float) -> None:  # noqa: F811
    """Say from another device where the person is."""
    answer = person.json("POST", f"/api/v1/videos/{film}/playback", {"position": position, "watched": []})
    assert answer[0] == 200


def reports(seconds: float):
    """Return whether a response is to a heartbeat from there."""

    def is_it(response) -> bool:
        sent = response.url.endswith("/playback") and json.loads(response.request.post_data)
        return bool(sent) and abs(sent["position"] - seconds) < 0.5

    return is_it


def test_scripts_read_moments_and_know_the_end_as_the_server_does(page):
    page.goto("/trending")
    read = page.evaluate(
        f"async (all) => {{ {MODULE % 'start-times'} return all.map((raw) => module.parseStartTime(raw)); }}",
        [raw for raw, _ in MOMENTS],
    )
    assert dict(zip([raw for raw, _ in MOMENTS], read, strict=True)) == dict(MOMENTS)
    cases = [
        [position, duration]
        for duration in (0, 3, 100, 3600, 7200)
        for position in (0, duration - 181, duration - 179, duration * 0.94, duration * 0.96, duration)
    ]
    ends = page.evaluate(
        f"async (all) => {{ {MODULE % 'position'} return all.map((one) => module.isFinished(...one)); }}",
        cases,
    )
    assert ends == [history.is_finished(*case) for case in cases]


def left_at(page: Page, film: str, seconds: float) -> None:  # noqa: F811
    """Let this visitor have left the film there."""
    if not page.url.endswith("/trending"):
        page.goto("/trending")
    page.evaluate("rows => localStorage.setItem('positions', JSON.stringify(rows))", [[film, seconds]])


@pytest.mark.parametrize(
    ("address", "seconds"),
    [("?t=0", 0), ("?start=nonsense", 15), ("?t=3#t=0m8.5s", 8.5), (f"?t={SECONDS + 50}", 0)],
)
def test_a_page_begins_where_its_address_says(page, film, address, seconds):  # noqa: F811
    left_at(page, film, 15)
    starts_at(page, film, seconds, address)
    page.evaluate("location.hash = '#t=4'")
    until(page, "Math.abs(v.currentTime - 4) < 0.5")


def test_a_frame_of_a_playlist_begins_where_its_address_says(page, site, film):  # noqa: F811
    owner = Caller(site).sign_in("player-film-owner")
    body = {"title": "Films", "visibility": "public", "video_ids": [film]}
    _, playlist = owner.json("POST", "/api/v1/playlists", body)
    left_at(page, film, 15)
    time = "() => document.querySelector('iframe').contentDocument.querySelector('video').currentTime"
    for address, seconds in (("?t=0", 0), ("?start=0:08", 8), ("#t=6", 6)):
        page.goto("/trending")
        page.goto(f"/embed/playlist/{playlist['id']}{address}")
        page.frame_locator("iframe").locator("media-controller").wait_for()
        for _ in range(100):
            if abs(page.evaluate(time) - seconds) < 0.5:
                break
            page.wait_for_timeout(50)
        assert abs(page.evaluate(time) - seconds) < 0.5, address


def test_a_position_stays_with_who_watched(page, film, people):  # noqa: F811
    first, other = people.values()
    become(page, first)
    open_watch_page(page, film)
    with page.expect_response(reports(11)):
        seek_to(page, 11)
    assert film not in page.evaluate(LOCAL)
    # Logging out by hand, and the next person is at the beginning, with an account or without.
    page.goto("/")
    page.get_by_label("Account menu").click()
    page.get_by_role("button", name="Sign out").click()
    page.get_by_role("link", name="Sign in").first.wait_for()
    starts_at(page, film, 0)
    seek_to(page, 16)
    starts_at(page, film, 16)
    page.goto("/login")
    page.get_by_label("Username").fill("positions-next")
    page.get_by_label("Password").fill(PASSWORD)
    page.locator("main form button[type=submit]").first.click()
    page.wait_for_url(lambda url: not url.endswith("/login"))
    starts_at(page, film, 0)
    become(page, None)
    starts_at(page, film, 0)
    other.call("DELETE", "/api/v1/me/history")
    first.sign_in("positions-first").sign_in_to_pages("positions-first")
    become(page, first)
    starts_at(page, film, 11)


def test_the_later_of_browser_and_server_wins(page, film, people):  # noqa: F811
    person = people["positions-next"]
    report(person, film, 9)
    become(page, person)
    starts_at(page, film, 9)
    page.route("**/playback", lambda route: route.abort())
    seek_to(page, 16)
    until(page, f"({UNSENT})()")
    starts_at(page, film, 16)
    # What never arrived is believed for a minute: afterwards another device may have been watched.
    page.evaluate(f"""() => {{
      const [key, text] = ({UNSENT})();
      sessionStorage.setItem(key, JSON.stringify({{ ...JSON.parse(text), at: Date.now() - 61_000 }}));
    }}""")
    report(person, film, 7)
    page.goto("/healthz")
    starts_at(page, film, 7)


def test_what_is_confirmed_is_the_servers(page, film, people):  # noqa: F811
    person = people["positions-next"]
    become(page, person)
    open_watch_page(page, film)
    with page.expect_response(reports(15)):
        seek_to(page, 15)
    until(page, f"!({UNSENT})()")
    report(person, film, 6)
    starts_at(page, film, 6)


def test_pausing_and_clearing_the_history_reach_the_browser(page, film, people):  # noqa: F811
    person = people["positions-next"]
    report(person, film, 1)
    become(page, person)
    page.goto("/history")
    for press, shown in (
        ("Pause", "Watch history is paused."),
        ("Clear history", "No watch history yet"),
    ):
        page.evaluate(f"async () => {{ {MODULE % 'position'} module.noteUnsent('{film}', 14); }}")
        assert page.evaluate(UNSENT)
        if press != "Pause":
            page.get_by_label("I understand this can't be undone").check()
        page.get_by_role("button", name=press, exact=True).click()
        expect(page.get_by_text(shown)).to_be_visible()
        assert page.evaluate(UNSENT) is None
    person.json("PATCH", "/api/v1/me/preferences", {"history_paused": False})


def test_a_page_left_open_tells_nothing_to_the_account_of_somebody_else(page, film, people):  # noqa: F811
    first, other = people.values()
    other.json("DELETE", "/api/v1/me/history")
    become(page, first)
    open_watch_page(page, film)
    with page.expect_response(reports(9)):
        seek_to(page, 9)
    become(page, other)
    page.context.new_page().goto("/trending")
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    seek_to(page, 12)
    page.evaluate("dispatchEvent(new Event('pagehide'))")
    page.evaluate("fetch('/healthz')")
    assert [url for url in asked if url.endswith("/playback")] == []
    assert other.json("GET", "/api/v1/me/history")[1]["results"] == []

"""Playlists in a real browser: saving from a card and under a video, sorting by drag and by keys, playing on."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from tests.support.clips import make_clip
from tests.support.http_client import Caller
from tests.support.touch import drag_by_touch

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(240)]
NAMES = ("First", "Second", "Third")


@pytest.fixture(scope="module")
def chromium(autoplaying_chromium):
    """A browser whose watch pages go on to the next video."""
    return autoplaying_chromium


@pytest.fixture(scope="module")
def owner(site, tmp_path_factory):
    """Has three public videos of two seconds: ``owner.videos``."""
    folder = tmp_path_factory.mktemp("playlists")
    caller = Caller(site).sign_up("list-owner")
    clip = make_clip(folder / "clip.mp4", 2, (320, 180), 24)
    caller.videos = [caller.upload(clip, title=name, visibility="public") for name in NAMES]
    for video in caller.videos:
        caller.wait(video, "ready")
    return caller


@pytest.fixture
def listed(owner):
    """A new playlist of the three: its id."""
    body = {"title": "All three", "visibility": "public", "video_ids": owner.videos}
    status, playlist = owner.json("POST", "/api/v1/playlists", body)
    assert status == 201
    return playlist["id"]


@pytest.fixture(params=[1280])
def page(chromium, site, owner, request):
    """A browser in which the owner is signed in."""
    context = chromium.new_context(base_url=site.url, viewport={"width": request.param, "height": 850})
    opened = context.new_page()
    problems: list[str] = []
    opened.on("pageerror", lambda error: problems.append(str(error)))
    opened.on(
        "console",
        lambda message: problems.append(message.text) if "Content Security" in message.text else None,
    )
    opened.goto("/login")
    opened.get_by_label("Username").fill("list-owner")
    opened.get_by_label("Password").fill("correct horse battery")
    opened.get_by_role("main").get_by_role("button", name="Sign in").click()
    opened.wait_for_url("**/")
    yield opened
    assert problems == []
    context.close()


def violations(page, part=None):
    """Return what axe-core finds wrong on the page or in a part of it."""
    found = Axe().run(page, context=part)
    return [(one["id"], [node["target"] for node in one["nodes"]]) for one in found.response["violations"]]


def titles(owner, playlist):
    _, body = owner.json("GET", f"/api/v1/playlists/{playlist}/items")
    return [row["video"]["title"] for row in body["results"]]


def shown(page):
    return [text.strip() for text in page.locator("[data-item] .card-title").all_inner_texts()]


def test_saving_from_a_card_with_keys_alone_and_undoing_it(page, owner, listed):
    page.goto("/")
    menu = page.get_by_role("article").first.locator("details.menu > summary")
    name = page.get_by_role("article").first.locator(".card-title").inner_text()
    menu.focus()
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Save to playlist").first.focus()
    page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog", name="Save to playlist")
    later = dialog.get_by_role("checkbox", name="Watch later")
    expect(later).to_be_focused()
    expect(dialog.get_by_role("checkbox", name="All three").first).to_be_checked()
    assert violations(page, "dialog") == []
    page.keyboard.press("Space")
    expect(dialog.get_by_text("Saved", exact=True)).to_be_visible()
    page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    expect(menu).to_be_focused()
    _, body = owner.json("GET", "/api/v1/me/watch-later")
    assert [row["video"]["title"] for row in body["results"]] == [name]
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_text("Change undone.")).to_be_visible()
    assert owner.json("GET", "/api/v1/me/watch-later")[1]["results"] == []


def test_watch_later_from_the_menu_of_a_card(page, owner):
    page.goto("/")
    card = page.get_by_role("article").first
    card.locator("details.menu > summary").click()
    with page.expect_response("**/api/v1/me/watch-later/*") as stored:
        card.get_by_role("button", name="Watch later").click()
        expect(page.get_by_text("Saved to Watch later.")).to_be_visible()
    assert stored.value.ok
    page.goto("/watch-later")
    assert len(shown(page)) == 1
    page.locator("[data-item] details.menu > summary").click()
    page.get_by_role("button", name="Remove").click()
    expect(page.locator("[data-item]")).to_have_count(0)
    page.get_by_role("button", name="Undo").click()
    expect(page.locator("[data-item]")).to_have_count(1)
    assert owner.json("GET", "/api/v1/me/watch-later")[1]["results"]
    owner.json("DELETE", f"/api/v1/me/watch-later/{page.locator('[data-item]').get_attribute('data-video')}")


def test_a_new_playlist_from_the_watch_page(page, owner):
    page.goto(f"/watch/{owner.videos[1]}")
    page.locator(".watch-bar [data-save-video]").click()
    dialog = page.get_by_role("dialog", name="Save to playlist")
    dialog.get_by_label("New playlist").fill("Made while watching")
    dialog.get_by_label("Visibility").select_option("unlisted")
    dialog.get_by_role("button", name="Create and save").click()
    row = dialog.get_by_role("checkbox", name="Made while watching")
    expect(row).to_be_checked()
    expect(row).to_be_focused()
    _, body = owner.json("GET", "/api/v1/playlists?role=owner")
    made = next(one for one in body["results"] if one["title"] == "Made while watching")
    assert (made["visibility"], titles(owner, made["id"])) == ("unlisted", ["Second"])
    page.keyboard.press("Space")
    expect(dialog.get_by_text("Removed", exact=True)).to_be_visible()
    assert titles(owner, made["id"]) == []


def test_sorting_by_drag_and_by_keys(page, owner, listed):
    page.goto(f"/playlists/{listed}")
    rows = page.locator("[data-item]")
    rows.nth(2).locator(".grip").hover()
    expect(page.locator("[data-draggable]")).to_be_attached()
    rows.nth(2).locator(".grip").drag_to(rows.nth(0), target_position={"x": 60, "y": 4})
    expect(page.locator("[data-reorder-status]")).to_have_text("“Third” moved to position 1.")
    assert titles(owner, listed) == shown(page) == ["Third", "First", "Second"]
    page.get_by_role("button", name="Move Third down").focus()
    page.keyboard.press("Enter")
    expect(page.locator("[data-reorder-status]")).to_have_text("“Third” moved to position 2.")
    expect(page.get_by_role("button", name="Move Third down")).to_be_focused()
    rows.nth(2).get_by_role("link", name="Second").first.focus()
    page.keyboard.press("Alt+ArrowUp")
    expect(page.locator("[data-reorder-status]")).to_have_text("“Second” moved to position 2.")
    assert titles(owner, listed) == shown(page) == ["First", "Second", "Third"]
    assert page.locator("[data-number]").all_inner_texts() == ["1", "2", "3"]
    assert violations(page) == []


def test_sorting_by_a_finger_on_a_phone(chromium, site, page, owner, listed):
    context = chromium.new_context(
        base_url=site.url,
        viewport={"width": 390, "height": 1200},
        has_touch=True,
        storage_state=page.context.storage_state(),
    )
    page = context.new_page()
    page.goto(f"/playlists/{listed}")
    expect(page.locator("[data-draggable]")).to_be_attached()
    rows = page.locator("[data-item]")
    drag_by_touch(page, rows.nth(0).locator(".grip"), rows.nth(2))
    expect(page.locator("[data-reorder-status]")).to_have_text("“First” moved to position 3.")
    assert titles(owner, listed) == shown(page) == ["Second", "Third", "First"]
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    context.close()


def test_two_tabs_that_sort_are_told_of_each_other(page, owner, listed):
    page.goto(f"/playlists/{listed}")
    _, body = owner.json("GET", f"/api/v1/playlists/{listed}/items")
    owner.json("PATCH", f"/api/v1/playlists/{listed}/items/{body['results'][0]['id']}", {"position": 2})
    page.get_by_role("button", name="Move Second up").click()
    expect(page.get_by_text("Someone else changed this playlist.")).to_be_visible()
    assert shown(page) == ["First", "Second", "Third"]
    page.get_by_role("button", name="Reload").click()
    expect(page.locator("[data-item] .card-title").first).to_have_text("Second")


def test_taking_out_notes_and_rules(page, owner, listed):
    page.goto(f"/playlists/{listed}")
    page.locator("[data-item]").nth(1).locator("details.menu > summary").click()
    page.get_by_role("textbox", name="Note").nth(0).fill("Worth it")
    page.keyboard.press("Enter")
    expect(page.locator(".item-note")).to_have_text("Worth it")
    page.locator("[data-item]").nth(1).locator("details.menu > summary").click()
    page.get_by_role("button", name="Remove").click()
    expect(page.locator("[data-item]")).to_have_count(2)
    page.get_by_role("button", name="Undo").click()
    expect(page.locator("[data-item]")).to_have_count(3)
    _, body = owner.json("GET", f"/api/v1/playlists/{listed}/items")
    assert [(row["video"]["title"], row["note"]) for row in body["results"]] == [
        ("First", ""), ("Second", "Worth it"), ("Third", ""),
    ]  # fmt: skip
    page.locator("[data-item]").nth(2).locator("details.menu > summary").click()
    page.get_by_role("button", name="Move to top").click()
    expect(page.locator("[data-item] .card-title").first).to_have_text("Third")
    page.get_by_label("Sort").select_option("oldest")
    expect(page.locator("[data-item] .card-title").first).to_have_text("First")
    expect(page.locator(".item-grip")).to_have_count(0)


def play_through(page):
    page.locator("media-controller").wait_for()
    page.locator("video").evaluate("v => { v.muted = true; return v.play().catch(() => {}); }")


def test_playing_all_goes_on_and_around(page, owner, listed):
    page.goto(f"/playlists/{listed}")
    page.get_by_role("link", name="Play all").click()
    page.wait_for_url(f"**/watch/{owner.videos[0]}?list={listed}&item=*")
    expect(page.locator(".queue [aria-current=true]")).to_contain_text("First")
    play_through(page)
    card = page.get_by_role("region", name="End of video")
    card.wait_for(timeout=20_000)
    expect(card).to_contain_text("Second")
    page.wait_for_url(f"**/watch/{owner.videos[1]}?**", timeout=20_000)
    expect(page.locator(".queue-head")).to_contain_text("2 of 3")
    page.locator("media-controller").wait_for()
    page.keyboard.press("Shift+N")
    page.wait_for_url(f"**/watch/{owner.videos[2]}?**")
    page.locator("media-controller").wait_for()
    expect(page.locator("[data-queue-next]")).to_have_count(0)
    page.get_by_role("link", name="Repeat playlist").click()
    page.wait_for_url("**loop=list")
    page.locator("media-controller").wait_for()
    page.keyboard.press("Shift+N")
    page.wait_for_url(f"**/watch/{owner.videos[0]}?**")
    page.get_by_role("link", name="Shuffle", exact=True).click()
    page.wait_for_url("**shuffle=*")
    order = page.locator("[data-queue] .card-title").all_inner_texts()
    assert (order[0], sorted(order)) == ("First", sorted(NAMES))
    page.locator("media-controller").wait_for()
    page.keyboard.press("Shift+N")
    page.wait_for_url(lambda url: owner.videos[0] not in url and "shuffle=" in url)
    page.reload()
    assert page.locator("[data-queue] .card-title").all_inner_texts() == order
    page.go_back()
    expect(page.locator(".queue [aria-current=true]")).to_contain_text("First")
    assert violations(page, ".queue") == []


@pytest.mark.parametrize("page", [390], indirect=True)
def test_everything_fits_a_phone(page, owner, listed):
    paths = [
        "/library",
        "/library?show=saved",
        "/watch-later",
        f"/playlists/{listed}",
        f"/playlists/{listed}/edit",
    ]
    paths += [f"/playlists/save/{owner.videos[0]}", f"/watch/{owner.videos[0]}?list={listed}"]
    for path in paths:
        assert page.goto(path).status == 200
        wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert wide <= 0, f"{path} is {wide} px too wide"
        assert violations(page) == [], path

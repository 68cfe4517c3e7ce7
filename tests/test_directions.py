"""Pages in a right-to-left language: styles name no side, titles sit beside their thumbnails, the player stays."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page

from tests.support.http_client import PASSWORD, Caller

STYLES = sorted((Path(__file__).resolve().parent.parent / "static" / "css").rglob("*.css"))
SIDE = re.compile(
    r"(?<![\w-])(?:(?:(?:scroll-)?(?:margin|padding)|border)-(?:left|right)(?:-\w+)?|border-\w+-(?:left|right)-radius|left|right)"
    r"\s*:|(?:text-align|float|clear)\s*:\s*(?:left|right)\b"
)
FOUR = re.compile(
    r"(?<![\w-])(margin|padding|inset|border-radius|scroll-margin|scroll-padding)\s*:\s*([^;}]+)"
)
TOO_WIDE = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
# The horizontal ends of an element that is there.
ENDS = "element => { const box = element.getBoundingClientRect(); return [box.left, box.right]; }"
MIRRORED = """name => {
  const icon = document.createElement("div");
  icon.innerHTML = `<svg class="icon"><use href="/icons.svg#${name}"></use></svg>`;
  document.body.append(icon);
  return getComputedStyle(icon.firstChild).scale !== "none";
}"""


def values(text: str) -> list[str]:
    """Split the values of a shorthand at the spaces outside of parentheses."""
    return re.findall(r"(?:[^\s()]|\((?:[^()]|\([^()]*\))*\))+", text)


def sided(line: str) -> list[str]:
    """Return the declarations of a line that are not the same when left and right are exchanged."""
    found = [match.group() for match in SIDE.finditer(line)]
    for match in FOUR.finditer(line):
        name, four = match.group(1), values(match.group(2))
        if len(four) != 4:
            continue
        is_even = four[0] == four[1] and four[2] == four[3] if name == "border-radius" else four[1] == four[3]
        if not is_even:
            found.append(match.group())
    return found


def test_styles_hold_no_words():
    """Words of styles would be in one language only."""
    words = {path.name: re.findall(r'content:\s*"[A-Za-z][^"]*"', path.read_text()) for path in STYLES}
    assert {name: found for name, found in words.items() if found} == {}


def test_styles_name_no_side():
    assert len(STYLES) > 25
    found = {
        f"{style.name}:{number}": here
        for style in STYLES
        for number, line in enumerate(style.read_text().splitlines(), 1)
        if (here := sided(line))
    }
    assert found == {}


@pytest.mark.parametrize(
    "line",
    [
        "a { margin-left: 1px; }",
        "a{right:0}",
        "  left: 0;",
        "a { text-align: right; }",
        "a { border-left-color: red; }",
        "a { border-top-right-radius: 1px; }",
        "a { padding: 0 1px 0 calc(1px + (2px * 3)); }",
        "a { inset: 0 auto auto 0; }",
        "a { border-radius: 1px 0 0 1px; }",
    ],
)
def test_a_side_is_found(line):
    assert sided(line) != []


@pytest.mark.parametrize(
    "line",
    [
        "a { margin: 0 calc(-1 * var(--x)) 1px calc(-1 * var(--x)); }",
        "a { inset-inline-end: 0; --media-left: 1px; }",
        "a { border-radius: 0 0 1px 1px; }",
    ],
)
def test_what_has_no_side_is_no_finding(line):
    assert sided(line) == []


@pytest.fixture(scope="module")
def shown(site, clip):
    """The pages, by name, of an owner with a video in a playlist."""
    owner = Caller(site).sign_up("rightward")
    video = owner.upload(clip, title="A film to the right", visibility="public")
    owner.wait(video, "ready")
    owner.upload(clip, title="Another film to the right", visibility="public")
    body = {"title": "List", "visibility": "public", "video_ids": [video]}
    _, playlist = owner.json("POST", "/api/v1/playlists", body)
    return {
        "home": "/",
        "watch": f"/watch/{video}",
        "search": "/search?q=right",
        "channel": "/@rightward",
        "studio": "/studio/videos",
        "settings": "/settings/profile",
        "upload": "/upload",
        "playlist": f"/playlists/{playlist['id']}",
    }


def is_right_of(page: Page, one: str, other: str) -> bool:
    """Whether ``one`` begins where ``other``, to its left, ends."""
    (left, _), (_, right) = (page.locator(selector).first.evaluate(ENDS) for selector in (one, other))
    return left >= right - 1


@pytest.mark.browser
@pytest.mark.slow
@pytest.mark.timeout(240)
@pytest.mark.parametrize("width", [390, 1280])
def test_pages_from_right_to_left(chromium, site, shown, width):
    context = chromium.new_context(base_url=site.url, viewport={"width": width, "height": 800})
    page = context.new_page()
    page.goto("/login")
    page.locator("main [name=login]").fill("rightward")
    page.locator("main [name=password]").fill(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url("**/")
    for name, path in shown.items():
        page.goto(path)
        page.evaluate("document.documentElement.dir = 'rtl'")
        assert page.evaluate(TOO_WIDE) <= 0, name
        if name == "search":
            assert is_right_of(page, ".rows .thumb", ".rows .card-title a")
            # Beside the thumbnail, and not at the far end of its line.
            title = page.locator(".rows .card-title a").first
            assert title.evaluate("element => getComputedStyle(element).textAlign") == "right"
        if name == "playlist":
            assert is_right_of(page, ".items .thumb", ".items .card-title a")
        if name == "watch":
            page.locator("media-controller").wait_for()
            assert is_right_of(page, "media-fullscreen-button", ".chrome-bar media-play-button")
            range_ = page.locator("media-time-range")
            assert range_.evaluate("element => getComputedStyle(element).direction") == "ltr"
    assert page.evaluate(MIRRORED, "log-in")
    assert not page.evaluate(MIRRORED, "skip-forward")
    page.goto("/")
    page.evaluate("document.documentElement.dir = 'rtl'")
    page.locator(".card .menu summary").first.click()
    left, right = page.locator(".card .menu[open] .menu-list").evaluate(ENDS)
    assert left >= 0
    assert right <= width
    context.close()

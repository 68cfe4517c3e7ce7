"""Every page at the widths of phones, tablets and desktops: it fits, is quiet, and axe-core finds nothing.

A short walk always runs; ``DEEP_TESTS=1`` walks the whole matrix. ``-s`` prints the table that docs/design.md holds.
400 % zoom of a window of 1280 px is a page of 320 px.
"""

from __future__ import annotations

import sys

import pytest

from tests.support.http_client import PASSWORD, Caller
from tests.support.page_walk import HEAD, MISSING, SCHEMES, WIDTHS, Row, walk
from tests.support.profile import is_deep, sample
from tests.test_browser import PAGES

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(1800)]

# The pages of each person; names in braces are ids of the world below. Everyone's first, so that a short walk has them.
EVERYONE = """
/ /watch/{video} /@width-creator /search?q=walk /playlists/{playlist} /trending /@width-creator/videos
/@width-creator/playlists /@width-creator/posts /@width-creator/about /posts/{post} /search /watch/{video}/comments
/comments/{comment} /watch/{video}/share /watch/{video}/menu
/watch/{video}?list={playlist} /embed/{video} /embed/playlist/{playlist} /language
/developers/tokens /api/docs /nothing-here
""".split()  # noqa: SIM905 - a list of words reads better so
VISITOR = ["/login", "/register", "/forgot-password", "/restore", *EVERYONE]
VIEWER = [
    *(
        "/you",
        "/settings",
        *PAGES,
        *EVERYONE,
        "/settings/channel",
        "/settings/notifications",
        "/settings/security",
    ),
    *("/settings/security/activity", "/settings/api-tokens", "/settings/blocked", "/settings/decisions"),
    *("/settings/delete", "/watch-later", "/feed/posts", "/notifications", "/subscriptions/programs"),
    *("/playlists/save/{video}", "/report/video/{video}", "/report/channel/width-creator"),
]
CREATOR = [
    *("/studio", "/studio/videos", "/studio/videos/{video}", "/upload", "/studio/comments"),
    *("/studio/videos/{video}/stats", "/studio/videos/{video}/sharing"),
    *(
        "/studio/comments/rules",
        "/playlists/{playlist}/edit",
        "/posts/{post}/edit",
        "/library",
        "/watch/{video}",
    ),
]
STAFF = [
    *("/admin/", "/admin/site/", "/admin/videos/video/", "/admin/accounts/user/", "/admin/videos/case/"),
    *("/admin/streamsite/job/", "/you", "/watch/{video}"),
]
PEOPLE = {"visitor": VISITOR, "viewer": VIEWER, "creator": CREATOR, "staff": STAFF}
# Every width and both themes are seen by somebody in the short walk, too.
SHORT = [
    ("visitor", 320, "light"),
    ("viewer", 320, "dark"),
    ("viewer", 1280, "light"),
    ("creator", 390, "light"),
    ("creator", 768, "dark"),
    ("staff", 1920, "dark"),
]
WHOLE = [(who, width, scheme) for who in PEOPLE for width in WIDTHS for scheme in SCHEMES]
SHORT_PAGES = 7
TITLE = "A walk through the valley with a title as long as people write them, and Donaudampfschifffahrtsgesellschaft"
rows: list[Row] = []


@pytest.fixture(scope="module")
def world(site, clip):
    """A creator with something of everything, and the ids that paths name."""
    creator = Caller(site).sign_up("width-creator")
    videos = [creator.upload(clip, title=title, visibility="public") for title in (TITLE, "Another walk")]
    for one in videos:
        creator.wait(one, "ready")
    body = {"title": TITLE, "visibility": "public", "video_ids": videos}
    playlist = creator.json("POST", "/api/v1/playlists", body)[1]
    post = creator.json("POST", "/api/v1/posts", {"text": "A post about the walk", "video_id": videos[0]})[1]
    viewer = Caller(site).sign_up("width-viewer")
    comment = viewer.json("POST", f"/api/v1/videos/{videos[0]}/comments", {"text": "How far is it?"})[1]
    viewer.json("PUT", "/api/v1/channels/width-creator/subscription", {})
    viewer.json("PUT", f"/api/v1/videos/{videos[0]}/reaction", {"value": "like"})
    viewer.json("PUT", f"/api/v1/me/watch-later/{videos[0]}", {})
    viewer.json("POST", f"/api/v1/videos/{videos[0]}/playback", {"position": 1.5, "watched": [[0, 1.5]]})
    site.manage("createsuperuser", "--noinput", "--username", "width-staff", "--email", "width@example.org",
                DJANGO_SUPERUSER_PASSWORD=PASSWORD)  # fmt: skip
    return {"video": videos[0], "playlist": playlist["id"], "post": post["id"], "comment": comment["id"]}


@pytest.fixture(scope="module")
def states(chromium, site, world):
    """The cookies of each person, who signs in once."""
    found = {"visitor": None}
    for who in ("viewer", "creator", "staff"):
        context = chromium.new_context(base_url=site.url)
        page = context.new_page()
        page.goto("/login")
        page.locator("main [name=login]").fill(f"width-{who}")
        page.locator("main [name=password]").fill(PASSWORD)
        page.keyboard.press("Enter")
        page.wait_for_url(lambda url: "/login" not in url)
        found[who] = context.storage_state()
        context.close()
    return found


@pytest.mark.parametrize(("who", "width", "scheme"), WHOLE if is_deep() else SHORT)
def test_every_page_fits_and_is_quiet(chromium, site, world, states, who, width, scheme):
    context = chromium.new_context(
        base_url=site.url,
        viewport={"width": width, "height": 800},
        color_scheme=scheme,
        bypass_csp=True,
        storage_state=states[who],
    )
    paths = [path.format(**world) for path in dict.fromkeys(PEOPLE[who])]
    row = walk(context, site.url, Row(who, width, scheme), sample(paths, SHORT_PAGES))
    context.close()
    rows.append(row)
    assert not row.problems, "\n".join(row.problems)


def test_the_table_is_printed():
    """With ``-s`` for docs/design.md: each row is a walk of the tests above."""
    sys.stdout.write("\n".join(["", HEAD, *(row.line() for row in rows), ""]))
    assert {row.width for row in rows} == set(WIDTHS)


def test_the_missing_page_is_among_the_pages():
    assert MISSING in EVERYONE

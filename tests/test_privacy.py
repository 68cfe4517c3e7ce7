"""The privacy matrix: every address a video has, asked by everybody, before and after each change of visibility.

From outside, on a running site. An address that was given out before a change is asked again after it, within the five
seconds in which a change takes effect.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urljoin, urlsplit

import pytest

from tests.serving_worlds import FRONTS, require_nginx, run_site_behind
from tests.support.http_client import Caller
from tests.support.profile import walk
from tests.support.stack import Stack

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]
STATES = ("public", "unlisted", "private")
# Those that close or open a video come first; the others are tried with DEEP_TESTS=1.
CORE = {("public", "private"), ("private", "public"), ("unlisted", "private")}
CROSSINGS = sorted(
    ((before, after) for before in STATES for after in STATES),
    key=lambda pair: (pair not in CORE, pair),
)
# ``program`` is the owner's, with an API token and nothing else.
PEOPLE = ("anonymous", "other", "shared", "owner", "program")
OWNERS = {"owner", "program"}
EFFECTIVE_SECONDS = 5.0
VTT = "WEBVTT\n\n00:00.000 --> 00:01.000\nsecret words\n"
LISTS = (
    "/api/v1/videos?page_size=100",
    "/api/v1/videos?q=matrix",
    "/api/v1/channels/matrix-owner/videos",
    "/api/v1/videos?channel=matrix-owner",
    "/",
    "/search?q=matrix",
    "/@matrix-owner",
    "/feeds/channels/matrix-owner.rss",
    "/feeds/playlists/{playlist}.rss",
    "/feeds/channels/matrix-owner.atom",
    "/feeds/site.json",
    "/sitemaps/{month}.xml",
)
# For other programs: what anybody with the link may see, whoever asks.
STABLE = ("poster.jpg", "card.webp", "small.webp", "video.mp4", "video.m3u8")
OWNERS_ONLY = ("/processing", "/share-links")


class Program(Caller):
    """Sends an API token with every call, as mpv and scripts do."""

    def __init__(self, site: Stack, text: str) -> None:
        super().__init__(site)
        self.text = text

    def call(self, method, path, body=None, headers=None):  # type: ignore[no-untyped-def]
        return super().call(method, path, body, {"Authorization": f"Token {self.text}"} | (headers or {}))


@dataclass
class World:
    """A site, who asks it, and the one video it is asked about."""

    site: Stack
    callers: dict[str, Caller]
    video_id: str
    share_query: str
    playlist_id: str
    origin: str
    name: str

    def lists(self) -> list[str]:
        """Every address that shows what is listed."""
        month = f"{datetime.now(UTC):%Y-%m}"
        return [url.format(playlist=self.playlist_id, month=month) for url in LISTS]

    def status(self, who: str, url: str) -> int:
        """Return the status that ``who`` gets at ``url``."""
        return self.callers[who].call("GET", url)[0]

    def owners_view(self) -> dict:
        status, video = self.callers["owner"].json("GET", f"/api/v1/videos/{self.video_id}")
        assert status == 200
        return video

    def change(self, visibility: str) -> None:
        status, _ = self.callers["owner"].json(
            "PATCH", f"/api/v1/videos/{self.video_id}", {"visibility": visibility}
        )
        assert status == 200

    def media(self, who: str) -> list[str]:
        """All addresses of files that the API gives ``who``, followed through playlists and the storyboard."""
        return self.media_of(self.callers[who])

    def media_of(self, caller: Caller) -> list[str]:
        """Return all addresses of files that the API gives any caller."""
        status, video = caller.json("GET", f"/api/v1/videos/{self.video_id}")
        if status != 200:
            return []
        found = [video["hls_url"], video["thumbnail_url"], video["storyboard_url"], video["download_url"]]
        found += [track["url"] for track in video["captions"]]
        urls = [url for url in found if url]
        for url in (video["hls_url"], video["storyboard_url"]):
            urls += self._named_in(caller, url)
        return urls

    def on_page(self, who: str) -> list[str]:
        """Addresses of the film on its watch page: playlist, a segment, picture; none for those who have no page."""
        status, _, content = self.callers[who].call("GET", f"/watch/{self.video_id}")
        if status != 200:
            return []
        text = content.decode()
        playlist = text.partition('data-hls-url="')[2].partition('"')[0]
        assert playlist.startswith("/media/v/")
        inner = [url for url in self._named_in(self.callers[who], playlist) if url.endswith(".m4s")]
        return [playlist, inner[0], text.partition(' poster="')[2].partition('"')[0]]

    def _named_in(self, caller: Caller, url: str) -> list[str]:
        status, _, content = caller.call("GET", url)
        assert status == 200
        urls: list[str] = []
        for line in content.decode().splitlines():
            named = line.partition('URI="')[2].partition('"')[0] if line.startswith("#EXT-X-") else line
            name = named.partition("#xywh")[0]
            if name.endswith((".m3u8", ".m4s", ".mp4", ".vtt", ".jpg", ".webp")):
                urls.append(urljoin(url, name))
        playlists = [inner for inner in urls if inner.endswith(".m3u8")]
        for playlist in playlists:
            urls += self._named_in(caller, playlist)
        return list(dict.fromkeys(urls))


@contextmanager
def site_of(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """Lend the shared site, which has nginx in front, or run one without."""
    if request.param == "nginx":
        require_nginx()
        yield request.getfixturevalue("site")
        return
    with run_site_behind(request.param, tmp_path_factory.mktemp("privacy")) as site:
        yield site


@pytest.fixture(scope="module", params=FRONTS)
def world(request: pytest.FixtureRequest, tmp_path_factory, clip: Path):
    with site_of(request, tmp_path_factory) as site:
        owner = Caller(site).sign_up("matrix-owner").sign_in_to_pages("matrix-owner")
        other = Caller(site).sign_up("matrix-other").sign_in_to_pages("matrix-other")
        video_id = owner.upload(clip, title="Matrix", visibility="private", allow_download="true")
        owner.wait(video_id, "ready")
        track = {"language": "en", "text": VTT}
        assert owner.json("POST", f"/api/v1/videos/{video_id}/captions", track)[0] == 201
        assert owner.json("PUT", f"/api/v1/videos/{video_id}/thumbnail", {"at": 1})[0] == 200
        link = owner.json("POST", f"/api/v1/videos/{video_id}/share-links", {})[1]
        shared = Caller(site)
        query = urlsplit(link["url"]).query
        origin = link["url"].partition("/watch/")[0]
        assert shared.call("GET", f"/watch/{video_id}?{query}")[0] == 200
        sent = {"title": "Matrix list", "visibility": "public", "video_ids": [video_id]}
        status, playlist = owner.json("POST", "/api/v1/playlists", sent)
        assert status == 201
        wanted = {"name": "matrix", "scopes": ["read"]}
        text = owner.json("POST", "/api/v1/auth/api-tokens", wanted)[1]["token"]
        people = {"anonymous": Caller(site), "other": other, "shared": shared, "owner": owner}
        people["program"] = Program(site, text)
        yield World(site, people, video_id, query, playlist["id"], origin, request.param)


def settled(read, expected):
    """``read()`` once it is as expected, or what it is when the time is up."""
    deadline = time.monotonic() + EFFECTIVE_SECONDS
    while True:
        found = read()
        if found == expected or time.monotonic() > deadline:
            return found
        time.sleep(0.2)


def may_watch(who: str, state: str) -> bool:
    return state != "private" or who in {"shared"} | OWNERS


def has_page(who: str, state: str) -> bool:
    """Return whether ``who`` may open the page: an API token opens none."""
    return state != "private" or who in {"shared", "owner"}


def check_now(world: World, state: str) -> None:
    """Check what everybody gets while the video is in ``state``."""
    base = f"/api/v1/videos/{world.video_id}"
    for who in PEOPLE:
        expected = 200 if may_watch(who, state) else 404
        for url in (base, f"{base}/captions", f"{base}/transcript"):
            assert world.status(who, url) == expected, (state, who, url)
        assert (world.status(who, f"/watch/{world.video_id}") == 200) == has_page(who, state), (state, who)
        for part in OWNERS_ONLY:
            refused = 404 if state == "private" else 401 if who in {"anonymous", "shared"} else 403
            allowed = {200} if who in OWNERS else {refused, 401, 404}
            assert world.status(who, base + part) in allowed, (state, who, part)
        for url in world.lists():
            content = world.callers[who].call("GET", url)[2].decode()
            assert (world.video_id in content) == (state == "public"), (state, who, url)
        leads_on = 404 if state == "private" else 302
        for name in STABLE:
            assert world.status(who, f"/files/{world.video_id}/{name}") == leads_on, (state, who, name)
        for page in ("watch", "embed"):
            asked = f"/oembed?url={world.origin}/{page}/{world.video_id}"
            assert world.status(who, asked) == (404 if state == "private" else 200), (state, who, page)
        embedded = world.status(who, f"/embed/{world.video_id}")
        assert embedded == (404 if state == "private" else 200), (state, who)
        framed = world.callers[who].call("GET", f"/embed/playlist/{world.playlist_id}")[2].decode()
        assert (world.video_id in framed) == (state != "private"), (state, who)
        assert in_playlist(world, who) == ((may_watch(who, state) and who != "shared") or state != "private")
    for who in PEOPLE:
        urls = world.media(who)
        if not may_watch(who, state):
            assert urls == []
            continue
        assert len(urls) > 10
        for kind in ("/iframes.m3u8", "/subtitles/"):
            assert any(kind in url for url in urls), kind
        found = {url: world.status(who, url) for url in urls}
        assert set(found.values()) == {200}, (state, who, found)


def in_playlist(world: World, who: str) -> bool:
    status, body = world.callers[who].json("GET", f"/api/v1/playlists/{world.playlist_id}/items")
    assert status == 200
    return any(item["video"]["id"] == world.video_id for item in body["results"])


@pytest.mark.parametrize(("before", "after"), CROSSINGS[: walk(3, deep=len(CROSSINGS))])
def test_nobody_gets_more_than_the_owner_allows(world: World, before: str, after: str) -> None:
    world.change(before)
    check_now_when_settled(world, before)
    given = {who: world.media(who) for who in PEOPLE}
    pages = {who: world.on_page(who) for who in PEOPLE}
    if before != "private":
        # Everybody is given the same addresses, by the API and on the page.
        assert len({tuple(urlsplit(url).path for url in urls) for urls in given.values()}) == 1
        assert len({tuple(urls) for urls in pages.values()}) == 1
        given, pages = {"anonymous": given["anonymous"]}, {"anonymous": pages["anonymous"]}
    world.change(after)
    for who, urls in given.items():
        # What the API gives works for whoever has it: a public address while the video may be opened by its link, the
        # others until somebody changes who may see the video.
        expected = 200 if (after != "private" if before != "private" else after == before) else 404
        check_addresses(world, urls, dict.fromkeys(PEOPLE, expected), (before, after, who))
    for who, urls in pages.items():
        # What the owner's page shows needs the owner; what a share link opened lives while the link does.
        if before != "private":
            allowed = set(PEOPLE) if after != "private" else set()
        else:
            allowed = OWNERS if who in OWNERS else set(PEOPLE)
        expectations = {asker: 200 if asker in allowed else 404 for asker in PEOPLE}
        check_addresses(world, urls, expectations, (before, after, who, "page"))
    check_now_when_settled(world, after)


def check_addresses(
    world: World, urls: list[str], expectations: dict[str, int], where: tuple[str, ...]
) -> None:
    """Check what each asker gets at addresses given out before, once it is settled."""
    for asker, status in expectations.items():
        expected = dict.fromkeys(urls, status)
        found = settled(lambda: {url: world.status(asker, url) for url in urls}, expected)  # noqa: B023
        assert found == expected, (*where, asker)


@pytest.mark.parametrize("way", ["session", "page", "API token", "share link"])
def test_addresses_end_with_what_got_them(world: World, way: str) -> None:
    """Logging out, or revoking a token or link, ends every address that was given by it, for everybody."""
    world.change("private")
    site, owner, base = world.site, world.callers["owner"], f"/api/v1/videos/{world.video_id}"
    ender, request = owner, ("POST", "/api/v1/auth/logout", None, {"X-Requested-With": "test"})
    if way == "session":
        ender = caller = Caller(site).sign_in("matrix-owner")
    elif way == "page":
        ender = caller = Caller(site).sign_in_to_pages("matrix-owner")
        form = {"Content-Type": "application/x-www-form-urlencoded"}
        request = ("POST", "/logout", f"csrfmiddlewaretoken={caller.cookies['csrftoken']}", form)
    elif way == "API token":
        made = owner.json("POST", "/api/v1/auth/api-tokens", {"name": "ends", "scopes": ["read"]})[1]
        caller, request = Program(site, made["token"]), ("DELETE", f"/api/v1/auth/api-tokens/{made['id']}")
    else:
        link = owner.json("POST", f"{base}/share-links", {})[1]
        caller, request = Caller(site), ("DELETE", f"{base}/share-links/{link['id']}")
        assert caller.call("GET", link["url"])[0] == 200
    urls, others = world.media_of(caller), world.media("program")
    assert len(urls) > 10
    check_addresses(world, urls, dict.fromkeys(PEOPLE, 200), (way, "before"))
    assert ender.call(*request)[0] in {204, 302}
    check_addresses(world, urls, dict.fromkeys(PEOPLE, 404), (way, "after"))
    check_addresses(world, others, {"anonymous": 200}, (way, "others"))


def check_now_when_settled(world: World, state: str) -> None:
    deadline = time.monotonic() + EFFECTIVE_SECONDS
    while True:
        try:
            check_now(world, state)
        except AssertionError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.3)
        else:
            return


def test_what_is_hidden_looks_like_what_does_not_exist(world: World) -> None:
    world.change("private")
    check_now_when_settled(world, "private")
    for who in ("anonymous", "other"):
        bodies = []
        for video_id in (world.video_id, "AAAAAAAAAAA"):
            status, headers, content = world.callers[who].call("GET", f"/api/v1/videos/{video_id}")
            body = json.loads(content)
            body.pop("request_id")
            bodies.append((status, headers["content-type"], body))
        assert bodies[0] == bodies[1]


def test_private_answers_are_kept_by_nobody(world: World) -> None:
    world.change("private")
    for url in (f"/watch/{world.video_id}", f"/api/v1/videos/{world.video_id}", *world.media("owner")[:6]):
        headers = world.callers["owner"].call("GET", url)[1]
        assert "private" in headers["cache-control"], url
        assert "public" not in headers["cache-control"], url

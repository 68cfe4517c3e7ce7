"""Checks that an updated site has everything that the release had, as seen over HTTP."""

from __future__ import annotations

import re
from urllib.parse import parse_qs, urlsplit

from tests.support.http_client import Caller
from tests.support.stack import Stack
from tests.upgrade import people
from tests.upgrade.people import Facts

# Differ from answer to answer: media addresses are signed for a while, and times were moved with the recording.
CHANGING_VALUES = re.compile(r"/media/v/|\A\d{4}-\d\d-\d\dT")
# Of a public video's thumbnail: the former signed address and the lasting one (docs/decisions/0046).
SIGNED_IMAGE = re.compile(r"/media/v/p[^/]+/(?P<image>[^/]+/[^/]+/[^/]+\.(?:webp|jpg))\Z")
LASTING_IMAGE = re.compile(r"/media/p/(?P<image>[^/]+/[^/]+/[^/]+\.(?:webp|jpg))\Z")
# What later versions answer otherwise on purpose, by question and place: the former value and the present one.
CHANGED_VALUES = {
    # The private video of a public playlist is not counted for others.
    (" /channels/anna/playlists", "/results/0/item_count"): (2, 1),
    ("ben /me/saved-playlists", "/results/0/item_count"): (2, 1),
    # A suggestion leads to the video.
    (" /search/suggest?q=light", "/results/0/url"): (
        "/search?q=A%20lighthouse%20at%20dusk",
        "/watch/O_LKQwbTp2w",
    ),
    # A video without a schedule has no visibility for one.
    ("anna /videos/{public}", "/publish_visibility"): ("public", None),
    ("anna /videos/{private}", "/publish_visibility"): ("public", None),
    # Notifications are worded when they are read.
    ("ben /me/notifications", "/results/0/text"): (
        "anna loved your comment on “A lighthouse at dusk”",
        "anna hearted your comment on “A lighthouse at dusk”",
    ),
    # The video that waited was processed.
    ("anna /me/notifications", "/unread"): (4, 5),
}


def check_site(site: Stack, facts: Facts) -> None:
    """Raise ``AssertionError`` about what is missing of a site that runs on what was recorded.

    Uses up sessions and recovery codes: a second check needs the recording again.
    """
    _left_over(site, facts)
    lost = [
        f"{question}: {place} was {before!r} and is {now!r}"
        for question, answer in people.read_contents(site, facts).items()
        for place, before, now in find_missing(facts["answers"][question], answer)
        if CHANGED_VALUES.get((question, place)) != (before, now)
    ]
    assert not lost, "\n".join(lost)
    _sessions(site, facts)
    _videos(site, facts)
    _database(site)


def find_missing(before: object, now: object, place: str = "") -> list[tuple[str, object, object]]:
    """Return where ``now`` lacks what ``before`` had or has another value: place, former value, present value.

    Members and items may be new. Items with an ``id`` are compared with the one of the same id.
    """
    if isinstance(before, dict) and isinstance(now, dict):
        return [
            lack
            for key, value in before.items()
            for lack in find_missing(value, now.get(key, "nothing"), f"{place}/{key}")
        ]
    if isinstance(before, list) and isinstance(now, list):
        return [
            lack
            for number, value in enumerate(before)
            for lack in find_missing(value, _fellow(value, number, now), f"{place}/{number}")
        ]
    if isinstance(before, str) and isinstance(now, str):
        if CHANGING_VALUES.search(before) and CHANGING_VALUES.search(now):
            return []
        now = now.removeprefix(people.SITE_URL)  # addresses have become absolute
        before = before.removeprefix(people.SITE_URL)
        signed, lasting = SIGNED_IMAGE.match(before), LASTING_IMAGE.match(now)
        if signed and lasting and signed["image"] == lasting["image"]:
            return []
    return [] if before == now else [(place, before, now)]


def _fellow(item: object, number: int, now: list[object]) -> object:
    if isinstance(item, dict) and "id" in item:
        return next((one for one in now if isinstance(one, dict) and one.get("id") == item["id"]), "nothing")
    return now[number] if number < len(now) else "nothing"


def _sessions(site: Stack, facts: Facts) -> None:
    for person in ("anna", "ben"):
        browser = Caller(site)
        browser.cookies["refresh"] = facts["refresh"][person]
        status, grant = browser.refresh()
        assert status == 200, (person, grant)
    page = Caller(site)
    page.cookies = dict(facts["pages"]["ben"])
    status, _, content = page.call("GET", "/settings/security")
    assert status == 200, (status, content[:300])
    script = Caller(site)
    status, answer = script.json("GET", "/api/v1/me", Authorization=f"Token {facts['api_token']}")
    assert (status, answer["username"]) == (200, "anna")
    people.sign_in_with_code(Caller(site), facts)
    Caller(site).sign_in("ben", facts["passwords"]["ben"])
    status, refused = Caller(site).json(
        "POST", "/api/v1/auth/token", {"login": "anna", "password": facts["passwords"]["anna"]}
    )
    assert (status, refused["code"]) == (401, "otp_required")


def _videos(site: Stack, facts: Facts) -> None:
    anyone = Caller(site)
    _, public = anyone.json("GET", f"/api/v1/videos/{facts['public']}")
    _plays(anyone, public)
    _shows(anyone, public)
    link = urlsplit(facts["share_link"])
    status, _, content = anyone.call("GET", f"{link.path}?{link.query}")
    assert status == 200, (status, content[:300])
    share = parse_qs(link.query)["share"][0]
    status, shared = anyone.json("GET", f"/api/v1/videos/{facts['private']}?share={share}")
    assert status == 200, shared
    _plays(anyone, shared)
    status, _, _ = Caller(site).call("GET", f"/watch/{facts['private']}")
    assert status == 404
    status, _, content = anyone.call("GET", facts["private_feed"])
    assert status == 200, content
    assert b"lighthouse" in content


def _plays(caller: Caller, video: dict[str, str]) -> None:
    """Fetch the manifest, a playlist in it, and its first segment."""
    address = video["hls_url"]
    for pattern in (rb"^[^#\n]\S*\.m3u8\S*$", rb"^[^#\n]\S*$", b""):
        status, _, content = caller.call("GET", address)
        assert status == 200, (address, status)
        assert content
        if pattern:
            found = re.search(pattern, content, re.MULTILINE)
            assert found, content
            address = (
                urlsplit(address)._replace(query="").geturl().rpartition("/")[0] + "/" + found[0].decode()
            )


def _shows(caller: Caller, video: dict[str, str]) -> None:
    """Fetch the thumbnail from its address, and from a signed one as pages of the release have."""
    address = urlsplit(video["thumbnail_url"]).path
    folder, name = urlsplit(video["hls_url"]).path.rpartition("/")[0], address.rpartition("/")[2]
    assert SIGNED_IMAGE.match(f"{folder}/{name}"), folder
    lasting, signed = (caller.call("GET", path) for path in (address, f"{folder}/{name}"))
    assert (lasting[0], signed[0]) == (200, 200), (address, folder)
    assert lasting[2] == signed[2] != b""


def _left_over(site: Stack, facts: Facts) -> None:
    """Jobs and uploads of before the update come to their ends; a closed account's video is in no list."""
    anna = Caller(site)
    anna.token = facts["access"]["anna"]
    status, headers, _ = anna.call(
        "HEAD", f"/api/v1/uploads/{facts['upload']}", headers={"Tus-Resumable": "1.0.0"}
    )
    assert (status, headers["upload-offset"]) == (200, str(facts["upload_received"]))
    _plays(anna, anna.wait(facts["waiting"], "ready"))
    _, listed = Caller(site).json("GET", "/api/v1/videos")
    assert {video["id"] for video in listed["results"]} == {facts["public"]}


def _database(site: Stack) -> None:
    site.manage("ensure_indexes", "--check")
    site.manage("reconcile", "--check")

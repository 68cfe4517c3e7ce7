"""People's actions on a site of the last release before it is recorded, over HTTP as any client's."""

from __future__ import annotations

import base64
import json
import time
from pathlib import Path
from typing import TypedDict

import pyotp

from tests.support.clips import make_clip
from tests.support.http_client import Caller
from tests.support.stack import Stack


class Facts(TypedDict, total=False):
    """The facts of a recorded installation, as in its ``facts.json``."""

    public: str
    private: str
    suspended: str
    waiting: str
    upload: str
    upload_received: int
    share_link: str
    share_link_id: str
    comment: str
    post: str
    playlist: str
    recovery_codes: list[str]
    api_token: str
    private_feed: str
    pages: dict[str, dict[str, str]]
    refresh: dict[str, str]
    access: dict[str, str]
    passwords: dict[str, str]
    answers: dict[str, object]
    recorded_at: str
    release: str
    secret_key: str


SITE_URL = "http://localhost:8000"
SUBTITLES = "WEBVTT\n\n00:00.500 --> 00:02.000\nThe lighthouse keeper waves\n"
# Asked of the release and of what it was updated to. The new answers have to hold everything that the old ones do.
READ_PATHS: dict[str, tuple[str, ...]] = {
    "anna": (
        "/me",
        "/auth/totp",
        "/auth/api-tokens",
        "/studio/videos",
        "/studio/comments",
        "/playlists",
        "/playlists/{playlist}",
        "/playlists/{playlist}/items",
        "/me/notifications",
        "/me/blocks",
        "/videos/{public}",
        "/videos/{private}",
        "/videos/{private}/share-links",
        "/videos/{public}/captions",
        "/videos/{public}/comments",
    ),
    "ben": (
        "/me",
        "/me/subscriptions",
        "/me/feed",
        "/me/feed/posts",
        "/me/history",
        "/me/likes",
        "/me/watch-later",
        "/me/saved-playlists",
        "/me/notifications",
        "/me/feed/rss",
        "/videos/{public}",
        "/videos/{public}/comments",
    ),
    "": (
        "/videos?q=lighthouse",
        "/videos?q=waves",
        "/videos?category=travel",
        "/videos?tag=sea",
        "/channels/anna",
        "/channels/anna/videos",
        "/channels/anna/playlists",
        "/channels/anna/posts",
        "/videos/{public}",
        "/videos/{public}/comments",
        "/videos/{public}/transcript",
        "/comments/{comment}/replies",
        "/posts/{post}",
        "/posts/{post}/comments",
        "/search/suggest?q=light",
    ),
}


def create_contents(site: Stack, folder: Path) -> Facts:
    """Fill a running site; return what a test has to know: names, ids, secrets.

    ``folder`` is for the clips. Nothing is left to process at the end.
    """
    anna, ben, carl = (Caller(site).sign_up(name) for name in ("anna", "ben", "carl"))
    facts = _videos(anna, carl, folder)
    _talk(anna, ben, facts)
    _collect(anna, ben, facts)
    _watch(ben, facts)
    _secure(anna, ben, facts)
    _wait_for_the_view(anna, facts["public"])
    return facts


def read_contents(site: Stack, facts: Facts) -> dict[str, object]:
    """Return the answers to ``QUESTIONS``, by ``"person path"``. Raises ``AssertionError`` for a status but 200."""
    found = {}
    for person, paths in READ_PATHS.items():
        caller = Caller(site)
        if person:
            caller.token = facts["access"][person]
        for path in paths:
            status, answer = caller.json("GET", "/api/v1" + path.format(**facts))
            assert status == 200, (person, path, status, answer)
            found[f"{person} {path}"] = answer
    return found


def make_small_clip(path: Path, *, audio: bool = False) -> Path:
    """Write two seconds that take little room, also when they were encoded."""
    options = ("-crf", "45", "-ac", "1", "-ar", "16000", "-b:a", "16k")
    return make_clip(path, 2, (160, 90), 10, audio=audio, filters="boxblur=12", options=options)


def sign_in_with_code(caller: Caller, facts: Facts) -> None:
    """Sign in as Anna, whose account has a second factor. Each code works once, recovery codes are used."""
    caller.sign_in("anna", otp=facts["recovery_codes"].pop())


def _done(answer, *statuses: int):
    status, body = answer
    assert status in (statuses or (200, 201, 204)), answer
    return body


def _videos(anna: Caller, carl: Caller, folder: Path) -> Facts:
    clips = [make_small_clip(folder / f"{number}.mp4", audio=number == 0) for number in range(3)]
    facts: Facts = {
        "public": anna.upload(
            clips[0],
            title="A lighthouse at dusk",
            description="Filmed from the pier.",
            visibility="public",
            category="travel",
            language="en",
            tags="sea,light",
        ),
        "private": anna.upload(clips[1], title="Family only", visibility="private"),
        "suspended": carl.upload(clips[2], title="By a closed account", visibility="public"),
    }
    for caller, video_id in (
        (anna, facts["public"]),
        (anna, facts["private"]),
        (carl, facts["suspended"]),
    ):
        caller.wait(video_id, "ready")
    tracks = f"/api/v1/videos/{facts['public']}/captions"
    for body in ({"language": "en", "text": SUBTITLES}, {"language": "de", "text": SUBTITLES}):
        _done(anna.json("POST", tracks, body))
    link = _done(anna.json("POST", f"/api/v1/videos/{facts['private']}/share-links", {"label": "granny"}))
    length = clips[0].stat().st_size
    metadata = f"filename {base64.b64encode(b'later.mp4').decode()}"
    tus = {"Tus-Resumable": "1.0.0"}
    status, headers, _ = anna.call(
        "POST", "/api/v1/uploads", b"", {**tus, "Upload-Length": str(length), "Upload-Metadata": metadata}
    )
    assert status == 201, status
    offset = {"Upload-Offset": "0", "Content-Type": "application/offset+octet-stream"}
    status, _, _ = anna.call("PATCH", headers["location"], clips[0].read_bytes()[:1000], {**tus, **offset})
    assert status == 204, status
    facts |= {"upload": headers["location"].rpartition("/")[2], "upload_received": 1000}
    return facts | {"share_link": link["url"], "share_link_id": link["id"]}


def _talk(anna: Caller, ben: Caller, facts: Facts) -> None:
    comments = f"/api/v1/videos/{facts['public']}/comments"
    comment = _done(ben.json("POST", comments, {"text": "What a light!"}))["id"]
    _done(anna.json("POST", f"/api/v1/comments/{comment}/replies", {"text": "Thank you"}))
    _done(anna.json("PUT", f"/api/v1/comments/{comment}/pin"))
    _done(anna.json("PUT", f"/api/v1/comments/{comment}/heart"))
    _done(anna.json("PUT", f"/api/v1/comments/{comment}/reaction", {"value": "like"}))
    _done(ben.json("PUT", f"/api/v1/videos/{facts['public']}/reaction", {"value": "like"}))
    post = _done(anna.json("POST", "/api/v1/posts", {"text": "New film!", "video_id": facts["public"]}))["id"]
    _done(ben.json("PUT", f"/api/v1/posts/{post}/reaction", {"value": "like"}))
    _done(ben.json("POST", f"/api/v1/posts/{post}/comments", {"text": "At last"}))
    _done(
        ben.json("POST", f"/api/v1/videos/{facts['suspended']}/report", {"reason": "spam", "text": "An ad"})
    )
    _done(anna.json("PUT", "/api/v1/me/blocks/carl"))
    facts |= {"comment": comment, "post": post}


def _collect(anna: Caller, ben: Caller, facts: Facts) -> None:
    made = {"title": "Evenings", "visibility": "public", "video_ids": [facts["public"], facts["private"]]}
    playlist = _done(anna.json("POST", "/api/v1/playlists", made))["id"]
    _done(ben.json("PUT", f"/api/v1/me/saved-playlists/{playlist}"))
    _done(ben.json("PUT", f"/api/v1/me/watch-later/{facts['public']}"))
    _done(ben.json("PUT", "/api/v1/channels/anna/subscription", {"notify": "all"}))
    facts["playlist"] = playlist


def _watch(ben: Caller, facts: Facts) -> None:
    """Watch the public video whole, as a browser says it; one without a name counts as a bot."""
    path = f"/api/v1/videos/{facts['public']}/playback"
    for position in (0, 2):
        beat = {"position": position, "watched": [[0, position]] if position else [], "source": "home"}
        answer = _done(
            ben.json("POST", path, beat, User_Agent="Mozilla/5.0 (X11; Linux x86_64) Firefox/140.0")
        )
        time.sleep(0 if position else 2.5)  # the site counts no more than has passed
    assert answer["view"] == "counted", answer


def _wait_for_the_view(anna: Caller, video: str) -> None:
    """Wait until a worker has added up what was watched."""
    deadline = time.monotonic() + 60
    while anna.json("GET", f"/api/v1/videos/{video}")[1]["counts"]["views"] != 1:
        assert time.monotonic() < deadline
        time.sleep(0.2)


def _secure(anna: Caller, ben: Caller, facts: Facts) -> None:
    """Give Anna a second factor and Ben another password: their security epochs are no longer 0."""
    secret = _done(anna.json("POST", "/api/v1/auth/totp/setup"))["secret"]
    enabled = _done(anna.json("POST", "/api/v1/auth/totp/enable", {"otp": pyotp.TOTP(secret).now()}))
    facts["recovery_codes"] = enabled["recovery_codes"]
    change = {"current_password": "correct horse battery", "new_password": "battery horse correct"}
    _done(ben.json("POST", "/api/v1/auth/password/change", change))
    ben.sign_in("ben", change["new_password"], remember=True)
    sign_in_with_code(anna, facts)
    body = {"name": "script", "scopes": ["read"]}
    facts["api_token"] = _done(anna.json("POST", "/api/v1/auth/api-tokens", body))["token"]
    facts["private_feed"] = _done(ben.json("POST", "/api/v1/me/feed/rss"))["url"]
    ben.sign_in_to_pages("ben", change["new_password"])
    facts["pages"] = {"ben": {name: value for name, value in ben.cookies.items() if name != "refresh"}}
    facts["refresh"] = {"anna": anna.cookies["refresh"], "ben": ben.cookies["refresh"]}
    facts["access"] = {"anna": anna.token, "ben": ben.token}
    facts["passwords"] = {"anna": change["current_password"], "ben": change["new_password"]}


def dump_facts(facts: Facts) -> str:
    """Return facts as they are stored."""
    return json.dumps(facts, indent=1, sort_keys=True) + "\n"

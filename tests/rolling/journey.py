"""A journey: people write on one side, and read and change all of it on the other."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from pathlib import Path

from tests.rolling.sides import Side
from tests.support.http_client import Body, Caller

TRACK = "WEBVTT\n\n00:00.000 --> 00:01.000\nHello\n"
# Read by those who wrote: {owner}, {fan} are usernames.
LISTS = (
    *("me", "auth/sessions", "auth/activity", "auth/api-tokens", "me/history", "me/likes", "me/watch-later"),
    *(
        "me/saved-playlists",
        "me/subscriptions",
        "me/feed",
        "me/feed/posts",
        "me/feed/rss",
        "me/notifications",
    ),
    *("me/notifications/unread", "me/channel-page", "me/decisions", "me/blocks", "studio/videos"),
    *("studio/comments", "studio/comment-rules", "studio/stats", "playlists", "trending", "videos?q=journey"),
    *("channels/{owner}", "channels/{owner}/videos", "channels/{owner}/playlists", "channels/{owner}/posts"),
    *("channels/{owner}/front", "channels/{owner}/subscribers", "channels/{fan}", "videos/{video}"),
    *("videos/{video}/comments", "videos/{video}/captions", "videos/{video}/transcript", "posts/{post}"),
    *("videos/{video}/related", "playlists/{playlist}", "playlists/{playlist}/items", "comments/{comment}"),
    *("comments/{comment}/replies", "posts/{post}/comments", "search/suggest?q=jour"),
)
OWNERS = ("videos/{video}/share-links", "videos/{video}/processing", "studio/videos/{video}/stats")
PAGES = (
    *("/", "/trending", "/search?q=journey", "/feed", "/library", "/history", "/liked", "/watch-later"),
    *("/subscriptions", "/notifications", "/@{owner}", "/@{owner}/videos", "/@{owner}/playlists"),
    *("/@{owner}/posts", "/@{owner}/about", "/settings/profile", "/settings/sessions", "/settings/security"),
    *("/settings/api-tokens", "/settings/channel", "/watch/{video}", "/watch/{video}?list={playlist}"),
    *("/embed/{video}", "/playlists/{playlist}", "/posts/{post}", "/studio/videos", "/studio/comments"),
)


class Journey:
    """Two people on one side. ``faults`` are calls that were not answered as they should be."""

    def __init__(self, side: Side, other: Side) -> None:
        self.side, self.other = side, other
        self.faults: list[str] = []
        self.counts: Counter[str] = Counter()
        self.owner, self.fan = Caller(side), Caller(side)
        self.names = {"owner": f"{side.name}owner", "fan": f"{side.name}fan"}
        self.ids: dict[str, str] = dict(self.names)

    def write(self, clip: Path) -> None:
        """Write one of everything; the video is processed by this side's workers."""
        self.owner.sign_up(self.names["owner"])
        self.fan.sign_up(self.names["fan"])
        self.side.start_workers()
        self.ids["video"] = self.owner.upload(clip, title=f"Journey {self.side.name}", visibility="public")
        self.owner.wait(self.ids["video"], "ready")
        self.side.stop_workers()
        video, owner, fan = f"videos/{self.ids['video']}", self.owner, self.fan
        self.ids["comment"] = self._made(fan, f"{video}/comments", {"text": f"Hi @{self.names['owner']}"})
        self._made(owner, f"comments/{self.ids['comment']}/replies", {"text": "Hello"})
        self._do(owner, "PUT", f"comments/{self.ids['comment']}/reaction", {"value": "like"})
        self._do(owner, "PUT", f"comments/{self.ids['comment']}/heart")
        self._do(fan, "PUT", f"{video}/reaction", {"value": "like"})
        self._do(fan, "PUT", f"channels/{self.names['owner']}/subscription", {"notify": "all"})
        self._do(fan, "POST", f"{video}/playback", {"position": 1, "watched": [[0, 1]]})
        self._do(fan, "PUT", f"me/watch-later/{self.ids['video']}")
        self._made(fan, f"{video}/report", {"reason": "spam"})
        body = {"title": "List", "visibility": "public", "video_ids": [self.ids["video"]]}
        self.ids["playlist"] = self._made(owner, "playlists", body)
        self._do(fan, "PUT", f"me/saved-playlists/{self.ids['playlist']}")
        self._do(owner, "PUT", f"playlists/{self.ids['playlist']}/collaborators/{self.names['fan']}")
        self.ids["post"] = self._made(owner, "posts", {"text": "News", "video_id": self.ids["video"]})
        self._do(fan, "PUT", f"posts/{self.ids['post']}/reaction", {"value": "like"})
        self._made(fan, f"posts/{self.ids['post']}/comments", {"text": "Nice"})
        self._made(owner, f"{video}/share-links", {})
        self._made(owner, "auth/api-tokens", {"name": "script", "scopes": ["read"]})
        self._made(owner, "me/feed/rss", {})
        self._do(owner, "PATCH", "me", {"bio": "Here"})
        self._do(owner, "PATCH", "me/preferences", {"theme": "dark"})
        self._do(owner, "PATCH", "me/channel-page", {"featured": self.ids["video"]})
        self._do(owner, "PATCH", "studio/comment-rules", {"blocked_words": ["casino"]})
        self._track()

    def read(self) -> None:
        """Read everything on both sides: with the sessions of this side, and newly signed in."""
        for side in (self.side, self.other):
            for who in ("owner", "fan"):
                caller = self._on(side, who)
                for path in (*LISTS, *(OWNERS if who == "owner" else ())):
                    self._expect(side, caller, "GET", f"/api/v1/{path.format(**self.ids)}", {200})
                again = Caller(side).sign_in(self.names[who]).sign_in_to_pages(self.names[who])  # type: ignore[arg-type]
                self._expect(side, again, "GET", "/api/v1/me", {200})
                again.token = ""
                for path in PAGES:
                    self._expect(side, again, "GET", path.format(**self.ids), {200})
            status, answer = self._on(side, "fan").json("GET", f"/api/v1/videos/{self.ids['video']}")
            if status == 200:
                self._expect(side, Caller(side), "GET", answer["hls_url"], {200})  # type: ignore[arg-type]

    def edit(self) -> None:
        """Change on the other side what was written on this one, and refresh the session there."""
        owner, fan = self._on(self.other, "owner"), self._on(self.other, "fan")
        video, playlist = f"videos/{self.ids['video']}", f"playlists/{self.ids['playlist']}"
        self._do(owner, "PATCH", video, {"title": "Journey changed", "category": "music", "tags": ["x"]})
        self._do(owner, "PATCH", video, {"visibility": "private"})
        self._do(owner, "PATCH", video, {"visibility": "public"})
        self._do(owner, "PATCH", playlist, {"title": "Renamed", "sort": "newest"})
        self._do(fan, "POST", f"{playlist}/items", {"video_id": self.ids["video"]}, {200, 201, 409})
        self._do(fan, "PATCH", f"comments/{self.ids['comment']}", {"text": "Changed"})
        self._do(owner, "PATCH", f"posts/{self.ids['post']}", {"text": "Newer"})
        self._do(fan, "DELETE", f"{video}/reaction")
        self._do(fan, "PUT", f"{video}/reaction", {"value": "dislike"})
        self._do(fan, "DELETE", f"channels/{self.names['owner']}/subscription")
        self._do(fan, "PUT", f"channels/{self.names['owner']}/subscription", {"notify": "all"})
        self._do(owner, "PATCH", "me", {"bio": "There"})
        self._do(owner, "PATCH", "me/channel-page", {"featured": ""})
        self._do(fan, "POST", "me/notifications/read", {})
        self._do(fan, "POST", f"{video}/playback", {"position": 2, "watched": [[1, 2]]})
        self._do(fan, "POST", "auth/token/refresh", {"refresh": self.refresh_of("fan")})

    def refresh_of(self, who: str) -> str:
        """Sign in on this side as a native client; return the refresh token."""
        body = {"login": self.names[who], "password": "correct horse battery", "client": "native"}
        _, grant = Caller(self.side).json("POST", "/api/v1/auth/token", body)  # type: ignore[arg-type]
        return str(grant["refresh"])

    def _on(self, side: Side, who: str) -> Caller:
        """Return a caller of a side with the session of this side."""
        caller = Caller(side)  # type: ignore[arg-type]
        caller.token = getattr(self, who).token
        return caller

    def _track(self) -> None:
        boundary = "boundary-of-a-track"
        lines = [
            f'--{boundary}\r\nContent-Disposition: form-data; name="language"\r\n\r\nen\r\n',
            f'--{boundary}\r\nContent-Disposition: form-data; name="file"; filename="a.vtt"\r\n'
            f"Content-Type: text/vtt\r\n\r\n{TRACK}\r\n--{boundary}--\r\n",
        ]
        kind = {"Content-Type": f"multipart/form-data; boundary={boundary}"}
        path = f"/api/v1/videos/{self.ids['video']}/captions"
        self._expect(self.side, self.owner, "POST", path, {201}, "".join(lines).encode(), kind)

    def _made(self, caller: Caller, path: str, body: Mapping[str, object]) -> str:
        content = self._do(caller, "POST", path, body)
        return str(json.loads(content).get("id", "")) if content else ""

    def _do(
        self, caller: Caller, method: str, path: str, body: Body = None, wanted: set[int] | None = None
    ) -> bytes:
        side = self.side if caller.address.port == self.side.port else self.other
        return self._expect(side, caller, method, f"/api/v1/{path}", wanted or {200, 201, 202, 204}, body)

    def _expect(
        self,
        side: Side,
        caller: Caller,
        method: str,
        path: str,
        wanted: set[int],
        body: Body = None,
        headers: dict[str, str] | None = None,
    ) -> bytes:
        status, _, content = caller.call(method, path, body, headers)
        self.counts[f"{self.side.name} wrote, {side.name} {'read' if method == 'GET' else 'changed'}"] += 1
        if status not in wanted:
            detail = content[:160].decode(errors="replace") if content[:1] == b"{" else ""
            self.faults.append(f"{side.name}: {method} {path}: {status} {detail}")
            return b""
        return content

"""People who use the rehearsed deployment through nginx, as clients that try again until they are answered."""

from __future__ import annotations

import http.client
import itertools
import json
import random
import secrets
import threading
import time
from base64 import b64encode
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from urllib.parse import urljoin, urlsplit

from bench.cluster.ledger import BUSY, Attempt, Ledger
from tests.support.http_client import PASSWORD, Answer, Body, Caller

PAUSE = 0.2
GIVE_UP_SECONDS = 180
READ, WRITE, REFRESH = "read", "write", "refresh"
COPIES = 4
CHUNK = 64 * 1024


class Client(Caller):
    """A caller whose every request is in the ledger."""

    def __init__(self, site: Any, ledger: Ledger, kind: str) -> None:
        super().__init__(site)
        self.ledger, self.kind = ledger, kind
        ledger.secret(PASSWORD)

    def connect(self) -> http.client.HTTPConnection:
        """Return a connection for one request, which ends after 30 s of silence."""
        return http.client.HTTPConnection(self.address.hostname or "", self.address.port, timeout=30)

    def call(
        self, method: str, path: str, body: Body = None, headers: dict[str, str] | None = None
    ) -> Answer:
        """Send a request; ``OSError`` unless there is a whole answer. Note both."""
        begun, status = time.monotonic(), 0
        try:
            answer = super().call(method, path, body, headers)
            status = answer[0]
        finally:
            self.ledger.note(Attempt(self.kind, begun, time.monotonic() - begun, status))
            for secret in (self.token, self.cookies.get("refresh", "")):
                if secret:
                    self.ledger.secret(secret)
        return answer

    def persist(
        self, method: str, path: str, body: Body = None, headers: dict[str, str] | None = None
    ) -> Answer:
        """Repeat a request until it is done or refused for good, and note how long that took.

        An access token that has run out is renewed. Raises ``TimeoutError`` after ``GIVE_UP_SECONDS``.
        """
        begun = time.monotonic()
        while time.monotonic() < begun + GIVE_UP_SECONDS:
            try:
                answer = self.call(method, path, body, headers)
            except OSError:
                answer = (0, {}, b"")
            status = answer[0]
            if status == 401 and self.cookies.get("refresh"):
                self._renew()
            elif status and status not in BUSY and not _is_in_progress(answer):
                self.ledger.waited(self.kind, begun)
                if status >= 400:
                    self.ledger.fault(f"{method} {urlsplit(path).path}: {status} {answer[2][:200]!r}")
                return answer
            time.sleep(PAUSE)
        raise TimeoutError(f"{method} {path} was not answered in {GIVE_UP_SECONDS} s")

    def _renew(self) -> None:
        try:
            status, grant = self.refresh()
        except OSError:
            return
        if status == 401:
            self.ledger.broken(f"renewing: {grant}")


class Person(threading.Thread):
    """Does one thing again and again, ``pause`` seconds after the last time, until ``stopping`` is set."""

    pause = 0.1
    kind = WRITE

    def __init__(self, site: Any, ledger: Ledger, name: str) -> None:
        super().__init__(name=name, daemon=True)
        self.site, self.ledger = site, ledger
        self.stopping = threading.Event()
        self.client = Client(site, ledger, self.kind)
        self.client.sign_up(name)

    def run(self) -> None:
        """Go on until told to stop; what fails in a way that no fault excuses is in the ledger."""
        while not self.stopping.wait(self.pause):
            try:
                self.act()
            except Exception as error:
                self.ledger.fault(f"{self.name}: {error!r}"[:400])

    def act(self) -> None:
        """Do it once."""
        raise NotImplementedError


class Viewer(Person):
    """Opens pages and plays: watch page, list, manifest, playlist, segment."""

    kind = READ

    def __init__(self, site: Any, ledger: Ledger, name: str, video_id: str) -> None:
        super().__init__(site, ledger, name)
        self.video_id = video_id

    def act(self) -> None:
        """Open a video and read its first segment."""
        self.client.persist("GET", "/api/v1/videos")
        self.client.persist("GET", f"/watch/{self.video_id}")
        _, _, content = self.client.persist("GET", f"/api/v1/videos/{self.video_id}")
        play(self.client, json.loads(content))


class Commenter(Person):
    """Writes comments; now and then the network repeats the request several times at once."""

    def __init__(self, site: Any, ledger: Ledger, name: str, video_id: str) -> None:
        super().__init__(site, ledger, name)
        self.path = f"/api/v1/videos/{video_id}/comments"
        self.numbers = itertools.count()
        self.storms = 0

    def act(self) -> None:
        """Write one comment, once or as a storm of the same request."""
        number = next(self.numbers)
        body = {"text": f"{self.name} says {number}"}
        headers = {"Idempotency-Key": secrets.token_hex(16)}
        repeats = COPIES if number % 5 == 0 else 1
        with ThreadPoolExecutor(repeats) as pool:
            sent = [
                pool.submit(self.client.persist, "POST", self.path, body, headers) for _ in range(repeats)
            ]
            answers = [each.result() for each in sent]
        made = {json.loads(content)["id"] for status, _, content in answers if status == 201}
        if len(made) > 1:
            self.ledger.fault(f"{body['text']}: {len(made)} comments for one key")
        if made:
            self.storms += repeats > 1
            self.ledger.promise("comment", body["text"])


class Fan(Person):
    """Likes, dislikes and takes it back; ``last`` is what was acknowledged last."""

    def __init__(self, site: Any, ledger: Ledger, name: str, video_id: str) -> None:
        super().__init__(site, ledger, name)
        self.path = f"/api/v1/videos/{video_id}/reaction"
        self.last: str | None = None

    def act(self) -> None:
        """Change the mind once."""
        value = random.choice(("like", "dislike", None))
        if value is None:
            self.client.persist("DELETE", self.path)
        else:
            self.client.persist("PUT", self.path, {"value": value})
        self.last = value


class Native(Person):
    """A program with a session of its own, which rotates its refresh token without pause."""

    kind = REFRESH

    def __init__(self, site: Any, ledger: Ledger, name: str) -> None:
        super().__init__(site, ledger, name)
        body = {"login": name, "password": PASSWORD, "client": "native"}
        status, grant = Client(site, ledger, REFRESH).json("POST", "/api/v1/auth/token", body)
        if status != 200:
            raise RuntimeError(f"{name} cannot sign in: {grant}")
        self.token = str(grant["refresh"])
        self.client.token, self.client.cookies = "", {}
        self.rotations = 0
        self.is_broken = False

    def act(self) -> None:
        """Rotate once. A request without an answer is repeated with the same token."""
        if self.is_broken:
            return
        self.ledger.secret(self.token)
        begun = time.monotonic()
        while not self.stopping.is_set():
            try:
                status, grant = self.client.json(
                    "POST", "/api/v1/auth/token/refresh", {"refresh": self.token}
                )
            except OSError:
                status, grant = 0, None
            if status == 200:
                self.token = str(grant["refresh"])
                self.rotations += 1
                self.ledger.waited(self.kind, begun)
                return
            if status and status not in BUSY:
                self.is_broken = True
                self.ledger.broken(f"{self.name} after {time.monotonic() - begun:.1f} s: {status} {grant}")
                return
            time.sleep(PAUSE)


class Uploader(Person):
    """Uploads small files, as a form and in pieces by turns; each is published unlisted."""

    pause = 4.0

    def __init__(self, site: Any, ledger: Ledger, name: str, clip: Path) -> None:
        super().__init__(site, ledger, name)
        self.content = clip.read_bytes()
        self.numbers = itertools.count()

    def act(self) -> None:
        """Upload one file."""
        number = next(self.numbers)
        title = f"{self.name} films {number}"
        made = self._in_pieces(title) if number % 2 else self._as_form(title)
        if made:
            self.ledger.promise("video", made)

    def _as_form(self, title: str) -> str:
        boundary = "boundary-of-this-form"
        fields = {"title": title, "visibility": "unlisted"}
        lines = [
            f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
            for name, value in fields.items()
        ]
        lines.append(f'--{boundary}\r\nContent-Disposition: form-data; name="file"; filename="c.mp4"\r\n\r\n')
        body = "".join(lines).encode() + self.content + f"\r\n--{boundary}--\r\n".encode()
        headers = {
            "Content-Type": f"multipart/form-data; boundary={boundary}",
            "Idempotency-Key": secrets.token_hex(16),
        }
        status, _, content = self.client.persist("POST", "/api/v1/videos", body, headers)
        return str(json.loads(content)["id"]) if status == 201 else ""

    def _in_pieces(self, title: str) -> str:
        tus = {"Tus-Resumable": "1.0.0"}
        pairs = {"filename": "c.mp4", "title": title, "visibility": "unlisted"}
        named = ",".join(f"{key} {b64encode(value.encode()).decode()}" for key, value in pairs.items())
        sizes = {"Upload-Length": str(len(self.content)), "Upload-Metadata": named}
        key = {"Idempotency-Key": secrets.token_hex(16)}
        status, headers, _ = self.client.persist("POST", "/api/v1/uploads", b"", tus | sizes | key)
        if status != 201:
            return ""
        place = urlsplit(headers["location"]).path
        video_id = headers["x-video-id"]
        at = 0
        while at < len(self.content):
            kind = {"Content-Type": "application/offset+octet-stream", "Upload-Offset": str(at)}
            piece = self.content[at : at + CHUNK]
            try:
                status, answered, _ = self.client.call("PATCH", place, piece, tus | kind)
            except OSError:
                status, answered = 0, {}
            if status != 204:
                time.sleep(PAUSE)
                status, answered, _ = self.client.persist("HEAD", place, None, tus)
                if status != 200:
                    return ""
            at = int(answered["upload-offset"])
            video_id = answered.get("x-video-id", video_id)
        return video_id


def _is_in_progress(answer: Answer) -> bool:
    """Return whether the first of several equal requests has not been answered yet."""
    return answer[0] == 409 and b"is still in progress" in answer[2]


def play(client: Client, video: dict[str, Any]) -> bytes:
    """Return the first segment of the video's first rendition."""
    _, _, master = client.persist("GET", video["hls_url"])
    playlist = urljoin(video["hls_url"], _first_address(master))
    _, _, listed = client.persist("GET", playlist)
    _, _, segment = client.persist("GET", urljoin(playlist, _first_address(listed)))
    return segment


def _first_address(playlist: bytes) -> str:
    return next(line for line in playlist.decode().splitlines() if line and not line.startswith("#"))

"""A visitor of a deployed site, by its public name and its certificate, through whatever is in front of it."""

from __future__ import annotations

import json
import ssl
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

from tests.support.deploy.containers import Container

PASSWORD = "correct horse battery"
READY_SECONDS = 120
# What the guide has people type, with the answers that a terminal would ask for.
CREATE_ADMINISTRATOR = (
    *("python", "manage.py", "createsuperuser", "--noinput"),
    *("--username", "boss", "--email", "boss@example.org"),
)


class Visitor:
    """Speaks to ``url``; ``headers`` are what a proxy that is not there would add."""

    def __init__(
        self, url: str, *, authority: Path | None = None, headers: dict[str, str] | None = None
    ) -> None:
        self.url = url
        self.headers = dict(headers or {})
        context = ssl.create_default_context(cafile=str(authority)) if authority else None
        handlers = [urllib.request.HTTPSHandler(context=context)] if context else []
        self._opener = urllib.request.build_opener(urllib.request.ProxyHandler({}), *handlers)

    def call(
        self, method: str, path: str, body: bytes | Iterator[bytes] | None = None, **headers: str
    ) -> tuple[int, dict[str, str], bytes]:
        """Return status, headers (names in lower case) and content; ``path`` may be a whole URL of the site."""
        target = self.url + path if path.startswith("/") else path
        named = self.headers | {name.replace("_", "-"): value for name, value in headers.items()}
        request = urllib.request.Request(target, body, named, method=method)  # noqa: S310 - our own address
        try:
            with self._opener.open(request, timeout=30) as answer:
                return answer.status, {k.lower(): v for k, v in answer.headers.items()}, answer.read()
        except urllib.error.HTTPError as error:
            return error.code, {k.lower(): v for k, v in error.headers.items()}, error.read()

    def wait_until_answering(self, front: Container) -> None:
        """Return once the front page comes through ``front``."""
        deadline = time.monotonic() + READY_SECONDS
        while True:
            try:
                status, _, content = self.call("GET", "/")
                assert status == 200, content
            except OSError:
                assert front.is_running(), front.output()
                assert time.monotonic() < deadline, front.output()
                time.sleep(0.2)
            else:
                return

    def json(self, method: str, path: str, body: object = None, **headers: str) -> tuple[int, Any]:
        """Return status and the JSON of the answer."""
        sent = None if body is None else json.dumps(body).encode()
        status, _, content = self.call(method, path, sent, Content_Type="application/json", **headers)
        return status, json.loads(content or b"null")

    def sign_in(self, name: str, password: str = PASSWORD) -> None:
        """Send a token from here on."""
        status, grant = self.json(
            "POST", "/api/v1/auth/token", {"login": name, "password": password, "client": "native"}
        )
        assert status == 200, grant
        self.headers["Authorization"] = f"Bearer {grant['access']}"

    def upload(self, clip: Path, *, in_chunks: bool = False, **metadata: str) -> str:
        """Upload by tus in one request, without its length when ``in_chunks``; the video's id."""
        import base64

        content = clip.read_bytes()
        told = ",".join(
            f"{name} {base64.b64encode(value.encode()).decode()}" for name, value in metadata.items()
        )
        status, headers, answer = self.call(
            "POST",
            "/api/v1/uploads",
            b"",
            Tus_Resumable="1.0.0",
            Upload_Length=str(len(content)),
            Upload_Metadata=told,
        )
        assert status == 201, answer
        status, _, answer = self.call(
            "PATCH",
            headers["location"],
            iter([content[:999], content[999:]]) if in_chunks else content,
            Tus_Resumable="1.0.0",
            Upload_Offset="0",
            Content_Type="application/offset+octet-stream",
        )
        assert status == 204, answer
        return headers["x-video-id"]

    def wait_until_ready(self, video_id: str) -> dict[str, Any]:
        """Return the video once it can be played."""
        deadline = time.monotonic() + READY_SECONDS
        video: dict[str, Any] = {}
        while time.monotonic() < deadline:
            _, video = self.json("GET", f"/api/v1/videos/{video_id}")
            if video["status"] == "ready":
                return video
            assert video["status"] != "failed", video["failure"]
            time.sleep(0.3)
        raise AssertionError(f"not ready within {READY_SECONDS} s: {video}")

    def play(self, video: Mapping[str, str]) -> dict[str, str]:
        """Fetch the playlists and the first segment; the segment's headers."""
        address = video["hls_url"]
        for _ in range(2):
            status, _, content = self.call("GET", address)
            assert status == 200, (address, content)
            (first, *_) = [
                line for line in content.decode().splitlines() if line and not line.startswith("#")
            ]
            address = urljoin(address, first)
        status, headers, content = self.call("GET", address)
        assert status == 200, (address, content)
        assert len(content) > 1000
        return headers

"""A client of a running site as curl is one: its own cookies, a bearer token, nothing of the project's code."""

from __future__ import annotations

import http.client
import json
import time
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit

from tests.support.stack import Stack

PASSWORD = "correct horse battery"

# A mapping is sent as JSON.
Body = Mapping[str, object] | Iterable[bytes] | bytes | str | None
Answer = tuple[int, dict[str, str], bytes]


class Caller:
    """Speaks to a ``Stack``. ``token`` is sent as bearer, ``cookies`` are kept as a browser keeps them."""

    def __init__(self, site: Stack) -> None:
        self.address = urlsplit(site.url)
        self.cookies: dict[str, str] = {}
        self.token = ""
        self.session_id = ""

    @property
    def csrf_token(self) -> str:
        """The CSRF cookie's value; its name has a prefix on https."""
        return self.cookies.get("__Host-csrftoken") or self.cookies.get("csrftoken", "")

    @property
    def cookie(self) -> str:
        """The refresh cookie as a header has it."""
        return f"refresh={self.cookies.get('refresh', '')}"

    @cookie.setter
    def cookie(self, value: str) -> None:
        self.cookies["refresh"] = value.partition("=")[2]

    def connect(self) -> http.client.HTTPConnection:
        """Return a connection for one request."""
        return http.client.HTTPConnection(self.address.hostname or "", self.address.port, timeout=60)

    def call(
        self, method: str, path: str, body: Body = None, headers: dict[str, str] | None = None
    ) -> Answer:
        """Status, headers (names in lower case) and content of one request. ``OSError`` unless it is whole.

        Of a ``path`` that is a whole URL, such as those in JSON, the part below the origin counts: what is called is
        always ``site``, which may be a proxy in front of what the URL names.
        """
        path = urlsplit(path)._replace(scheme="", netloc="").geturl() if "://" in path[:8] else path
        connection = self.connect()
        sent = dict(headers or {})
        if isinstance(body, Mapping):
            body, sent["Content-Type"] = json.dumps(body), "application/json"
        if self.token:
            sent.setdefault("Authorization", f"Bearer {self.token}")
        if self.cookies:
            sent.setdefault("Cookie", "; ".join(f"{name}={value}" for name, value in self.cookies.items()))
        try:
            try:
                connection.request(method, path, body, sent)
            except (BrokenPipeError, ConnectionResetError):
                if connection.sock is None:
                    raise  # not even connected
                # Else refused before all of the body was read: the answer is there already.
            answer = connection.getresponse()
            content = answer.read()
        except http.client.HTTPException as error:
            raise ConnectionError(f"no whole answer: {error!r}") from error
        finally:
            connection.close()
        for name, value in answer.getheaders():
            if name.lower() == "set-cookie":
                self._keep(value)
        return answer.status, {name.lower(): value for name, value in answer.getheaders()}, content

    def _keep(self, header: str) -> None:
        name, _, value = header.split(";")[0].partition("=")
        if value and value != '""':
            self.cookies[name] = value
        else:
            self.cookies.pop(name, None)

    def json(self, method: str, path: str, body: Body = None, **headers: str) -> tuple[int, Any]:
        """Status and decoded body; header names with underscores."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        status, _, content = self.call(method, path, body, named)
        return status, json.loads(content) if content else None

    def sign_up(self, username: str) -> Caller:
        """Register and sign in."""
        body = {"username": username, "email": f"{username}@example.org", "password": PASSWORD}
        status, answer = self.json("POST", "/api/v1/auth/register", body)
        assert status == 201, answer
        return self.sign_in(username)

    def sign_in(self, username: str, password: str = PASSWORD, **fields: str | bool) -> Caller:
        """Sign in with the password."""
        body = {"login": username, "password": password, **fields}
        status, grant = self.json("POST", "/api/v1/auth/token", body)
        assert status == 200, grant
        self.token, self.session_id = grant["access"], grant["session_id"]
        return self

    def sign_in_to_pages(self, username: str, password: str = PASSWORD) -> Caller:
        """Log in on the page as a browser does; the cookies of its session are kept beside the token."""
        self.call("GET", "/login")
        form = {
            "login": username,
            "password": password,
            "csrfmiddlewaretoken": self.csrf_token,
        }
        status, _, _ = self.call(
            "POST", "/login", urlencode(form), {"Content-Type": "application/x-www-form-urlencoded"}
        )
        assert status == 302, status
        return self

    def refresh(self) -> tuple[int, Any]:
        """Rotate by the cookie; the new access token is used from here on."""
        status, grant = self.json("POST", "/api/v1/auth/token/refresh", X_Requested_With="test")
        if status == 200:
            self.token = grant["access"]
        return status, grant

    def upload(self, clip: Path, **fields: str) -> str:
        """Upload a small file; the video's id."""
        boundary = "boundary-of-this-form"
        lines = [
            f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
            for name, value in fields.items()
        ]
        lines.append(
            f'--{boundary}\r\nContent-Disposition: form-data; name="file"; filename="c.mp4"\r\n'
            "Content-Type: video/mp4\r\n\r\n"
        )
        body = "".join(lines).encode() + clip.read_bytes() + f"\r\n--{boundary}--\r\n".encode()
        status, _, content = self.call(
            "POST", "/api/v1/videos", body, {"Content-Type": f"multipart/form-data; boundary={boundary}"}
        )
        assert status == 201, content
        return str(json.loads(content)["id"])

    def wait(self, video_id: str, *states: str, seconds: float = 120) -> dict[str, Any]:
        """Poll until the video is in one of ``states``."""
        deadline = time.monotonic() + seconds
        video: dict[str, Any] = {}
        while time.monotonic() < deadline:
            _, video = self.json("GET", f"/api/v1/videos/{video_id}")
            if video["status"] in states:
                return video
            assert video["status"] != "failed", video["failure"]
            time.sleep(0.2)
        raise AssertionError(f"{video_id} did not become {states} within {seconds} s: {video}")

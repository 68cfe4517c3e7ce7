"""A site that wants a client's token for somebody else: nothing but its own API gets it."""

from __future__ import annotations

import json
import subprocess
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from streamsite_client import ApiError, BytesSource, Client, MemoryStore, NotStreamsite, Tokens

from tests.support.node import NODE
from tests.support.stack import ROOT

TOKEN = "the-secret-token"
SCRIPT = """
import { Client } from %r;
const token = process.argv[2], site = process.argv[3];
const client = new Client(site, { token, maxRetries: 0 });
const codes = [];
for (const attempt of [
  () => client.account.me(),
  () => client.videos.search().toArray(),
  () => client.videos.upload(new Blob(["film"]), { filename: "film.mp4" }),
  () => client.videos.download("aaaaaaaaaaa").then((response) => response.text()),
]) codes.push(await attempt().then((found) => found, (error) => error.name));
console.log(JSON.stringify(codes));
"""


class Server:
    """A server that answers as ``answer`` says and notes what it was sent."""

    def __init__(self) -> None:
        self.requests: list[tuple[str, str, dict[str, str]]] = []
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def answer(self) -> None:
                self.rfile.read(int(self.headers.get("Content-Length") or 0))
                headers = {name.lower(): value for name, value in self.headers.items()}
                outer.requests.append((self.command, self.path, headers))
                status, more, body = outer.answer(self.command, self.path.partition("?")[0])
                content = body if isinstance(body, bytes) else json.dumps(body).encode()
                self.send_response(status)
                for name, value in {**more, "Content-Length": str(len(content))}.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(content)

            do_GET = do_POST = do_PATCH = do_HEAD = answer  # noqa: N815 - their names there

            def log_message(self, *args: object) -> None:
                """Say nothing."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def answer(self, method: str, path: str) -> tuple[int, dict[str, str], object]:
        """Return status, headers and body."""
        return 200, {}, b"film"

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()


class Liar(Server):
    """Sends clients to ``elsewhere`` by each way that the API has."""

    def __init__(self, elsewhere: str) -> None:
        super().__init__()
        self.elsewhere = elsewhere

    def answer(self, method: str, path: str) -> tuple[int, dict[str, str], object]:
        match method, path:
            case "GET", "/api/v1/me":
                return 302, {"Location": f"{self.elsewhere}/me"}, {}
            case "GET", "/api/v1/videos":
                return 200, {}, {"results": [], "next": f"{self.elsewhere}/steal", "previous": None}
            case "POST", "/api/v1/uploads":
                return 201, {"Location": f"{self.elsewhere}/steal", "X-Video-Id": "aaaaaaaaaaa"}, {}
            case "GET", "/api/v1/videos/aaaaaaaaaaa":
                return 200, {"Set-Cookie": "a=b"}, {"download_url": f"{self.elsewhere}/film.mp4"}
        return 404, {}, {}


@pytest.fixture
def elsewhere() -> Iterator[Server]:
    server = Server()
    yield server
    server.stop()


@pytest.fixture
def liar(elsewhere: Server) -> Iterator[Liar]:
    server = Liar(elsewhere.url)
    yield server
    server.stop()


def stolen(server: Server) -> list[str]:
    return [path for _, path, headers in server.requests if {"authorization", "cookie"} & set(headers)]


@pytest.mark.parametrize("is_session", [False, True], ids=["token", "session"])
def test_python_sends_the_token_nowhere_else(liar, elsewhere, tmp_path, is_session):
    tokens = Tokens(TOKEN, TOKEN, time.time() + 500)
    how = {"store": MemoryStore(tokens)} if is_session else {"token": TOKEN}
    client = Client(liar.url, max_retries=0, **how)
    with pytest.raises(ApiError) as redirected:
        client.account.me()
    assert redirected.value.status == 302
    with pytest.raises(NotStreamsite):
        list(client.videos.search())
    with pytest.raises(NotStreamsite):
        client.videos.upload(BytesSource(b"film", "film.mp4"))
    assert elsewhere.requests == []
    path = client.videos.download("aaaaaaaaaaa", tmp_path / "film.mp4")
    assert path.read_bytes() == b"film"
    assert [path for _, path, _ in elsewhere.requests] == ["/film.mp4"]
    assert stolen(elsewhere) == []
    assert len(stolen(liar)) == 4


def test_javascript_sends_the_token_nowhere_else(liar, elsewhere, tmp_path: Path):
    script = tmp_path / "attack.mjs"
    script.write_text(SCRIPT % (ROOT / "clients" / "js" / "src" / "index.js").as_uri())
    done = subprocess.run(
        [NODE, script, TOKEN, liar.url], capture_output=True, text=True, check=False, timeout=60
    )
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == ["NetworkError", "NotStreamsite", "NotStreamsite", "film"]
    assert [path for _, path, _ in elsewhere.requests] == ["/film.mp4"]
    assert stolen(elsewhere) == []
    assert len(stolen(liar)) == 4


def test_an_error_page_of_another_program_is_an_error_and_nothing_more(elsewhere):
    elsewhere.answer = lambda method, path: (500, {"Retry-After": "Infinity"}, b"<html>\x00" * 10)
    with pytest.raises(ApiError) as failed:
        Client(elsewhere.url, max_retries=0).account.me()
    assert (failed.value.code, failed.value.retry_after) == ("http_500", None)
    elsewhere.answer = lambda method, path: (200, {}, b"<html>")
    with pytest.raises(NotStreamsite):
        Client(elsewhere.url, max_retries=0).account.me()

"""nginx before two web servers, one of which is away: what it sends to the other one, and what it never sends twice."""

from __future__ import annotations

import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from pytest_django import DjangoDbBlocker

from streamsite.front.binary import find_nginx
from streamsite.front.configuration import NginxOptions, render
from tests.serving_worlds import require_nginx, wait_until_answering
from tests.support.stack import ROOT, free_port

pytestmark = pytest.mark.timeout(180)

Answer = tuple[int, dict[str, str], bytes]


class FailingPair:
    """Two servers. The first of them that gets a request to ``/api/once`` takes it whole and dies without an answer."""

    def __init__(self) -> None:
        self.seen: list[tuple[str, bytes]] = []
        seen = self.seen

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def take(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                seen.append((f"{self.command} {self.path}", body))
                if self.path == "/api/once" and len(seen) == 1:
                    self.close_connection = True
                    self.connection.shutdown(socket.SHUT_RDWR)
                    return
                self.send_response(200)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *arguments: object) -> None:
                """Print nothing."""

        for method in ("GET", "HEAD", "OPTIONS", "PUT", "DELETE", "POST", "PATCH"):
            setattr(Handler, f"do_{method}", Handler.take)
        self._servers = [ThreadingHTTPServer(("127.0.0.1", 0), Handler) for _ in range(2)]
        self.addresses = [f"127.0.0.1:{server.server_port}" for server in self._servers]

    @contextmanager
    def running(self) -> Iterator[FailingPair]:
        """Serve until the end of the block."""
        threads = [
            threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
            for server in self._servers
        ]
        for thread in threads:
            thread.start()
        try:
            yield self
        finally:
            for server in self._servers:
                server.shutdown()
                server.server_close()
            for thread in threads:
                thread.join()


@contextmanager
def nginx_before(addresses: list[str], folder: Path, probe: str = "/") -> Iterator[int]:
    """Run nginx with the configuration that ``manage.py nginx_conf`` makes for several web servers; yield its port."""
    require_nginx()
    port = free_port()
    path = folder / "nginx.conf"
    path.write_text(render(NginxOptions(f"127.0.0.1:{port}", tuple(addresses), run_dir=str(folder))))
    process = subprocess.Popen(find_nginx()[0].command(folder, path))
    try:
        if probe:
            wait_until_answering(f"http://127.0.0.1:{port}{probe}", process)
        yield port
    finally:
        process.send_signal(signal.SIGQUIT)
        process.wait(timeout=30)


def ask(port: int, method: str, path: str, body: bytes | None = None) -> Answer:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    try:
        connection.request(method, path, body)
        answer = connection.getresponse()
        return (
            answer.status,
            {name.lower(): value for name, value in answer.getheaders()},
            answer.read(),
        )
    finally:
        connection.close()


@pytest.fixture
def pair(tmp_path: Path) -> Iterator[tuple[FailingPair, int]]:
    """The two servers and the port of the nginx before them."""
    with FailingPair().running() as servers, nginx_before(servers.addresses, tmp_path) as port:
        servers.seen.clear()
        yield servers, port


@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS", "PUT", "DELETE"])
def test_what_may_be_repeated_goes_to_the_other_server(pair: tuple[FailingPair, int], method: str) -> None:
    servers, port = pair
    body = b'{"a": 1}' if method == "PUT" else None
    status, _, _ = ask(port, method, "/api/once", body)
    assert status == 200
    assert servers.seen == [(f"{method} /api/once", body or b"")] * 2


@pytest.mark.parametrize("method", ["POST", "PATCH"])
@pytest.mark.parametrize("size", [2, 40_000], ids=["small", "large"])
def test_what_a_server_may_have_carried_out_is_sent_once(
    pair: tuple[FailingPair, int], method: str, size: int
) -> None:
    servers, port = pair
    status, headers, content = ask(port, method, "/api/once", b"x" * size)
    assert servers.seen == [(f"{method} /api/once", b"x" * size)]
    assert (status, headers["content-type"], headers["retry-after"]) == (503, "application/json", "5")
    told = json.loads(content)
    assert told["code"] == "unavailable"
    assert set(told) == {"code", "detail", "request_id"}


def test_a_server_that_refuses_costs_nobody_a_request(tmp_path: Path) -> None:
    """Not even a ``POST``, of which nothing was sent."""
    with FailingPair().running() as servers:
        addresses = [f"127.0.0.1:{free_port()}", servers.addresses[0]]
        with nginx_before(addresses, tmp_path) as port:
            servers.seen.clear()
            answers = [ask(port, method, "/api/x", b"{}") for method in ("POST", "PUT", "PATCH") * 4]
            answers += [ask(port, "GET", "/api/x") for _ in range(12)]
            assert [status for status, _, _ in answers] == [200] * 24
            assert len(servers.seen) == 24


def test_without_any_server_the_api_answers_its_own_error(tmp_path: Path) -> None:
    with nginx_before([f"127.0.0.1:{free_port()}" for _ in range(2)], tmp_path, probe="") as port:
        deadline = 200
        while True:
            try:
                status, headers, content = ask(port, "GET", "/api/v1/videos")
                break
            except ConnectionRefusedError:  # nginx is starting
                deadline -= 1
                assert deadline
                threading.Event().wait(0.1)
        assert (status, headers["content-type"]) == (503, "application/json")
        assert json.loads(content)["code"] == "unavailable"
        status, headers, content = ask(port, "GET", "/")
        assert (status, headers["content-type"]) == (503, "text/html; charset=utf-8")
        assert b"temporarily unavailable" in content


@contextmanager
def web_server(environment: dict[str, str], log: Path) -> Iterator[tuple[str, subprocess.Popen[bytes]]]:
    """Run the web server by itself; yield its address and its process, the first of a group of its own."""
    port = free_port()
    command = [sys.executable, "manage.py", "run_web", "--port", str(port), "--workers", "1"]
    with log.open("wb") as out:
        process = subprocess.Popen(
            command, cwd=ROOT, env=environment, stdout=out, stderr=out, start_new_session=True
        )
    try:
        wait_until_answering(f"http://127.0.0.1:{port}/readyz", process)
        yield f"127.0.0.1:{port}", process
    finally:
        if process.poll() is None:
            process.terminate()
        process.wait(timeout=30)


@pytest.fixture
def site_variables(prepared_database: None, django_db_blocker: DjangoDbBlocker) -> dict[str, str]:
    """The environment of a web server on the tests' database."""
    from streamsite.mongo.engine.client import get_database

    with django_db_blocker.unblock():
        name = get_database("default").name
    return os.environ | {"MONGODB_NAME": name, "SITE_URL": "http://localhost:8000"}


@pytest.mark.slow
def test_nobody_notices_that_one_of_two_web_servers_is_killed(
    tmp_path: Path, site_variables: dict[str, str]
) -> None:
    with ExitStack() as stack:
        (first, killed), (second, other) = (
            stack.enter_context(web_server(site_variables, tmp_path / f"web-{name}")) for name in "ab"
        )
        port = stack.enter_context(nginx_before([first, second], tmp_path, "/readyz"))
        under_way = threading.Event()

        def read(number: int) -> Any:
            if number == 60:
                under_way.set()
            return ask(port, "GET", "/api/v1/videos")[0]

        with ThreadPoolExecutor(8) as crowd:
            statuses = [crowd.submit(read, number) for number in range(400)]
            assert under_way.wait(60)
            os.killpg(killed.pid, signal.SIGKILL)
            assert {status.result(timeout=120) for status in statuses} == {200}
        assert killed.wait(timeout=30) == -signal.SIGKILL
        assert other.poll() is None

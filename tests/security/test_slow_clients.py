"""Clients that dawdle hold a connection and nobody else, with nginx in front and, where it matters most, without it."""

from __future__ import annotations

import os
import select
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from streamsite.download_slots import MAX_SENDS_PER_ADDRESS
from tests.serving_worlds import running
from tests.support.http_client import Caller
from tests.support.stack import Stack

pytestmark = [pytest.mark.slow, pytest.mark.timeout(240)]
# Time enough for a busy machine, and far less than any of the dawdlers takes.
PATIENCE_SECONDS = 15
ASKED = 40
WRITE_TIMEOUT_SECONDS = 3


@pytest.fixture(scope="module")
def bare(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """A site without nginx, which gives its readers less time than usual."""
    more = {"WRITE_TIMEOUT_SECONDS": str(WRITE_TIMEOUT_SECONDS)}
    with running(Stack(tmp_path_factory.mktemp("bare"), arguments=("--no-front",), **more)) as stack:
        yield stack


@contextmanager
def dawdlers(site: Stack, first: list[bytes], drip: bytes = b"") -> Iterator[list[socket.socket]]:
    """Open a connection for each of ``first`` and send it; then send ``drip`` on each, every second."""
    connections = [socket.create_connection(("127.0.0.1", site.port)) for _ in first]
    done = threading.Event()

    def go_on() -> None:
        while not done.wait(1.0):
            for connection in connections if drip else []:
                try:
                    connection.send(drip)
                except OSError:
                    continue  # the server has had enough of this one

    thread = threading.Thread(target=go_on)
    try:
        for connection, content in zip(connections, first, strict=True):
            connection.sendall(content)
        thread.start()
        time.sleep(1.0)
        yield connections
    finally:
        done.set()
        if thread.ident:
            thread.join()
        for connection in connections:
            connection.close()


def others_are_served(site: Stack) -> None:
    """Pages and API answer all the while."""
    for path in ["/healthz", "/api/v1/videos"] * (ASKED // 2):
        started = time.monotonic()
        assert Caller(site).call("GET", path)[0] == 200
        assert time.monotonic() - started < PATIENCE_SECONDS


def head(site: Stack, method: str, path: str, **headers: str) -> bytes:
    lines = [f"{method} {path} HTTP/1.1", f"Host: localhost:{site.port}"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return "\r\n".join(lines).encode()


def test_headers_that_come_byte_by_byte(site: Stack) -> None:
    unfinished = head(site, "GET", "/", X_Slow="")
    with dawdlers(site, [unfinished] * 200, b"x"):
        others_are_served(site)


def test_bodies_that_come_byte_by_byte(site: Stack) -> None:
    request = head(site, "POST", "/api/v1/auth/token", Content_Type="application/json", Content_Length="500")
    with dawdlers(site, [request + b'\r\n\r\n{"username": "'] * 200, b"x"):
        others_are_served(site)


def test_connections_that_are_kept_and_say_nothing(site: Stack) -> None:
    with dawdlers(site, [head(site, "GET", "/healthz") + b"\r\n\r\n"] * 300):
        others_are_served(site)


def film_request(site: Stack, clip: Path) -> bytes:
    """Return a request for a file that no socket's buffer holds."""
    caller = Caller(site).sign_up("slow-readers")
    video_id = caller.upload(clip, visibility="public", allow_download="true")
    caller.wait(video_id, "ready")
    _, video = caller.json("GET", f"/api/v1/videos/{video_id}")
    (path,) = (site.data_dir / "media" / "videos" / video_id).glob("*/download.mp4")
    os.truncate(path, 64 * 1024**2)
    return head(site, "GET", urlsplit(video["download_url"]).path) + b"\r\n\r\n"


def status_of(connection: socket.socket) -> int:
    """Return the status at the beginning of an answer, which stays unread."""
    return int(connection.recv(12, socket.MSG_PEEK)[9:12])


def test_readers_that_take_nothing(site: Stack, clip: Path) -> None:
    with dawdlers(site, [film_request(site, clip)] * 300) as connections:
        others_are_served(site)
        assert {status_of(connection) for connection in connections} == {200}


def test_readers_that_take_nothing_without_nginx(bare: Stack, clip: Path) -> None:
    """Some are told to come back, which leaves threads for everybody else; each of the others is cut in time."""
    request = film_request(bare, clip)
    with dawdlers(bare, [request] * 300) as connections:
        others_are_served(bare)
        statuses = [status_of(connection) for connection in connections if not is_cut(connection)]
        assert statuses.count(200) <= 2 * MAX_SENDS_PER_ADDRESS
        assert set(statuses) <= {200, 503}
        assert 503 in statuses
        readers = [
            connection for connection in connections if is_cut(connection) or status_of(connection) == 200
        ]
        deadline = time.monotonic() + 10 * WRITE_TIMEOUT_SECONDS
        while not all(is_cut(reader) for reader in readers):
            assert time.monotonic() < deadline
            time.sleep(0.2)
    with dawdlers(bare, [request]) as (again,):
        assert status_of(again) == 200


def is_cut(connection: socket.socket) -> bool:
    """Return whether the other side has reset the connection."""
    poll = select.poll()
    poll.register(connection, select.POLLERR)
    return bool(poll.poll(0))

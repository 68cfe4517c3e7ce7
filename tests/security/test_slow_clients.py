"""Clients that dawdle hold a connection and nobody else. Without nginx in front: what ``script/server`` runs."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

import pytest

from streamsite.testing.caller import Caller
from streamsite.testing.clips import make_clip
from streamsite.testing.stack import Stack

pytestmark = [pytest.mark.slow, pytest.mark.timeout(240)]
# Time enough for a busy machine, and far less than any of the dawdlers takes.
PATIENCE_SECONDS = 15
ASKED = 40


@contextmanager
def dawdlers(site: Stack, first: list[bytes], drip: bytes = b"") -> Iterator[list[socket.socket]]:
    """A connection for each of ``first``, sent at once; then ``drip`` on each, every second."""
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


def test_readers_that_take_nothing(site: Stack, tmp_path) -> None:
    caller = Caller(site).enter("slow-readers")
    # Noise cannot be compressed: segments larger than any socket buffer.
    clip = make_clip(tmp_path / "noise.mp4", 4, (1280, 720), 25, filters="noise=alls=100:allf=t")
    video_id = caller.upload(clip, visibility="public", allow_download="true")
    video = caller.wait(video_id, "ready")
    request = head(site, "GET", urlsplit(video["download_url"]).path) + b"\r\n\r\n"
    with dawdlers(site, [request] * 100):
        others_are_served(site)

"""Sends forms of any length as bytes, and watches what they leave on disk meanwhile."""

from __future__ import annotations

import select
import socket
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from tests.support.stack import Stack

CHUNK = b"x" * 262_144
BOUNDARY = "boundary-of-this-form"
# Whoever has no session can still have a CSRF cookie, with any value of this form.
COOKIE = f"csrftoken={'a' * 32}"
TOKEN_PART = (
    f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="csrfmiddlewaretoken"\r\n\r\n{"a" * 32}\r\n'
)
FILE_PART = (
    f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="file"; filename="a.mp4"\r\n'
    "Content-Type: video/mp4\r\n\r\n"
)


@dataclass
class Answer:
    """The answer to one form: ``status`` is 0 when the connection ended without an answer."""

    status: int
    head: bytes
    seconds: float
    sent: int


class DiskMonitor:
    """Samples what forms have on a site's disk, every 10 ms; ``peak`` is the largest sum of bytes seen."""

    def __init__(self, site: Stack) -> None:
        self.peak = 0
        self._work = site.data_dir / "work"
        self._before = set(_temporary())
        self._done = threading.Event()

    @contextmanager
    def running(self) -> Iterator[DiskMonitor]:
        """Sample from a thread while the block runs."""
        self.peak = 0
        self._done.clear()
        thread = threading.Thread(target=self._run)
        thread.start()
        try:
            yield self
        finally:
            self._done.set()
            thread.join()

    def _run(self) -> None:
        while True:
            found = [*self._work.rglob("*"), *(set(_temporary()) - self._before)]
            self.peak = max(self.peak, sum(_size(path) for path in found))
            if self._done.wait(0.01):
                return


def _temporary() -> list[Path]:
    return list(Path(tempfile.gettempdir()).glob("*.upload*"))


def _size(path: Path) -> int:
    with suppress(OSError):
        return path.stat().st_size if path.is_file() else 0
    return 0


def post_form(
    site: Stack,
    path: str,
    length: int,
    *headers: str,
    start: str = TOKEN_PART + FILE_PART,
    pause: float = 0.0,
) -> Answer:
    """Send a form of ``length`` bytes that begins with ``start``, until an answer comes.

    ``pause`` is the longest wait for an answer after each piece, in seconds.
    """
    lines = [
        f"POST {path} HTTP/1.1",
        f"Host: localhost:{site.port}",
        f"Content-Type: multipart/form-data; boundary={BOUNDARY}",
        f"Content-Length: {length}",
        *headers,
    ]
    with socket.create_connection(("127.0.0.1", site.port), timeout=60) as connection:
        started = time.monotonic()
        sent = len(start)
        with suppress(BrokenPipeError, ConnectionResetError):
            connection.sendall("\r\n".join([*lines, "", start]).encode())
            while sent < length and not select.select([connection], [], [], pause)[0]:
                piece = CHUNK[: length - sent]
                connection.sendall(piece)
                sent += len(piece)
        head = b""
        with suppress(ConnectionResetError):
            head = connection.recv(65_536)
        seconds = time.monotonic() - started
    status = int(head.split()[1]) if head.startswith(b"HTTP/1.1 ") else 0
    return Answer(status, head, seconds, sent)

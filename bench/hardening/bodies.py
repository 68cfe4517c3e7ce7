"""What an anonymous body of a gigabyte costs: bytes on disk, and seconds until it is refused."""

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

from streamsite.testing.stack import Stack

BODY_BYTES = 1_000_000_000
PIECE = b"x" * 262_144
BOUNDARY = "bench-boundary"
PATHS = ("/login", "/upload", "/settings/preferences", "/admin/login/", "/api/v1/videos")
# Whoever has no session can still have a CSRF cookie, with any value of this form.
COOKIE = f"csrftoken={'a' * 32}"
MAX_SECONDS = 1.0


@dataclass
class Outcome:
    """What one request came to: its status, seconds until the answer began, bytes sent by then, most bytes on disk."""

    status: int
    seconds: float
    sent: int
    on_disk: int


class DiskWatch:
    """Samples the size of all files below some folders, every 10 ms; ``most`` is the largest sum seen."""

    def __init__(self, *folders: Path) -> None:
        self.folders = folders
        self.most = 0
        self._done = threading.Event()

    @contextmanager
    def running(self) -> Iterator[DiskWatch]:
        """Sample from a thread while the block runs."""
        self.most = 0
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
            self.most = max(self.most, sum(_size(folder) for folder in self.folders))
            if self._done.wait(0.01):
                return


def _size(folder: Path) -> int:
    total = 0
    for path in folder.rglob("*"):
        with suppress(OSError):
            total += path.stat().st_size if path.is_file() else 0
    return total


def post(port: int, path: str, length: int, *, pause: float = 0.0) -> tuple[int, float, int]:
    """Send a multipart form of ``length`` bytes until an answer comes: ``(status, seconds, bytes sent)``.

    Status 0 means that the connection ended without an answer.
    """
    form = (
        f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="file"; filename="a.mp4"\r\n'
        "Content-Type: video/mp4\r\n\r\n"
    ).encode()
    head = (
        f"POST {path} HTTP/1.1\r\nHost: localhost:{port}\r\nCookie: {COOKIE}\r\n"
        f"Content-Type: multipart/form-data; boundary={BOUNDARY}\r\nContent-Length: {length}\r\n\r\n"
    ).encode()
    with socket.create_connection(("127.0.0.1", port), timeout=120) as connection:
        started = time.monotonic()
        sent = 0
        with suppress(BrokenPipeError, ConnectionResetError):
            connection.sendall(head + form)
            sent = len(form)
            while sent < length and not select.select([connection], [], [], pause)[0]:
                piece = PIECE[: length - sent]
                connection.sendall(piece)
                sent += len(piece)
        try:
            answer = connection.recv(65_536)
        except ConnectionResetError:
            answer = b""
        seconds = time.monotonic() - started
    return (int(answer.split()[1]) if answer.startswith(b"HTTP/1.1 ") else 0), seconds, sent


def anonymous_posts(site: Stack, length: int) -> dict[str, Outcome]:
    """Post a form of ``length`` bytes to each of ``PATHS``, signed in as nobody."""
    watch = DiskWatch(site.data_dir / "work", site.data_dir / "tmp")
    outcomes = {}
    for path in PATHS:
        with watch.running():
            status, seconds, sent = post(site.port, path, length)
        outcomes[path] = Outcome(status, seconds, sent, watch.most)
    return outcomes


def measure() -> None:
    """Print what an anonymous gigabyte to each path costs, and whether it stays within the bar."""
    print("\nAnonymous bodies of 1 GB. Bar: 0 bytes on disk, refused within a second.")
    with tempfile.TemporaryDirectory(prefix="streamsite-bench-") as folder:
        site = Stack(Path(folder))
        site.start()
        try:
            outcomes = anonymous_posts(site, BODY_BYTES)
        finally:
            site.stop()
    print(f"  {'path':<24}{'status':>7}{'MB sent':>10}{'MB on disk':>12}{'seconds':>9}")
    for path, found in outcomes.items():
        print(
            f"  {path:<24}{found.status:>7}{found.sent / 1e6:>10.1f}{found.on_disk / 1e6:>12.1f}{found.seconds:>9.2f}"
        )
    passed = all(found.on_disk == 0 and found.seconds < MAX_SECONDS for found in outcomes.values())
    print(f"  {'PASS' if passed else 'FAIL'}")

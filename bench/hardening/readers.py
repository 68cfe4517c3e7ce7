"""Measure what clients that stop reading cost everyone else, with and without nginx in front.

A stalled reader asks for a large file, takes the first kilobytes and then nothing; viewers on slow lines are much the
same. Thousands of them must neither slow the API down nor fill the memory.
"""

from __future__ import annotations

import http.client
import os
import resource
import select
import socket
import statistics
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from bench.hardening import verdict
from tests.support.clips import make_clip
from tests.support.http_client import Caller
from tests.support.processes import process_tree
from tests.support.stack import Stack

MIB = 1024 * 1024
FILE_BYTES = 64 * MIB
CALLS = 300
MEMORY_BAR_MB = 700
CUT_BAR_SECONDS = 60
PATIENCE_SECONDS = 20
MEASURE_SECONDS = 40
CONNECT_SECONDS = 10
SETTLE_SECONDS = 3
# What two quiet runs differ by on a machine that others use as well.
NOISE_MS = 1.0


@dataclass(frozen=True)
class Trial:
    """``readers`` from ``addresses`` loopback addresses; API calls may take ``factor`` times their quiet p95."""

    name: str
    arguments: tuple[str, ...]
    readers: int
    addresses: int
    factor: float
    has_front: bool


TRIALS = (
    Trial("with nginx in front", (), 2_000, 20, 1.5, has_front=True),
    Trial("without it (--no-front)", ("--no-front",), 1_000, 20, 2.0, has_front=False),
)


def measure() -> None:
    """Start a site for each trial, stall its readers, print its bars with PASS or FAIL."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    for trial in TRIALS:
        with tempfile.TemporaryDirectory(prefix="streamsite-bench-") as name:
            site = Stack(Path(name), web_processes=2, arguments=trial.arguments)
            site.start()
            try:
                report(trial, site, large_file(site, Path(name)))
            finally:
                site.stop()


def large_file(site: Stack, folder: Path) -> str:
    """Return the path of a video's file for download, which is swapped for one of ``FILE_BYTES``."""
    caller = Caller(site).sign_up("bench-readers")
    clip = make_clip(folder / "clip.mp4")
    video_id = caller.upload(clip, visibility="public", allow_download="true")
    caller.wait(video_id, "ready")
    _, video = caller.json("GET", f"/api/v1/videos/{video_id}")
    (path,) = (site.data_dir / "media" / "videos" / video_id).glob("*/download.mp4")
    with path.open("wb") as file:
        for _ in range(FILE_BYTES // MIB):
            file.write(os.urandom(MIB))
    return urlsplit(video["download_url"]).path


def report(trial: Trial, site: Stack, path: str) -> None:
    """Measure one trial and print it."""
    p95(site)  # warms up
    before, idle = p95(site), memory_mb(site)
    with stalled(site, path, trial) as readers:
        began = time.monotonic()
        wait_for_answers(readers)
        during, memory = p95(site), memory_mb(site)
        admitted = sum(status(reader) == 200 for reader in readers)
        left = 0 if trial.has_front else until_cut(readers, began + CUT_BAR_SECONDS)
        taken = time.monotonic() - began
    time.sleep(SETTLE_SECONDS)
    quiet = statistics.mean((before, p95(site)))
    print(f"{trial.readers} stalled readers from {trial.addresses} addresses, {trial.name}:")
    print(f"  answered 200: {admitted} of {len(readers)}; the others are told to come back, or not answered")
    verdict(
        f"API p95 {quiet:.1f} ms quiet (mean of before and after), {during:.1f} ms then "
        f"({during / quiet:.2f}x, bar {trial.factor}x)",
        passed=during <= trial.factor * quiet + NOISE_MS,
    )
    size = f"memory of all processes {idle:.0f} MB idle, {memory:.0f} MB then"
    if trial.has_front:
        verdict(f"{size} (bar {MEMORY_BAR_MB})", passed=memory < MEMORY_BAR_MB)
    else:
        print(f"  {size}")
        verdict(
            f"after {taken:.0f} s {left} of them are still connected (bar 0 after 60 s)", passed=left == 0
        )


def wait_for_answers(readers: list[socket.socket]) -> None:
    """Wait until each has the start of an answer, for at most ``PATIENCE_SECONDS``, and a moment longer."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not all(status(reader) for reader in readers) and time.monotonic() < deadline:
        time.sleep(0.5)
    time.sleep(SETTLE_SECONDS)


def p95(site: Stack) -> float:
    """Return the 95th percentile of an API call's milliseconds, each on a connection of its own.

    It is infinite when a call fails or takes longer than ``PATIENCE_SECONDS``; calls that are slow are fewer.
    """
    times: list[float] = []
    until = time.monotonic() + MEASURE_SECONDS
    while len(times) < CALLS and (time.monotonic() < until or len(times) < 2):
        began = time.perf_counter()
        line = http.client.HTTPConnection("127.0.0.1", site.port, timeout=PATIENCE_SECONDS)
        try:
            line.request("GET", "/api/v1/videos")
            answer = line.getresponse()
            answer.read()
        except OSError:
            return float("inf")
        finally:
            line.close()
        if answer.status != 200:
            return float("inf")
        times.append((time.perf_counter() - began) * 1000)
    return statistics.quantiles(times, n=20)[-1]


@contextmanager
def stalled(site: Stack, path: str, trial: Trial) -> Iterator[list[socket.socket]]:
    """Open connections that request ``path`` and read nothing."""
    request = f"GET {path} HTTP/1.1\r\nHost: localhost:{site.port}\r\n\r\n".encode()
    readers: list[socket.socket] = []
    try:
        connect(readers, request, site.port, trial)
        yield readers
    finally:
        for reader in readers:
            reader.close()


def connect(readers: list[socket.socket], request: bytes, port: int, trial: Trial) -> None:
    """Open the connections, until the site accepts no more."""
    try:
        for number in range(trial.readers):
            reader = socket.socket()
            reader.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            reader.settimeout(CONNECT_SECONDS)
            reader.bind((f"127.0.0.{2 + number % trial.addresses}", 0))
            readers.append(reader)
            reader.connect(("127.0.0.1", port))
            reader.sendall(request)
            reader.setblocking(False)
    except TimeoutError:
        print(f"after {len(readers)} readers the site takes no more connections", flush=True)


def status(reader: socket.socket) -> int:
    """Return the status a reader was answered with, left unread; 0 when there is none yet."""
    try:
        start = reader.recv(12, socket.MSG_PEEK | socket.MSG_DONTWAIT)
    except OSError:
        return 0
    return int(start[9:12]) if len(start) == 12 else 0


def until_cut(readers: list[socket.socket], deadline: float) -> int:
    """Wait until the server has closed every connection or the time is up; return how many are left."""
    poll = select.poll()
    for reader in readers:
        poll.register(reader, select.POLLRDHUP | select.POLLHUP | select.POLLERR)
    left = {reader.fileno() for reader in readers}
    while left and time.monotonic() < deadline:
        for number, _ in poll.poll(1_000):
            poll.unregister(number)
            left.discard(number)
    return len(left)


def memory_mb(site: Stack) -> float:
    """Return the proportional set size of the supervisor and all its processes."""
    return (
        sum(_proportional_kib(pid) for pid in process_tree(site.process.pid if site.process else 0))
        * 1024
        / 1e6
    )


def _proportional_kib(pid: int) -> int:
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) for line in lines if line.startswith("Pss:")), 0)

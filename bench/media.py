"""Compare how fast the site and nginx send the same file of a video, and measure the memory that it takes.

Run by ``script/bench media`` where nginx is installed. One client on the same machine reads, in turns from each server:
one large file, and many ranges of a megabyte, as players ask for. The site decides on every request who may have it;
the bare nginx decides nothing. ``bench.media_cost`` counts the processor's time.
"""

from __future__ import annotations

import http.client
import os
import signal
import statistics
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import bench.plain  # noqa: F401 - before what marks texts for translation
from bench.api.cpu import ProcessGroup
from bench.media_cost import Server, measure, site_server
from tests.serving_worlds import require_nginx, wait_until_answering
from tests.support.clips import make_clip
from tests.support.http_client import Caller
from tests.support.processes import child_pids
from tests.support.stack import Stack, free_port

ROUNDS = int(os.environ.get("BENCH_ROUNDS", "5"))
MIB = 1024 * 1024
SIZE = int(os.environ.get("BENCH_MIB", "1024")) * MIB
RANGES = 400
BAR = 0.8
CONFIGURATION = """
{user}worker_processes auto;
pid {folder}/nginx.pid;
error_log stderr warn;
events {{ worker_connections 1024; }}
http {{
  {temporary}
  access_log off;
  sendfile on;
  tcp_nopush on;
  server {{ listen 127.0.0.1:{port}; location / {{ root {media}; }} }}
}}
"""


def main() -> None:
    """Start both servers, measure in turns, and print the table."""
    with tempfile.TemporaryDirectory(prefix="streamsite-bench-") as name:
        folder = Path(name)
        site = Stack(folder / "front", web_processes=2)
        alone = Stack(folder / "alone", web_processes=2, arguments=("--no-front",))
        for folder_of_site in (folder / "front", folder / "alone"):
            folder_of_site.mkdir()
        try:
            for each in (site, alone):
                each.start()
            address, path = large_file(site, folder)
            with nginx(folder, path.parent) as (port, pid):
                bare = f"http://127.0.0.1:{port}/{path.name}"
                compare(site, address, bare)
                servers = [
                    site_server("with nginx in front", site, address),
                    site_server("without it", alone, large_file(alone, folder)[0]),
                    Server("bare nginx", bare, {"nginx": ProcessGroup(lambda: [pid])}),
                ]
                measure(servers, read_ranges)
        finally:
            for each in (site, alone):
                each.stop()


def large_file(site: Stack, folder: Path) -> tuple[str, Path]:
    """Replace a video's file for download by one of ``SIZE`` bytes; return its address and its path."""
    caller = Caller(site).sign_up("bench-media")
    video_id = caller.upload(make_clip(folder / "clip.mp4"), visibility="public", allow_download="true")
    video = caller.wait(video_id, "ready")
    _, video = caller.json("GET", f"/api/v1/videos/{video_id}")
    (path,) = (site.data_dir / "media" / "videos" / video_id).glob("*/download.mp4")
    with path.open("wb") as file:
        for _ in range(SIZE // MIB):
            file.write(os.urandom(MIB))
    return site.url + urlsplit(video["download_url"]).path, path


@contextmanager
def nginx(folder: Path, media: Path) -> Iterator[tuple[int, int]]:
    """Start a bare nginx that serves ``media``; yield its port and its process number."""
    port = free_port()
    path = folder / "bare-nginx.conf"
    temporary = " ".join(
        f"{name}_temp_path {folder}/{name};" for name in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    user = "user root;\n" if os.geteuid() == 0 else ""
    path.write_text(
        CONFIGURATION.format(folder=folder, port=port, media=media, temporary=temporary, user=user)
    )
    command = [require_nginx(), "-p", str(folder), "-c", str(path), "-g", "daemon off;"]
    process = subprocess.Popen(command, start_new_session=True)
    try:
        wait_until_answering(f"http://127.0.0.1:{port}/{next(media.glob('*.m3u8')).name}", process)
        yield port, process.pid
    finally:
        process.send_signal(signal.SIGQUIT)
        process.wait(timeout=20)


def compare(site: Stack, ours: str, theirs: str) -> None:
    """Measure in turns and print the table."""
    rates: dict[tuple[str, str], list[float]] = {}
    before = memory(site)
    for number in range(ROUNDS + 1):
        for what, rate_of in (("one file", whole), ("ranges of 1 MiB", ranges)):
            for server, address in (("site", ours), ("nginx", theirs)):
                rate = rate_of(address)
                if number:  # the first round warms up
                    rates.setdefault((what, server), []).append(rate)
    print(f"{'MiB/s':<18}{'site':>8}{'nginx':>8}{'ratio':>7}{'lowest':>8}")
    for what in ("one file", "ranges of 1 MiB"):
        site_rates, nginx_rates = rates[what, "site"], rates[what, "nginx"]
        ratio = statistics.median(site_rates) / statistics.median(nginx_rates)
        lowest = min(a / b for a, b in zip(site_rates, nginx_rates, strict=True))
        print(
            f"{what:<18}{statistics.median(site_rates):>8.0f}{statistics.median(nginx_rates):>8.0f}"
            f"{ratio:>7.2f}{lowest:>8.2f}"
        )
    print(
        f"bar for one file: {BAR}; memory of the web processes: {before:.0f} MiB before, {memory(site):.0f} after"
    )


def whole(address: str) -> float:
    """Return the MiB/s of the whole file."""
    begun = time.perf_counter()
    with connection(address) as (line, path):
        got = read(line, path, {}, 200)
    if got != SIZE:
        raise SystemExit(f"{got} bytes of {SIZE}")
    return got / MIB / (time.perf_counter() - begun)


def ranges(address: str) -> float:
    """Return the MiB/s of ranges, one after the other on one connection."""
    begun = time.perf_counter()
    read_ranges(address, RANGES, MIB)
    return RANGES / (time.perf_counter() - begun)


def read_ranges(address: str, count: int, size: int) -> None:
    """Read so many ranges of ``size`` bytes, one after the other on one connection."""
    with connection(address) as (line, path):
        for number in range(count):
            first = number * 7 * MIB % (SIZE - MIB)
            read(line, path, {"Range": f"bytes={first}-{first + size - 1}"}, 206)


@contextmanager
def connection(address: str) -> Iterator[tuple[http.client.HTTPConnection, str]]:
    """Return a connection to the server of ``address``, and the path to request."""
    parts = urlsplit(address)
    line = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=60)
    try:
        yield line, parts.path
    finally:
        line.close()


def read(line: http.client.HTTPConnection, path: str, headers: dict[str, str], status: int) -> int:
    """Read the answer; return its number of bytes."""
    line.request("GET", path, headers=headers)
    answer = line.getresponse()
    if answer.status != status:
        raise SystemExit(f"{path}: {answer.status} {answer.read(200)!r}")
    into, got = memoryview(bytearray(MIB)), 0
    while count := answer.readinto(into):
        got += count
    return got


def memory(site: Stack) -> float:
    """Return the proportional set size of the web processes together, in MiB."""
    (server,) = site.children("granian")
    return sum(_proportional_kib(pid) for pid in child_pids(server)) / 1024


def _proportional_kib(pid: int) -> int:
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("Pss:"))


if __name__ == "__main__":
    main()

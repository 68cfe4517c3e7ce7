"""Measure what a site costs that nobody asks, how long it takes to start, and whether requests make it grow.

Run by ``script/bench idle``. Starts ``script/server`` on an empty data folder, stops it, and starts it again. After a
minute it counts for ``BENCH_IDLE_SECONDS`` (150) what all threads of the site run. Then visitors ask
``BENCH_IDLE_REQUESTS`` (200,000) times, and the memory of the web processes is compared. Prints tables;
``BENCH_WRITE=1`` writes them into docs/benchmarks.md.
"""

from __future__ import annotations

import http.client
import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from bench.api.client import Address, Ask, Line
from bench.api.cpu import elapsed_nanoseconds, thread_times
from bench.sections import table, write_section
from tests.support.processes import process_tree
from tests.support.stack import ROOT, free_port, inherited_environment

SETTLE_SECONDS = 60
SECONDS = int(os.environ.get("BENCH_IDLE_SECONDS", "150"))
REQUESTS = int(os.environ.get("BENCH_IDLE_REQUESTS", "200000"))
# So many requests come before the first reading: caches fill, and threads begin.
WARM_REQUESTS = 20_000
LINES = 4
START_SECONDS, STOP_SECONDS = 300, 60
POLL_SECONDS = 0.01
PATHS = ("/api/v1/videos", "/api/v1/videos?sort=popular", "/healthz", "/api/v1/me", "/robots.txt")
# Percent of one processor, MiB, seconds.
MAX_CPU, MAX_RSS, MAX_START = 1.0, 550, 4.0
# Words of a command line, and the name of the process in the table; the first that fits.
KINDS = (
    ("streamsite.supervisor", "supervisor"),
    ("mongod", "MongoDB"),
    ("run_worker", "workers"),
    ("granian", "web"),  # whose socket is in a folder of nginx's
    ("nginx", "nginx"),
)


@dataclass(frozen=True)
class Process:
    """What one process took: percent of a processor, and MiB with (RSS) and without (PSS) what it shares."""

    name: str
    cpu: float
    rss: float
    pss: float


def main() -> int:
    """Measure and print; return the exit code."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that the site is stopped
    with tempfile.TemporaryDirectory(prefix="streamsite-idle-") as name:
        port, data = free_port(), Path(name) / "data"
        with running(port, data) as (_, first):
            pass
        with running(port, data) as (site, second):
            time.sleep(SETTLE_SECONDS)
            processes = idle_processes(site.pid)
            load = os.getloadavg()[1]
            web = web_pids(site.pid)
            ask(port, WARM_REQUESTS)
            before = sum(memory(pid)[0] for pid in web)
            ask(port, REQUESTS)
            after = sum(memory(pid)[0] for pid in web)
            if web_pids(site.pid) != web:
                raise SystemExit("a web process has ended meanwhile")
    lines = report(processes, first, second, (before, after), load)
    sys.stdout.write("\n".join(lines) + "\n")
    if os.environ.get("BENCH_WRITE"):
        write_section(ROOT / "docs" / "benchmarks.md", lines, "idle")
    return 0


@contextmanager
def running(port: int, data: Path) -> Iterator[tuple[subprocess.Popen[bytes], float]]:
    """Run ``script/server`` for the block; yield it and the seconds until it answered with its first page."""
    command = [ROOT / "script" / "server", "--no-demo", "--workers", "2"]
    begun = time.monotonic()
    site = subprocess.Popen(
        [*command, "--port", str(port), "--data", str(data)],
        env=inherited_environment() | {"STREAMSITE_THROTTLE_SCALE": "1000000"},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        while not has_page(port):
            if site.poll() is not None or time.monotonic() - begun > START_SECONDS:
                raise SystemExit("the site did not start")
            time.sleep(POLL_SECONDS)
        yield site, time.monotonic() - begun
    finally:
        site.terminate()
        try:
            site.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            site.kill()


def has_page(port: int) -> bool:
    """Return whether the home page is answered."""
    line = http.client.HTTPConnection("127.0.0.1", port, timeout=START_SECONDS)
    try:
        line.request("GET", "/", headers={"Host": f"localhost:{port}"})
        return line.getresponse().status == http.HTTPStatus.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        line.close()


def idle_processes(root: int) -> list[Process]:
    """Measure the processes from ``root`` on for ``SECONDS``."""
    pids = sorted(process_tree(root))
    before, begun = {pid: thread_times([pid]) for pid in pids}, time.monotonic()
    time.sleep(SECONDS)
    passed = time.monotonic() - begun
    found = []
    for pid in pids:
        with suppress(OSError):  # ended meanwhile
            ran = elapsed_nanoseconds(before[pid], thread_times([pid]))
            rss, pss = memory(pid)
            found.append(Process(kind(command_line(pid)), ran / passed / 1e7, rss, pss))
    return found


def command_line(pid: int) -> str:
    """Return the command of a process. Raises ``OSError``."""
    return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")


def kind(command: str) -> str:
    """Return the name of a process in the table by its command."""
    return next((name for words, name in KINDS if words in command), "other")


def memory(pid: int) -> tuple[float, float]:
    """Return the MiB of a process, RSS and PSS. Raises ``OSError``."""
    lines = (line.split() for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()[1:])
    sizes = {words[0]: int(words[1]) / 1024 for words in lines}
    return sizes["Rss:"], sizes["Pss:"]


def web_pids(root: int) -> set[int]:
    """Return the web server's processes: the one that keeps the others, and those that answer."""
    return {pid for pid in process_tree(root) if kind(command_line(pid)) == "web"}


def ask(port: int, requests: int) -> None:
    """Ask as visitors do, on ``LINES`` connections at once. Raises ``SystemExit`` at an answer of 5xx."""
    address = Address(port, host=f"localhost:{port}")
    wanted = [Ask("GET", path).encode(address.host) for path in PATHS]
    failures: list[int] = []

    def client() -> None:
        line = Line(address)
        for number in range(requests // LINES):
            status = line.ask(wanted[number % len(wanted)]).status
            if status >= http.HTTPStatus.INTERNAL_SERVER_ERROR:
                failures.append(status)
                break
        line.close()

    threads = [threading.Thread(target=client) for _ in range(LINES)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failures:
        raise SystemExit(f"an answer was {failures[0]}")


def report(
    processes: Sequence[Process], first: float, second: float, growth: tuple[float, float], load: float
) -> list[str]:
    """Return the tables."""
    rows = []
    for name in dict.fromkeys(process.name for process in processes):
        some = [process for process in processes if process.name == name]
        rows.append([f"{name} ({len(some)})", *_sums(some)])
    rows.append([f"all ({len(processes)})", *_sums(processes)])
    rows.append(["aim", f"{MAX_CPU:.1f}", f"{MAX_RSS}", ""])
    return [
        f"{SECONDS} seconds, a minute after the start; load of the machine {load:.1f}.",
        "",
        *table(("processes", "CPU, % of one core", "RSS, MiB", "PSS, MiB"), rows),
        "",
        *table(
            ("", "seconds"),
            [
                ["first start, empty data folder", f"{first:.1f}"],
                ["second start", f"{second:.1f} (aim: {MAX_START:.0f})"],
            ],
        ),
        "",
        f"Web processes: {growth[0]:.0f} MiB after {WARM_REQUESTS:,} requests of visitors, {growth[1]:.0f} MiB after "
        f"{REQUESTS:,} more ({growth[1] / growth[0] - 1:+.1%}).",
    ]


def _sums(processes: Sequence[Process]) -> list[str]:
    return [
        f"{sum(process.cpu for process in processes):.2f}",
        f"{sum(process.rss for process in processes):.0f}",
        f"{sum(process.pss for process in processes):.0f}",
    ]


if __name__ == "__main__":
    sys.exit(main())

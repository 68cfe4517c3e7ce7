"""Measure what the calls of ``script/bench simulation`` cost, and how long a minute of film is encoded.

Run by ``script/bench simulation-costs``. A site with ``BENCH_VIDEOS`` (10000) videos, of which one has files, is asked
through nginx by one viewer. Prints milliseconds of CPU for each request, without what the processes take when nobody
asks, as medians of rounds, and bytes of each document and its indexes; ``BENCH_WRITE=1`` puts both into
``bench/simulation/costs.json``.
"""

from __future__ import annotations

import json
import os
import signal
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote, urljoin, urlsplit

from pymongo import MongoClient

import bench.plain  # noqa: F401 - before what marks texts for translation
from bench.api.client import Address, Line
from bench.api.cpu import ProcessGroup
from bench.api.measure import cpu_of_requests, idle_rate
from bench.api.world import children_named
from bench.library import PEOPLE, fill
from bench.simulation.load import COSTS, DATABASE, ENCODER, FRONT, WEB
from tests.support.clips import make_clip
from tests.support.http_client import Caller
from tests.support.mongo import root_uri
from tests.support.stack import Stack

SIZE = int(os.environ.get("BENCH_VIDEOS", "10000"))
ROUNDS = int(os.environ.get("BENCH_ROUNDS", "5"))
REQUESTS = 40
# Of smaller collections the size of a document is that of empty pages.
MIN_DOCUMENTS = 1_000
# A film whose encoding is measured.
FILM_SECONDS, FILM_SIZE, FILM_RATE = 30, (1920, 1080), 30
VIEWER = "fan20"
API = "/api/v1"


@dataclass(frozen=True)
class Request:
    """One call: how it is asked with a number. Pages are asked with the session's cookie, calls with the token.

    ``undone_by`` is the method of odd numbers, which undo what the even ones do.
    """

    method: str
    path: Callable[[int], str]
    body: Callable[[int], Mapping[str, object] | None] = lambda number: None
    undone_by: str = ""

    def encode(self, caller: Caller, host: str, number: int) -> bytes:
        """Return the bytes of the request with a number."""
        path, method = self.path(number), self.undone_by if number % 2 and self.undone_by else self.method
        lines = [f"{method} {path} HTTP/1.1", f"Host: {host}"]
        if path.startswith(API):
            lines.append(f"Authorization: Bearer {caller.token}")
        elif not path.startswith("/media/"):
            lines.append("Cookie: " + "; ".join(f"{name}={value}" for name, value in caller.cookies.items()))
        content = self.body(number)
        sent = b"" if content is None else json.dumps(content).encode()
        if method != "GET":
            lines += ["Content-Type: application/json", f"Content-Length: {len(sent)}"]
        return "\r\n".join([*lines, "", ""]).encode() + sent


def main() -> int:
    """Measure and print; return the exit code."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that the site is stopped
    with tempfile.TemporaryDirectory(prefix="streamsite-bench-") as name, ExitStack() as started:
        folder = Path(name)
        site = Stack(
            folder / "site",
            web_processes=2,
            STREAMSITE_THROTTLE_SCALE="1000000",
            ACCESS_TOKEN_SECONDS="3600",  # noqa: S106 - a duration
            TRANSCODE_PRESET="veryfast",
        )
        site.data_dir.parent.mkdir(parents=True)
        started.callback(site.stop)
        site.start()
        costs = measure(site, folder)
        sizes = bytes_of_documents(site)
    for call, cost in costs.items():
        sys.stdout.write(
            f"{call:<12} " + "  ".join(f"{part} {ms:.2f} ms" for part, ms in cost.items()) + "\n"
        )
    for name, size in sizes.items():
        sys.stdout.write(
            f"{name:<30} " + "  ".join(f"{part} {value:,}" for part, value in size.items()) + "\n"
        )
    if os.environ.get("BENCH_WRITE"):
        kept = {"videos": SIZE, "milliseconds": costs, "bytes": sizes}
        COSTS.write_text(json.dumps(kept, indent=2) + "\n")
    return 0


def measure(site: Stack, folder: Path) -> dict[str, dict[str, float]]:
    """Fill the site, and return the milliseconds of each call by the part that takes them."""
    people = {name: Caller(site).sign_up(name) for name in PEOPLE}
    film = people["star"].upload(
        make_clip(folder / "film.mp4", FILM_SECONDS, FILM_SIZE, FILM_RATE),
        title="A film",
        visibility="public",
    )
    encoded = encoding_seconds(site, lambda: people["star"].wait(film, "ready", seconds=600))
    seed = fill(site, SIZE, "--history=1")
    viewer = people[VIEWER].sign_in_to_pages(VIEWER)
    groups = {
        FRONT: ProcessGroup(lambda: children_named(site, "nginx")),
        WEB: ProcessGroup(lambda: site.children("granian")),
        DATABASE: ProcessGroup(lambda: site.children("mongod")),
    }
    words = [words[0] for words in seed["words"]]
    requests = requests_of(film, seed["videos"], words, segment_path(viewer, film))
    costs = measure_requests(site, viewer, requests, groups)
    return {**costs, "film minute": {ENCODER: round(encoded * 60 / FILM_SECONDS * 1_000, 1)}}


def bytes_of_documents(site: Stack) -> dict[str, dict[str, int]]:
    """Return for each large collection how many documents it has, and the bytes of one: stored, and in all indexes."""
    found = {}
    with MongoClient[dict[str, Any]](root_uri(site.data_dir)) as client:
        client["admin"].command("fsync")  # sizes are those of the last checkpoint
        for name in sorted(client["streamsite"].list_collection_names()):
            told = client["streamsite"].command("collStats", name)
            if told["count"] >= MIN_DOCUMENTS:
                found[name] = {
                    "documents": told["count"],
                    "stored": round(told["storageSize"] / told["count"]),
                    "indexes": round(told["totalIndexSize"] / told["count"]),
                }
    return found


def requests_of(film: str, videos: list[str], words: list[str], segment: str) -> dict[str, Request]:
    """Return the calls by their names in ``bench.simulation.load``."""

    def get(path: Callable[[int], str]) -> Request:
        return Request("GET", path)

    def other(number: int) -> str:
        return videos[number // 2 % len(videos)]

    def toggle(path: Callable[[int], str], body: Mapping[str, object]) -> Request:
        return Request("PUT", path, lambda number: body, undone_by="DELETE")

    return {
        "segment": get(lambda number: segment),
        "heartbeat": Request(
            "POST",
            lambda number: f"{API}/videos/{film}/playback",
            lambda number: {"position": number % 20, "watched": [[number % 20, number % 20 + 1]]},
        ),
        "watch page": get(lambda number: f"/watch/{film}"),
        "home page": get(lambda number: "/"),
        "list": get(lambda number: f"{API}/videos"),
        "search": get(lambda number: f"{API}/videos?q={quote(words[number % len(words)])}+"),
        "comments": get(lambda number: f"{API}/videos/{videos[0]}/comments"),
        "like": toggle(lambda number: f"{API}/videos/{other(number)}/reaction", {"value": "like"}),
        "subscribe": toggle(lambda number: f"{API}/channels/small/subscription", {"notify": "all"}),
    }


def segment_path(viewer: Caller, film: str) -> str:
    """Return the path of a segment of the film's picture."""
    _, video = viewer.json("GET", f"{API}/videos/{film}")
    address = video["hls_url"]
    for _ in range(2):  # the master playlist, then the one of a rendition
        _, _, listed = viewer.call("GET", address)
        first = next(line for line in listed.decode().splitlines() if line and not line.startswith("#"))
        address = urljoin(address, first)
    return urlsplit(address).path


def measure_requests(
    site: Stack, viewer: Caller, requests: Mapping[str, Request], groups: Mapping[str, ProcessGroup]
) -> dict[str, dict[str, float]]:
    """Ask everything in turns; return the medians by call and part."""
    line, host = Line(Address(site.port)), f"localhost:{site.port}"
    idle = {part: idle_rate(group) for part, group in groups.items()}
    found: dict[str, dict[str, list[float]]] = {name: {part: [] for part in groups} for name in requests}
    for turn in range(ROUNDS + 1):
        for name, request in requests.items():
            before, begun = {part: group.read() for part, group in groups.items()}, time.perf_counter()
            for number in range(REQUESTS):
                answer = line.ask(request.encode(viewer, host, turn * REQUESTS + number))
                if not answer.is_success:
                    raise SystemExit(f"{name}: {answer.status} {answer.body[:300]!r}")
            seconds = time.perf_counter() - begun
            for part, group in groups.items():
                spent = cpu_of_requests(group, before[part], seconds, idle[part], REQUESTS)
                if turn:  # the first one warms up
                    found[name][part].append(spent)
    line.close()
    return {
        name: {part: round(statistics.median(values), 3) for part, values in parts.items()}
        for name, parts in found.items()
    }


def encoding_seconds(site: Stack, wait: Callable[[], object]) -> float:
    """Return the seconds of CPU that the workers and their encoders take while ``wait`` waits for a video."""
    before = _worker_seconds(site)
    wait()
    deadline = time.monotonic() + 5
    while time.monotonic() < deadline:  # the encoder ends a moment after its video is ready
        time.sleep(0.5)
    return _worker_seconds(site) - before


def _worker_seconds(site: Stack) -> float:
    """Return the seconds of CPU of the workers and of the processes that they have waited for."""
    ticks = 0
    for pid in site.children("run_worker"):
        fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
        ticks += sum(int(value) for value in fields[11:15])
    return ticks / os.sysconf("SC_CLK_TCK")


if __name__ == "__main__":
    sys.exit(main())

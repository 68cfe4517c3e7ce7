"""Measure memory of the web processes during many parallel sign-ins, and latency of other calls.

Rounds of parallel sign-ins against a whole site, all from one address: 45 with a wrong name, then 100 with the right
password. Memory is the sum of the resident sets of the web server's processes, sampled every 20 ms.
"""

from __future__ import annotations

import http.client
import json
import statistics
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from bench.hardening import verdict
from tests.support.http_client import PASSWORD, Caller
from tests.support.stack import Stack

MOST_MIB = 150
SIGN_IN = "/api/v1/auth/token"


@dataclass
class Round:
    """The results of one round: statuses and seconds of sign-ins, memory before and at peak, latency of other calls."""

    statuses: Counter[int]
    seconds: list[float]
    before: float
    peak: float
    others: list[float]


def measure() -> None:
    """Start a site, run the rounds, print the table and whether the bar holds."""
    with tempfile.TemporaryDirectory(prefix="streamsite-bench-") as folder:
        site = Stack(Path(folder), web_processes=2, STREAMSITE_THROTTLE_SCALE="1000000")
        site.start()
        try:
            Caller(site).sign_up("bench-owner")
            _warm(site)
            wrong = _round(site, 45, lambda number: (f"bench-nobody-{number}", "a wrong password"))
            right = _round(site, 100, lambda number: ("bench-owner", PASSWORD))
        finally:
            site.stop()
    print(
        f"{'at once':<24}{'MiB before':>11}{'peak':>7}{'growth':>8}{'slowest s':>11}{'others p95 ms':>15}  statuses"
    )
    for name, found in (("45 unknown names", wrong), ("100 right passwords", right)):
        p95 = statistics.quantiles(found.others, n=20)[-1] * 1000
        print(
            f"{name:<24}{found.before:>11.0f}{found.peak:>7.0f}{found.peak - found.before:>8.0f}"
            f"{max(found.seconds):>11.1f}{p95:>15.0f}  {dict(sorted(found.statuses.items()))}"
        )
    growth = max(wrong.peak, right.peak) - wrong.before
    verdict(f"the web processes grow by less than {MOST_MIB} MiB: {growth:.0f}", passed=growth < MOST_MIB)


def _warm(site: Stack) -> None:
    """Make both processes import their code, so that only the hashing is measured."""
    for _ in range(8):
        _sign_in(site, "bench-owner", PASSWORD)
        _read(site)


def _round(site: Stack, count: int, whose: Callable[[int], tuple[str, str]]) -> Round:
    start = threading.Barrier(count + 1)
    found = Round(Counter(), [], site.web_memory(), 0.0, [])

    def one(number: int) -> None:
        login, password = whose(number)
        start.wait()
        begun = time.monotonic()
        found.statuses[_sign_in(site, login, password)] += 1
        found.seconds.append(time.monotonic() - begun)

    threads = [threading.Thread(target=one, args=(number,)) for number in range(count)]
    ended = threading.Event()

    def watch() -> None:
        while not ended.wait(0.02):
            found.peak = max(found.peak, site.web_memory())

    def look() -> None:
        while True:
            begun = time.monotonic()
            _read(site)
            found.others.append(time.monotonic() - begun)
            if ended.wait(0.05) and len(found.others) > 2:
                return

    watchers = [threading.Thread(target=watch), threading.Thread(target=look)]
    for thread in threads:
        thread.start()
    for thread in watchers:
        thread.start()
    start.wait()
    for thread in threads:
        thread.join()
    ended.set()
    for thread in watchers:
        thread.join()
    return found


def _sign_in(site: Stack, login: str, password: str) -> int:
    body = json.dumps({"login": login, "password": password})
    return _call(site, "POST", SIGN_IN, body)


def _read(site: Stack) -> int:
    return _call(site, "GET", "/api/v1/videos", None)


def _call(site: Stack, method: str, path: str, body: str | None) -> int:
    """Return the status of a request, 0 without an answer."""
    connection = http.client.HTTPConnection("localhost", site.port, timeout=180)
    try:
        connection.request(method, path, body, {"Content-Type": "application/json"} if body else {})
        answer = connection.getresponse()
        answer.read()
    except (OSError, http.client.HTTPException):
        return 0
    else:
        return answer.status
    finally:
        connection.close()

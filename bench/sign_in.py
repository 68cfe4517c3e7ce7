"""Compare how long a refused sign-in takes by the reason for refusing it: the three must not differ.

Run by ``script/bench sign-in``. Prints the median and the spread in milliseconds of each kind, asked in turns.
"""

from __future__ import annotations

import os
import statistics
import tempfile
import time
from pathlib import Path

import pymongo

from tests.support.http_client import Caller
from tests.support.stack import Stack

TRIES = int(os.environ.get("BENCH_TRIES", "200"))
URL = "/api/v1/auth/token"
KINDS = {"wrong password": "bench-active", "unknown user": "bench-nobody", "inactive user": "bench-inactive"}


def main() -> None:
    """Start a site, create the accounts, measure, and print the table."""
    with tempfile.TemporaryDirectory(prefix="streamsite-bench-") as folder:
        site = Stack(Path(folder), web_processes=2, STREAMSITE_THROTTLE_SCALE="1000000")
        site.start()
        try:
            for name in ("bench-active", "bench-inactive"):
                Caller(site).sign_up(name)
            with pymongo.MongoClient((site.data_dir / "run" / "mongodb-uri").read_text().strip()) as client:
                client["streamsite"]["accounts_user"].update_one(
                    {"username": "bench-inactive"}, {"$set": {"is_active": False}}
                )
            report(measure(site))
        finally:
            site.stop()


def measure(site: Stack) -> dict[str, list[float]]:
    """Return the milliseconds of each try, by kind."""
    caller = Caller(site)
    times: dict[str, list[float]] = {kind: [] for kind in KINDS}
    for attempt in range(TRIES + 10):
        for kind, login in KINDS.items():
            begun = time.perf_counter()
            status, body = caller.json("POST", URL, {"login": login, "password": "a wrong password"})
            elapsed = (time.perf_counter() - begun) * 1000
            if (status, body["code"]) != (401, "invalid_credentials"):
                raise SystemExit(f"{kind}: {status} {body}")
            if attempt >= 10:  # the first ones warm up
                times[kind].append(elapsed)
    return times


def report(times: dict[str, list[float]]) -> None:
    """Print the table and the largest difference of medians."""
    medians = {kind: statistics.median(values) for kind, values in times.items()}
    print(f"{'refused because of':<20}{'tries':>7}{'median ms':>11}{'p10':>8}{'p90':>8}")
    for kind, values in times.items():
        deciles = statistics.quantiles(values, n=10)
        print(f"{kind:<20}{len(values):>7}{medians[kind]:>11.2f}{deciles[0]:>8.2f}{deciles[-1]:>8.2f}")
    spread = (max(medians.values()) / min(medians.values()) - 1) * 100
    print(f"largest difference of medians: {spread:.1f} %")


if __name__ == "__main__":
    main()

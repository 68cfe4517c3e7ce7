"""Measure what requests and their metrics cost this process: ``python -m bench.metrics_child on|off``.

Prints JSON: CPU microseconds by what was measured. With ``off`` nothing is counted and no command is timed, as it was
before there were metrics.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable

import django
from django.conf import settings

PATHS = ("/login", "/", "/api/v1/videos")
# Other programs make a round slower and none faster, so the fastest of many short ones counts.
ROUNDS, REQUESTS, CALLS = 25, 12, 1_000


def main() -> None:
    """Measure requests, and with ``on`` the two things that count them."""
    if sys.argv[1] == "off":
        from streamsite.metrics import requests

        requests.count_request = lambda *ignored: None
    django.setup()
    settings.THROTTLE_SCALE = 1_000_000
    figures: dict[str, float] = {}
    if sys.argv[1] == "on":
        from streamsite.metrics import commands, process_files

        process_files.join(process_files.WEB)
        # Before the listener is there for every client.
        figures |= {"counting a request": measure_counting(), "timing a command": measure_timing()}
        commands.start(process_files.WEB)
    print(json.dumps(figures | measure_requests()))


def fastest(act: Callable[[], object], times: int) -> float:
    """Return the CPU microseconds of a call of ``act`` in the fastest round of ``times`` calls."""
    rounds = []
    for _ in range(ROUNDS):
        begun = time.process_time()
        for _ in range(times):
            act()
        rounds.append((time.process_time() - begun) / times * 1e6)
    return min(rounds)


def measure_requests() -> dict[str, float]:
    """Return the cost of a request by its path."""
    from django.test import Client

    visitor = Client(headers={"host": "localhost"})
    for path in PATHS:
        if visitor.get(path).status_code != 200:
            raise SystemExit(f"{path} is not 200")
    return {path: fastest(lambda path=path: visitor.get(path), REQUESTS) for path in PATHS}


def measure_counting() -> float:
    """Return the cost of counting one request."""
    from django.http import HttpResponse
    from django.test import RequestFactory
    from django.urls import resolve

    from streamsite.metrics.requests import count_request

    request, response = RequestFactory().get("/login"), HttpResponse()
    request.resolver_match = resolve("/login")
    return fastest(lambda: count_request(request, response, 0.01), CALLS)


def measure_timing() -> float:
    """Return what timing adds to a command that finds one document."""
    from pymongo import MongoClient

    from streamsite.metrics.commands import CommandTimes

    costs = []
    for listeners in ([], [CommandTimes("web")]):
        with MongoClient(settings.MONGODB_URI, event_listeners=listeners) as client:
            rows = client[settings.MONGODB_NAME]["streamsite_site"]
            costs.append(fastest(lambda rows=rows: rows.find_one({"_id": "none"}), CALLS // 10))
    return costs[1] - costs[0]


if __name__ == "__main__":
    main()

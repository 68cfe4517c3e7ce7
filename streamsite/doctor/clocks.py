"""Compare this machine's clock with MongoDB's, by which leases, periodic tasks and expirations go."""

from __future__ import annotations

import time
from datetime import UTC

from streamsite import startup_warnings
from streamsite.mongo.engine.client import get_client

MAX_SKEW_SECONDS = 5.0
TRIES = 3


def clock_skew() -> float:
    """Return by how many seconds MongoDB's clock is ahead of this machine's; negative when it is behind.

    Of three calls the quickest counts, and its answer is taken to be made halfway. Raises what the driver raises.
    """
    return min(_measure() for _ in range(TRIES))[1]


def _measure() -> tuple[float, float]:
    """Return how long one call took and the skew that it shows, in seconds."""
    sent = time.time()
    hello = get_client("default").admin.command("hello")
    received = time.time()
    theirs = hello["localTime"].replace(tzinfo=UTC).timestamp()
    return received - sent, theirs - (sent + received) / 2


def describe_skew(seconds: float) -> str:
    """Return a sentence about a skew of more than ``MAX_SKEW_SECONDS``, "" for a smaller one."""
    if abs(seconds) <= MAX_SKEW_SECONDS:
        return ""
    side = "ahead of" if seconds > 0 else "behind"
    return f"MongoDB's clock is {abs(seconds):.0f} s {side} this machine's. Run a time service (NTP) on both."


def startup_warning() -> str:
    """Return the warning of web and workers at their start, "" while the clocks agree or MongoDB does not answer."""
    from pymongo.errors import PyMongoError

    try:
        return describe_skew(clock_skew())
    except PyMongoError:
        return ""


startup_warnings.register_startup_warning(startup_warning)

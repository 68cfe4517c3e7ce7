"""MongoDB's clock: one for all hosts of a site, whose own clocks may differ or jump."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta

from django.utils import timezone

from streamsite.mongo.engine.client import get_client

# Seconds for which an answer is carried on by the clock that never jumps.
MAX_AGE_SECONDS = 30.0
# The moment of an answer by that clock, in seconds, and what MongoDB's clock said then.
_answers: list[tuple[float, datetime]] = []


def server_now() -> datetime:
    """Return the time by MongoDB's clock, aware and in UTC. Raises what the driver raises.

    MongoDB is asked at most every ``MAX_AGE_SECONDS``.
    """
    if not _answers or time.monotonic() - _answers[-1][0] > MAX_AGE_SECONDS:
        told = get_client("default").admin.command("hello")["localTime"].replace(tzinfo=UTC)
        _answers[:] = [(time.monotonic(), told)]
    asked, told = _answers[-1]
    return told + timedelta(seconds=time.monotonic() - asked)


def cautious_now() -> datetime:
    """Return the earlier time of MongoDB's clock and this machine's: what is old by it is old by both."""
    return min(timezone.now(), server_now())

"""The delay before a failed job runs again. Pure."""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import timedelta

INITIAL_SECONDS, MAX_SECONDS = 2.0, 600.0


def compute_retry_delay(tries: int, pauses: Sequence[float] = ()) -> timedelta:
    """Return how long to wait after the ``tries``-th failure, spread by a quarter.

    ``pauses`` are seconds, the last for all further tries; without them the pause doubles up to ten minutes.
    """
    doubled = min(MAX_SECONDS, INITIAL_SECONDS * 2 ** (tries - 1))
    seconds = pauses[min(tries, len(pauses)) - 1] if pauses else doubled
    return timedelta(seconds=seconds * random.uniform(0.75, 1.25))  # noqa: S311 - no secret

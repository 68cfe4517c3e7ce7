"""The API's general rate limits."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle

from streamsite.caching import ExpiringCache
from streamsite.http_methods import SAFE_METHODS
from streamsite.rate_limits import READS, WRITES, Limit, increment, max_events, throttle_key

if TYPE_CHECKING:
    from rest_framework.views import APIView


# Reads are counted in the process, one database write per so many of them: a counter per read would double its cost.
READ_BATCH = 50
# By caller and window: the reads in this process that the database has not counted yet, and its last total.
_reads: ExpiringCache[tuple[str, int], tuple[int, int]] = ExpiringCache(
    seconds=READS.seconds, max_entries=10_000
)


def count_read(who: str) -> dict[str, str] | None:
    """Count a read of a visitor's address. Return the headers of the limit, ``None`` if it is used up."""
    total = _count_read(who)
    return _limit_headers(READS, total) if total <= max_events(READS) else None


def _count_read(who: str) -> int:
    """Count a read; return how many there were in this window, as far as this process knows."""
    window = int(time.time() // READS.seconds)
    pending, known = _reads.get((who, window), (0, 0))
    pending += 1
    if pending >= READ_BATCH:
        # First, so that an outage is met once for so many reads and not by each.
        _reads.put((who, window), (0, known))
        known, _ = increment(READS, who, by=pending)
        pending = 0
    _reads.put((who, window), (pending, known))
    return known + pending


def _limit_headers(limit: Limit, total: int) -> dict[str, str]:
    most = max_events(limit)
    return {
        "RateLimit-Limit": str(most),
        "RateLimit-Remaining": str(max(0, most - total)),
        "RateLimit-Reset": str(_seconds_left(limit)),
    }


def _seconds_left(limit: Limit) -> int:
    """Return the seconds until the limit's window ends."""
    return limit.seconds - int(time.time()) % limit.seconds


class GroupThrottle(BaseThrottle):
    """Limits writes per user or address, and reads per address. A view may name its own with ``throttle_limit``."""

    def allow_request(self, request: Request, view: APIView) -> bool:
        """Count the request. Return whether it is within the caller's limit."""
        who = str(request.user.pk) if request.user and request.user.is_authenticated else ""
        who = who or throttle_key(request._request)
        if request.method in SAFE_METHODS:
            limit, total = READS, _count_read(who)
        else:
            limit = getattr(view, "throttle_limit", WRITES)
            total, _ = increment(limit, who)
        self._seconds = _seconds_left(limit)
        request._request.rate_limit_headers = _limit_headers(limit, total)  # type: ignore[attr-defined]
        return total <= max_events(limit)

    @staticmethod
    def reset_counts() -> None:
        """Forget the reads that this process has counted."""
        _reads.clear()

    def wait(self) -> float:
        """Return the seconds until the limit resets."""
        return float(getattr(self, "_seconds", 1))

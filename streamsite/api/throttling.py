"""The API's general rate limits."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle

from streamsite.caching import ExpiringCache
from streamsite.rate_limits import READS, WRITES, increment, max_events, throttle_key

if TYPE_CHECKING:
    from rest_framework.views import APIView


class GroupThrottle(BaseThrottle):
    """Limits writes per user or address, and reads per address.

    A view may name its own with ``throttle_limit``. Reads are counted in the process, one database write per
    ``READ_BATCH`` of them, because a counter per read would double what a read costs.
    """

    READ_BATCH = 50
    # By caller and window: the reads in this process that the database has not counted yet, and its last total.
    _reads: ExpiringCache[tuple[str, int], tuple[int, int]] = ExpiringCache(
        seconds=READS.seconds, max_entries=10_000
    )

    def allow_request(self, request: Request, view: APIView) -> bool:
        """Count the request. Return whether it is within the caller's limit."""
        who = str(request.user.pk) if request.user and request.user.is_authenticated else ""
        who = who or throttle_key(request._request)
        if request.method in {"GET", "HEAD", "OPTIONS"}:
            limit, total = READS, self._count_read(who)
        else:
            limit = getattr(view, "throttle_limit", WRITES)
            total, _ = increment(limit, who)
        most = max_events(limit)
        self._seconds = limit.seconds - int(time.time()) % limit.seconds
        headers = {
            "RateLimit-Limit": str(most),
            "RateLimit-Remaining": str(max(0, most - total)),
            "RateLimit-Reset": str(self._seconds),
        }
        request._request.rate_limit_headers = headers  # type: ignore[attr-defined]
        return total <= most

    def _count_read(self, who: str) -> int:
        window = int(time.time() // READS.seconds)
        pending, known = self._reads.get((who, window), (0, 0))
        pending += 1
        if pending == self.READ_BATCH:
            known, _ = increment(READS, who, by=pending)
            pending = 0
        self._reads.put((who, window), (pending, known))
        return known + pending

    @classmethod
    def reset_counts(cls) -> None:
        """Forget the reads that this process has counted."""
        cls._reads.clear()

    def wait(self) -> float:
        """Return the seconds until the limit resets."""
        return float(getattr(self, "_seconds", 1))

"""The API's general rate limits."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle

from streamsite.limits import READS, WRITES, Limit, allowance, client_address, hit

if TYPE_CHECKING:
    from rest_framework.views import APIView


class GroupThrottle(BaseThrottle):
    """The general limits: writes per user or address always, reads per address when they are many.

    A view may name its own with ``throttle_limit``. Reads are counted in the process, one database write per
    ``READ_BATCH`` of them, because a counter per read would double what a read costs.
    """

    READ_BATCH = 50
    _reads: dict[str, tuple[int, int]] = {}

    def allow_request(self, request: Request, view: APIView) -> bool:
        who = str(request.user.pk) if request.user and request.user.is_authenticated else ""
        who = who or client_address(request._request)
        if request.method in {"GET", "HEAD", "OPTIONS"}:
            return self._allow_read(who)
        limit: Limit = getattr(view, "throttle_limit", WRITES)
        total, seconds = hit(limit, who)
        self._seconds = seconds
        return total <= allowance(limit)

    def _allow_read(self, who: str) -> bool:
        window = int(time.time() // READS.seconds)
        seen_window, seen = self._reads.get(who, (window, 0))
        seen = seen + 1 if seen_window == window else 1
        if len(self._reads) > 10_000:
            self._reads.clear()
        self._reads[who] = (window, seen)
        if seen % self.READ_BATCH:
            return True
        total, seconds = hit(READS, who, by=self.READ_BATCH)
        self._seconds = seconds
        return total <= allowance(READS)

    @classmethod
    def forget_all(cls) -> None:
        """Start counting this process's reads anew."""
        cls._reads.clear()

    def wait(self) -> float:
        return float(getattr(self, "_seconds", 1))

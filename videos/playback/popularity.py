"""Popularity: recent views as one number that decays without being updated.

Every view is worth twice as much as one of ``HALF_LIFE`` before: its weight is two to the power of the half-lives
since ``EPOCH``. Sums of weights can be compared at any time without aging them, and their logarithm is kept, which
stays small. (Forward decay: Cormode and others, 2009.)
"""

from __future__ import annotations

import math
from datetime import UTC, datetime, timedelta

EPOCH = datetime(2025, 1, 1, tzinfo=UTC)
HALF_LIFE = timedelta(days=2)


def decayed_score(trend: float, views: float, at: datetime) -> float:
    """Return the score after ``views`` more, in half-lives plus one; 0 stands for no views so far."""
    if views <= 0:
        return trend
    added = (at - EPOCH) / HALF_LIFE + math.log2(views) + 1
    if trend <= 0:
        return added
    larger, smaller = max(trend, added), min(trend, added)
    return larger + math.log2(1 + 2.0 ** (smaller - larger))

"""Moments of a video as addresses name them."""

from __future__ import annotations

import re

MOMENT = re.compile(r"\A(?:(\d{1,3})h)?(?:(\d{1,5})m)?(?:(\d{1,7})s?)?\Z", re.ASCII)
CLOCK = re.compile(r"\A(?:(\d{1,3}):)?(\d{1,2}):(\d{2})\Z", re.ASCII)
DECIMAL = re.compile(r"\A(\d{0,6}\.\d{1,9})s?\Z", re.ASCII)


def seconds(raw: str) -> float:
    """Read ``90``, ``90s``, ``12.5``, ``1m30s``, ``1:30`` or ``1:02:03``; anything else is 0, the beginning."""
    match = MOMENT.match(raw) or CLOCK.match(raw)
    if match:
        hours, minutes, rest = (int(part or 0) for part in match.groups())
        return float(hours * 3600 + minutes * 60 + rest)
    decimal = DECIMAL.match(raw)
    return float(decimal[1]) if decimal else 0.0

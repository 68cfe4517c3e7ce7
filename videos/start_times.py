"""Moments of a video as addresses name them. ``static/js/player/start-times.js`` reads fragments by the same rules."""

from __future__ import annotations

import re

from django.http import QueryDict

PARAMETERS = ("start", "t")
_FRACTION = r"(?:\.\d{1,9})?"
_UNITS = rf"(?=.)(?:(\d{{1,3}})h)?(?:(\d{{1,5}})m)?(?:(\d{{1,7}}{_FRACTION}|\.\d{{1,9}})s?)?"
_CLOCK = rf"(?:(\d{{1,3}}):)?(\d{{1,4}}):(\d{{1,2}}{_FRACTION})"
# Of a range, as media fragments have it (``npt:10,20``), the beginning counts.
START_TIME = re.compile(rf"(?:npt:)?(?:{_UNITS}|{_CLOCK})(?:,[\d:.]*)?", re.ASCII | re.IGNORECASE)


def parse_start_time(raw: str) -> float | None:
    """Return the seconds that ``raw`` names, or ``None`` when it names no moment.

    Understood are ``90``, ``90s``, ``12.5``, ``1m30s``, ``1h2m3s``, ``1:30``, ``1:02:03`` and the ranges of media
    fragments.
    """
    match = START_TIME.fullmatch(raw.strip())
    if match is None:
        return None
    groups = match.groups()
    hours, minutes, seconds = groups[:3] if any(groups[:3]) else groups[3:]
    if not any((hours, minutes, seconds)):
        return None
    return int(hours or 0) * 3600 + int(minutes or 0) * 60 + float(seconds or 0)


def requested_start_time(params: QueryDict) -> float | None:
    """Return the start time in seconds that a URL asks for by ``start`` or ``t``; ``None`` without one."""
    found = (parse_start_time(params.get(name, "")) for name in PARAMETERS)
    return next((one for one in found if one is not None), None)

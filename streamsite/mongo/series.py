"""Versions of MongoDB: their series, ``"6.0"`` of ``"6.0.27"``, and the order in which data passes through them."""

from __future__ import annotations

import re

Series = tuple[int, int]


def series_of(version: str) -> Series | None:
    """Return the series of a version, ``(6, 0)`` of ``"6.0.27"`` and of ``"6.0"``; ``None`` of what is none."""
    found = re.match(r"(\d{1,4})\.(\d{1,4})(?:\.|\Z)", version)
    return (int(found[1]), int(found[2])) if found else None


def is_newer(version: str, other: str) -> bool:
    """Return whether ``version`` is of a newer series than ``other``; false when one of them is unknown."""
    mine, theirs = series_of(version), series_of(other)
    return mine is not None and theirs is not None and mine > theirs


def next_compatibility(present: str, server: str) -> str:
    """Return what the data's compatibility may be raised to on a server of version ``server``, "" for nothing.

    It is the series of the server, and at most one major version above the present one: MongoDB itself goes no further
    in one step.
    """
    now, then = series_of(present), series_of(server)
    if now is None or then is None or then <= now or then[0] > now[0] + 1:
        return ""
    return f"{then[0]}.{then[1]}"

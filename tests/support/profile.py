"""The depth of the longest tests: a core every time, everything with ``DEEP_TESTS=1``."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import TypeVar

Value = TypeVar("Value")


def is_deep() -> bool:
    """Return whether everything is to be tried."""
    return os.environ.get("DEEP_TESTS") == "1"


def walk(usual: int, *, deep: int) -> int:
    """Return how many examples, files or kills to try: ``usual``, or ``deep`` when everything is."""
    return deep if is_deep() else usual


def sample(values: Sequence[Value], usual: int) -> list[Value]:
    """Return ``usual`` of the values, evenly spaced from the first to the last, or all when everything is tried."""
    if is_deep() or len(values) <= usual:
        return list(values)
    if usual == 1:
        return [values[0]]
    return [values[number * (len(values) - 1) // (usual - 1)] for number in range(usual)]

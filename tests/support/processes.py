"""Processes as ``/proc`` knows them."""

from __future__ import annotations

import contextlib
from pathlib import Path


def children(pid: int) -> list[int]:
    """Return the ids of the processes that any thread of ``pid`` started; none when it has ended."""
    found = []
    for thread in Path(f"/proc/{pid}/task").glob("*/children"):
        with contextlib.suppress(OSError):
            found += [int(word) for word in thread.read_text().split()]
    return found


def tree(pid: int) -> set[int]:
    """Return the ids of ``pid`` and of everything below it."""
    found = {pid}
    for child in children(pid):
        found |= tree(child)
    return found

"""Processes as ``/proc`` knows them."""

from __future__ import annotations

import contextlib
from pathlib import Path


def child_pids(pid: int) -> list[int]:
    """Return the ids of the processes that any thread of ``pid`` started; none when it has ended."""
    found = []
    for thread in Path(f"/proc/{pid}/task").glob("*/children"):
        with contextlib.suppress(OSError):
            found += [int(word) for word in thread.read_text().split()]
    return found


def process_tree(pid: int) -> set[int]:
    """Return the ids of ``pid`` and of everything below it."""
    found = {pid}
    for child in child_pids(pid):
        found |= process_tree(child)
    return found

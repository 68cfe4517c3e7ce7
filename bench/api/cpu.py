"""CPU time and memory of processes, from ``/proc``."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from pathlib import Path

from tests.support.processes import process_tree

PROC = Path("/proc")
# Nanoseconds on a processor by (process id, thread id).
ThreadTimes = dict[tuple[int, int], int]


def parse_schedstat(text: str) -> int:
    """Return the nanoseconds that a thread ran, from the content of its ``schedstat``."""
    return int(text.split(None, 1)[0])


def thread_times(pids: Iterable[int], proc: Path = PROC) -> ThreadTimes:
    """Return the times of all threads of some processes; what ended meanwhile is left out."""
    times: ThreadTimes = {}
    for pid in pids:
        with suppress(OSError):
            for thread in (proc / str(pid) / "task").iterdir():
                with suppress(OSError, IndexError):
                    times[pid, int(thread.name)] = parse_schedstat((thread / "schedstat").read_text())
    return times


def elapsed_nanoseconds(before: Mapping[tuple[int, int], int], after: Mapping[tuple[int, int], int]) -> int:
    """Return the nanoseconds that threads ran between two readings.

    A thread that began in between counts from zero, also when it has the id of one that ended.
    """
    total = 0
    for thread, now in after.items():
        former = before.get(thread, 0)
        total += now - former if now >= former else now
    return total


class ProcessGroup:
    """The processes below some roots, which are looked up again at each reading."""

    def __init__(self, roots: Callable[[], Iterable[int]]) -> None:
        self._roots = roots

    def pids(self) -> set[int]:
        """Return the ids of the roots and of everything below them."""
        found: set[int] = set()
        for root in self._roots():
            found |= process_tree(root)
        return found

    def read(self) -> ThreadTimes:
        """Return the times of all threads."""
        return thread_times(self.pids())

    def resident_mib(self) -> float:
        """Return the MiB of resident memory; pages that processes share count in each."""
        pages = 0
        for pid in self.pids():
            with suppress(OSError):  # ended meanwhile
                pages += int((PROC / str(pid) / "statm").read_text().split()[1])
        return pages * os.sysconf("SC_PAGE_SIZE") / 1024**2

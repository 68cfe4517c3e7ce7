"""Ending a process after a given number of its writes to MongoDB, or doing to a test what comes to the same."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from pymongo import monitoring

WRITE_COMMANDS = frozenset(
    {
        *("insert", "update", "delete", "findAndModify", "commitTransaction"),
        *("create", "drop", "renameCollection", "collMod", "createIndexes", "dropIndexes"),
    }
)


class SimulatedKill(BaseException):
    """Ends a block of code as a kill would: nothing that handles errors handles it."""


class WriteCounter(monitoring.CommandListener):
    """Calls ``act`` after the server did a certain write. Counts only between ``watch`` and ``stop``."""

    def __init__(self) -> None:
        self.done: list[str] | None = None
        self._last: int | str = 0
        self._act: Callable[[], object] = lambda: None
        self._names: dict[int, str] = {}

    def watch(self, last: int | str = 0, act: Callable[[], object] = lambda: None) -> list[str]:
        """Begin to count; return the list that grows by every write, such as ``dropIndexes videos_video``.

        ``act`` is called after write number ``last``, from 1, or after each whose text begins with it.
        """
        self.done, self._last, self._act = [], last, act
        return self.done

    def stop(self) -> None:
        """Count no more."""
        self.done = None

    def started(self, event: monitoring.CommandStartedEvent) -> None:
        """Remember what the command is about."""
        if self.done is not None and self._writes(event):
            self._names[event.request_id] = f"{event.command_name} {event.command.get(event.command_name)}"

    def succeeded(self, event: monitoring.CommandSucceededEvent) -> None:
        """Count the command, and act if it is the last one."""
        name = self._names.pop(event.request_id, None)
        if name is None or self.done is None:
            return
        self.done.append(name)
        if name.startswith(self._last) if isinstance(self._last, str) else len(self.done) == self._last:
            self._act()

    def failed(self, event: monitoring.CommandFailedEvent) -> None:
        """Forget a command that changed nothing."""
        self._names.pop(event.request_id, None)

    @staticmethod
    def _writes(event: monitoring.CommandStartedEvent) -> bool:
        stages = event.command.get("pipeline") or ()
        merges = event.command_name == "aggregate" and any(
            {"$merge", "$out"} & set(stage) for stage in stages
        )
        return merges or event.command_name in WRITE_COMMANDS


def kill_self() -> None:
    """End this process at once, as the kernel or an operator does."""
    os.kill(os.getpid(), signal.SIGKILL)


def _raise() -> None:
    raise SimulatedKill


@contextmanager
def collect_writes(counter: WriteCounter) -> Iterator[list[str]]:
    """Collect what the block writes."""
    done = counter.watch()
    try:
        yield done
    finally:
        counter.stop()


@contextmanager
def kill_after(counter: WriteCounter, last: int) -> Iterator[None]:
    """End the block after write number ``last``, from 1. Raises ``AssertionError`` when it writes less often."""
    done = counter.watch(last, _raise)
    try:
        yield
    except SimulatedKill:
        return
    finally:
        counter.stop()
    raise AssertionError(f"there were only {len(done)} writes")

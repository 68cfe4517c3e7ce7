"""The progress of a long run: a bar on a terminal, else a line now and then.

A job that its worker has lost ends at the next step.
"""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import IO, TypeVar

from streamsite.tasks.errors import LeaseLost
from streamsite.tasks.lease import current_lease

# Seconds between two showings on a terminal, and between two lines in a log.
INTERVAL, LINE_INTERVAL = 0.2, 30.0
WIDTH, BAR = 78, 20

Item = TypeVar("Item")


class Progress:
    """Counts items and bytes of a phase. Threads may count at the same time.

    Shows nothing without ``out``. Within ``ticking`` it is shown though nothing is counted.
    """

    def __init__(self, out: IO[str] | None = None) -> None:
        self._out = out
        self._is_terminal = out is not None and out.isatty()
        self._interval = INTERVAL if self._is_terminal else LINE_INTERVAL
        self._lease = current_lease()
        self._lock = threading.Lock()
        self._begun = time.monotonic()
        # On a terminal at once; whatever is over within an interval leaves no line in a log.
        self._shown = self._begun - (self._interval if self._is_terminal else 0.0)
        self._is_bar_shown = False
        self.begin("")

    @classmethod
    def of_command(cls) -> Progress:
        """Return progress on standard error."""
        return cls(sys.stderr)

    def begin(self, phase: str, *, expected: int = 0, items: int = 0) -> None:
        """Start a phase, such as ``files``; ``expected`` bytes, or else ``items``, make it a percentage."""
        self._phase, self._expected, self._expected_items = phase, expected, items
        self.items = self.bytes = 0

    def step(self, items: int, size: int = 0) -> None:
        """Count. Raises ``LeaseLost`` when another worker has the job."""
        if self._lease.lost.is_set():
            raise LeaseLost
        with self._lock:
            self.items += items
            self.bytes += size
            self._show_when_due()

    def track(self, phase: str, rows: Iterable[Item], *, items: int = 0) -> Iterator[Item]:
        """Yield the rows of a phase, and count each when the next one is asked for."""
        self.begin(phase, items=items)
        for row in rows:
            yield row
            self.step(1)

    @contextmanager
    def ticking(self, phase: str) -> Iterator[None]:
        """Show how long the phase has taken while the block runs, which need count nothing."""
        self.begin(phase)
        done = threading.Event()
        thread = threading.Thread(target=self._tick, args=(done,), name="progress", daemon=True)
        if self._out is not None:
            thread.start()
        try:
            yield
        finally:
            done.set()
            if self._out is not None:
                thread.join()
            self.end()

    def _tick(self, done: threading.Event) -> None:
        while not done.wait(self._interval):
            with self._lock:
                self._show_when_due()

    def end(self) -> None:
        """Clear the bar."""
        if self._out is not None and self._is_bar_shown:
            self._out.write(f"\r{'':{WIDTH}}\r")
            self._out.flush()
            self._is_bar_shown = False

    def _show_when_due(self) -> None:
        now = time.monotonic()
        if self._out is None or now - self._shown < self._interval:
            return
        self._shown = now
        if self._is_terminal:
            # The cursor goes back, so that what the command says meanwhile has a line of its own.
            self._out.write(f"\r{self.line(bar=True)[:WIDTH]:{WIDTH}}\r")
            self._is_bar_shown = True
        else:
            self._out.write(f"{self.line()}\n")
        self._out.flush()

    def line(self, *, bar: bool = False) -> str:
        """Return the progress as a line: the phase, the share with a ``bar``, what was counted, and the minutes."""
        parts = [f"{self._phase}:"]
        share = self._share()
        if share is not None:
            filled = BAR * share // 100
            parts.append(f"[{'#' * filled}{'.' * (BAR - filled)}] {share:3d} %" if bar else f"{share} %")
        if self.items:
            parts.append(f"{self.items:,} done" + (f", {format_bytes(self.bytes)}" if self.bytes else ""))
        seconds = round(time.monotonic() - self._begun)
        parts.append(f"{seconds // 60}:{seconds % 60:02d}")
        return "  ".join(parts)

    def _share(self) -> int | None:
        """Return the percentage that is done, ``None`` when nobody knows."""
        if self._expected:
            return min(100, 100 * self.bytes // self._expected)
        return min(100, 100 * self.items // self._expected_items) if self._expected_items else None


def format_bytes(size: float) -> str:
    """Return a size with its unit, such as ``1.5 GB``."""
    for unit in ("bytes", "kB", "MB", "GB"):
        if size < 1000:
            return f"{size:.0f} {unit}" if unit == "bytes" else f"{size:.1f} {unit}"
        size /= 1000
    return f"{size:,.1f} TB"

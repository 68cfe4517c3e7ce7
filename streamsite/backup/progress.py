"""The progress of a long run: a line on a terminal. A job that its worker has lost ends at the next step."""

from __future__ import annotations

import sys
import threading
import time
from typing import IO

from streamsite.tasks.errors import LeaseLost
from streamsite.tasks.lease import current_lease

INTERVAL = 0.2
WIDTH = 78


class Progress:
    """Counts items and bytes of a phase. Threads may count at the same time."""

    def __init__(self, out: IO[str] | None = None) -> None:
        self._out = out if out is not None and out.isatty() else None
        self._lease = current_lease()
        self._lock = threading.Lock()
        self._shown = 0.0
        self.begin("")

    @classmethod
    def on_terminal(cls) -> Progress:
        """Return progress on standard error, where that is a terminal."""
        return cls(sys.stderr)

    def begin(self, phase: str, *, expected: int = 0) -> None:
        """Start a phase, such as ``files``; ``expected`` bytes make it a percentage."""
        self._phase, self._expected = phase, expected
        self.items = self.bytes = 0

    def step(self, items: int, size: int) -> None:
        """Count. Raises ``LeaseLost`` when another worker has the job."""
        if self._lease.lost.is_set():
            raise LeaseLost
        with self._lock:
            self.items += items
            self.bytes += size
            if self._out is not None and time.monotonic() - self._shown > INTERVAL:
                self._show(self._out)

    def end(self) -> None:
        """Clear the line."""
        if self._out is not None and self._shown:
            self._out.write(f"\r{'':{WIDTH}}\r")
            self._out.flush()
            self._shown = 0.0

    def _show(self, out: IO[str]) -> None:
        self._shown = time.monotonic()
        share = f"{min(100, 100 * self.bytes // self._expected):3d} %  " if self._expected else ""
        line = f"{self._phase}: {share}{self.items:,} done, {format_bytes(self.bytes)}"
        out.write(f"\r{line[:WIDTH]:{WIDTH}}")
        out.flush()


def format_bytes(size: float) -> str:
    """Return a size with its unit, such as ``1.5 GB``."""
    for unit in ("bytes", "kB", "MB", "GB"):
        if size < 1000:
            return f"{size:.0f} {unit}" if unit == "bytes" else f"{size:.1f} {unit}"
        size /= 1000
    return f"{size:,.1f} TB"

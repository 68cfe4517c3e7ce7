"""A wait that a signal ends: a child that ended, or the wish to stop."""

from __future__ import annotations

import os
import select
import signal
from types import FrameType

MAX_SIGNALS = 4_096


class SignalPipe:
    """Waits for signals that have a handler. For the main thread, which is where Python handles signals."""

    def __init__(self) -> None:
        self._read, self._write = os.pipe()
        for end in (self._read, self._write):
            os.set_blocking(end, False)
        signal.set_wakeup_fd(self._write, warn_on_full_buffer=False)
        signal.signal(signal.SIGCHLD, _ignore)

    def wait(self, seconds: float) -> None:
        """Wait for a signal, ``seconds`` at most. One that came since the last call ends it at once."""
        if select.select([self._read], [], [], seconds)[0]:
            os.read(self._read, MAX_SIGNALS)


def _ignore(number: int, frame: FrameType | None) -> None:
    """Do nothing: a signal without a handler would wake nobody."""

"""Lets a web process load its code while the database is still starting, and hold before it uses it.

``script/server`` starts the web server early with the reading end of a pipe, whose number is in ``VARIABLE``, and
closes the writing end when the database is ready. A process that is started later finds the pipe at its end, or none.
"""

from __future__ import annotations

import os
from contextlib import suppress

VARIABLE = "STREAMSITE_START_GATE"


class StartGate:
    """The side of ``script/server``."""

    def __init__(self) -> None:
        self.reading_end, self._writing_end = os.pipe()
        self.is_open = False

    @property
    def environment(self) -> dict[str, str]:
        """What the process is told that has ``reading_end``."""
        return {VARIABLE: str(self.reading_end)}

    def open(self) -> None:
        """Let the processes go on. Safe to call twice."""
        if not self.is_open:
            os.close(self._writing_end)
            os.close(self.reading_end)
            self.is_open = True


def wait_until_open() -> None:
    """Wait until the database is ready, if this process was told of a gate."""
    told = os.environ.get(VARIABLE, "")
    if told.isdigit():
        # Where processes are not forked the file is not theirs, and they are not early either.
        with suppress(OSError):
            os.read(int(told), 1)

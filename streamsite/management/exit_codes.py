"""The exit codes of the site's commands. docs/operations.md, "Commands and exit codes", says the same."""

from __future__ import annotations

from enum import IntEnum


class ExitCode(IntEnum):
    """How a command ended."""

    # Everything was done, or there was nothing to do. Also of --dry-run, whatever it found.
    DONE = 0
    # Something failed, was refused, or a check found something. The lines above say what.
    FAILED = 1
    # The command line asks for something that does not exist or does not go together. Nothing was done.
    WRONG_USE = 2
    # The database does not answer, or another process is at the same work. Nothing was done: try again later.
    NOT_BEGUN = 3
    # Ctrl-C. The message says how to continue.
    INTERRUPTED = 130

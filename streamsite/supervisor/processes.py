"""A process that ``script/server`` keeps running: start, output, signals, restarts after an unexpected end."""

from __future__ import annotations

import os
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from streamsite.console import copy_lines, print_line
from streamsite.mongo.server import end_with_parent

ROOT = Path(__file__).resolve().parent.parent.parent
QUICK_DEATH_SECONDS = 10
MAX_QUICK_DEATHS = 5
MAX_PAUSE_SECONDS = 30.0
MAX_REASON_LENGTH = 300
# How long the last lines of a process that ended may take to be read.
READ_SECONDS = 2


class StartError(Exception):
    """The site cannot start or go on; the message is one line for the person at the terminal."""


class SupervisedProcess:
    """A child process and its restarts.

    ``once`` processes are not restarted when they end. ``socket`` is removed before each start, because a killed
    process leaves it behind. ``clean`` changes each line of output before it is printed. ``environment`` replaces the
    site's. ``before_exec`` runs in the child; it may only make system calls.
    """

    def __init__(
        self,
        name: str,
        command: Sequence[str],
        *,
        once: bool = False,
        socket: Path | None = None,
        stop_signal: signal.Signals = signal.SIGTERM,
        clean: Callable[[str], str] = str,
        environment: Mapping[str, str] | None = None,
        before_exec: Callable[[], None] = end_with_parent,
    ) -> None:
        self.name, self.command = name, command
        self.once, self.stop_signal = once, stop_signal
        self.process: subprocess.Popen[bytes] | None = None
        self._socket, self._clean = socket, clean
        self._environment, self._before_exec = environment, before_exec
        self._started = self._not_before = 0.0
        self._quick_deaths = 0
        self._reader: threading.Thread | None = None
        self._last_line = ""

    @property
    def is_alive(self) -> bool:
        """True when the process was started and has not ended."""
        return self.process is not None and self.process.poll() is None

    def launch(self, environment: Mapping[str, str], *, files: Sequence[int] = ()) -> None:
        """Start the process, which inherits the open ``files``, and begin to print its output."""
        if self._socket is not None:
            self._socket.unlink(missing_ok=True)
        self._last_line = ""
        self.process = subprocess.Popen(  # noqa: S603 - our own commands
            self.command,
            cwd=ROOT,
            env=environment if self._environment is None else self._environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            preexec_fn=self._before_exec,
            pass_fds=files,
        )
        self._started = time.monotonic()
        if self.process.stdout is not None:
            self._reader = threading.Thread(
                target=copy_lines, args=(self.name, self.process.stdout, self._note), daemon=True
            )
            self._reader.start()

    def _note(self, line: str) -> str:
        cleaned = self._clean(line)
        self._last_line = cleaned.strip() or self._last_line
        return cleaned

    def join_output(self) -> None:
        """Wait until everything that the ended process wrote is printed."""
        if self._reader is not None:
            self._reader.join(timeout=READ_SECONDS)

    def describe_end(self) -> str:
        """Return exit code and last line of a process that ended: ``exit code 1: <line>``."""
        self.join_output()
        code = self.process.returncode if self.process is not None else None
        reason = f": {self._last_line[:MAX_REASON_LENGTH]}" if self._last_line else " and no output"
        return f"exit code {code}{reason}"

    def restart_if_ended(self, environment: Mapping[str, str]) -> None:
        """Start the process again when it has ended and its pause is over.

        Raises ``StartError`` when it ended too often too soon after its start.
        """
        if self.is_alive or time.monotonic() < self._not_before:
            return
        if self.process is None:
            self.launch(environment)
            return
        ended = time.monotonic()
        code = self.process.returncode
        self.signal(signal.SIGKILL)  # whatever of its process group has outlived it
        self._quick_deaths = self._quick_deaths + 1 if ended - self._started < QUICK_DEATH_SECONDS else 0
        if self._quick_deaths >= MAX_QUICK_DEATHS:
            raise StartError(
                f"giving up: {self.name} exited {self._quick_deaths} times in a row within {QUICK_DEATH_SECONDS} s"
                f" of starting, most recently with {self.describe_end()}"
            )
        pause = min(MAX_PAUSE_SECONDS, 0.2 * 2.0**self._quick_deaths)
        print_line(self.name, f"exited unexpectedly (exit code {code}); restarting in {pause:.1f} s")
        self.process = None
        self._not_before = ended + pause

    def wait(self, seconds: float) -> None:
        """Wait for the end; kill the process when it takes longer. Kill what is left of its process group."""
        if self.process is None:
            return
        try:
            self.process.wait(timeout=seconds)
        except subprocess.TimeoutExpired:
            print_line(self.name, "didn't stop in time; killing it")
            self.signal(signal.SIGKILL)
            self.process.wait(timeout=5)
        self.signal(signal.SIGKILL)

    def kill(self) -> None:
        """End the process at once, and all of its process group."""
        self.signal(signal.SIGKILL)
        if self.process is not None:
            self.process.wait()

    def signal(self, number: signal.Signals) -> None:
        """Send a signal to the process; SIGKILL to its whole process group."""
        if self.process is None:
            return
        try:
            if number is signal.SIGKILL:
                os.killpg(self.process.pid, number)
            else:
                self.process.send_signal(number)
        except ProcessLookupError:
            return

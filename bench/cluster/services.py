"""Processes of the rehearsed deployment, each of which can be ended in order or killed, and started again."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from streamsite.mongo.server import end_with_parent
from tests.support.processes import process_tree

STOP_SECONDS = 40


class Service:
    """A command in the folder ``root`` of some version's code; what it prints goes on in ``log``."""

    def __init__(
        self, name: str, command: Sequence[str], environment: dict[str, str], log: Path, *, root: Path
    ) -> None:
        self.name = name
        self.command = list(command)
        self.environment = environment
        self.log = log
        self.root = root
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def is_running(self) -> bool:
        """True while the process is there."""
        return self._process is not None and self._process.poll() is None

    def start(self) -> None:
        """Start the process, without waiting for it."""
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                self.command,
                cwd=self.root,
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                preexec_fn=end_with_parent,
            )

    def stop(self) -> None:
        """End the process in order, as a deployment does before it starts the next version."""
        if self._process is None:
            return
        if self.is_running:
            self._process.terminate()
        try:
            self._process.wait(timeout=STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self.kill()

    def kill(self) -> None:
        """End the process and everything below it at once, as the end of a container or a machine does."""
        if self._process is None:
            return
        pids = process_tree(self._process.pid) if self.is_running else set()
        for pid in pids:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        self._process.wait(timeout=20)

    def reload(self) -> None:
        """Send SIGHUP."""
        assert self._process is not None
        self._process.send_signal(signal.SIGHUP)

    def kill_below(self, needle: str, *, seconds: float = 20) -> bool:
        """Kill the first process below this one whose program has ``needle`` in its name; return whether one came."""
        assert self._process is not None
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            for pid in process_tree(self._process.pid):
                with suppress(OSError):
                    program = (
                        Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")[0].decode(errors="replace")
                    )
                    if needle in Path(program).name:
                        os.kill(pid, signal.SIGKILL)
                        return True
            time.sleep(0.01)
        return False

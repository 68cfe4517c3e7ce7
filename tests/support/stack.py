"""A whole site for black-box tests: what ``script/server`` runs, on a free port, in a folder of its own."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from tests.support import prepared, processes

START_SECONDS = 120
ROOT = Path(__file__).resolve().parent.parent.parent


def free_port() -> int:
    """Return a port on loopback that nobody uses now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def inherited_environment() -> dict[str, str]:
    """Return this process's environment without what describes another site."""
    others = (
        "MONGODB_",
        "STREAMSITE_",
        "SITE_URL",
        "SECRET_KEY",
        "ALLOWED_HOSTS",
        "DJANGO_",
        "DOMAIN",
        "ACME_",
    )
    return {name: value for name, value in os.environ.items() if not name.startswith(others)}


def _prepare_in(folder: Path) -> None:
    folder.mkdir(parents=True)
    site = Stack(folder, fresh=True)
    site.start()
    site.stop()


class Stack:
    """``python -m streamsite.supervisor`` with ``arguments``, and its children. nginx is in front by default.

    One that need not be ``fresh`` may begin with a data folder that another one has prepared. ``wrapper`` is a command
    that runs the site as its last arguments, such as ``setpriv``; ``web_processes`` answer requests.
    """

    def __init__(
        self,
        folder: Path,
        *,
        arguments: Sequence[str] = (),
        wrapper: Sequence[str] = (),
        fresh: bool = False,
        web_processes: int = 1,
        **environment: str,
    ) -> None:
        self.root = ROOT  # where the code is
        self.data_dir = folder / "data"
        self.log = folder / "log"
        self.port = free_port()
        self.url = f"http://localhost:{self.port}"
        self.arguments = arguments
        self.fresh = fresh
        self.web_processes = web_processes
        self.wrapper = wrapper
        self.environment = environment
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start and wait for the first answer."""
        is_plain = not (self.fresh or self.wrapper or self.data_dir.exists())
        if is_plain and prepared.is_wanted(self.environment):
            prepared.copy_to(self.data_dir, _prepare_in)
        self.launch()
        try:
            self.wait_until_answering()
        except BaseException:  # also Ctrl-C: the fixture that would stop it is not there yet
            self.stop()
            raise

    def launch(self) -> None:
        """Start without waiting."""
        # A public site does not start with loosened limits.
        scale = "1" if self.environment.get("SITE_URL", "").startswith("https:") else "1000"
        defaults = {"STREAMSITE_THROTTLE_SCALE": scale, "TASK_LEASE_SECONDS": "4"}
        defaults["TRANSCODE_PRESET"] = "ultrafast"  # how well it compresses is not what sites are tested for
        environment = inherited_environment() | defaults | self.environment
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [
                    *self.wrapper,
                    *(sys.executable, "-m", "streamsite.supervisor", "--no-demo"),
                    *("--workers", str(self.web_processes)),
                    *self.place(),
                    *("--data", str(self.data_dir)),
                    *self.arguments,
                ],
                cwd=self.root,
                env=environment,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def place(self) -> tuple[str, ...]:
        """Return the arguments that say where the site is reached."""
        return ("--port", str(self.port))

    def manage(self, *arguments: str, **environment: str) -> str:
        """Run ``manage.py`` beside the running site; return what it prints. Raises ``AssertionError``."""
        ran = self.try_manage(*arguments, **environment)
        if ran.returncode:
            raise AssertionError(ran.stdout + ran.stderr)
        return ran.stdout

    def try_manage(self, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
        """Run ``manage.py`` beside the running site; return its exit code and what it prints."""
        return subprocess.run(
            [sys.executable, "manage.py", *arguments],
            cwd=self.root,
            env=inherited_environment()
            | {"STREAMSITE_DATA_DIR": str(self.data_dir)}
            | self.environment
            | environment,
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )

    def wait_until_answering(self) -> None:
        """Return once ``/readyz`` is 200; raise with the log's end otherwise."""
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline:
            try:
                with urllib.request.urlopen(f"{self.url}/readyz", timeout=2):  # noqa: S310 - our own address
                    return
            except (urllib.error.URLError, OSError):
                if self.process is not None and self.process.poll() is not None:
                    break
                time.sleep(0.1)
        raise AssertionError(f"the site did not start:\n{self.output()[-4000:]}")

    def output(self) -> str:
        """Everything the site has printed."""
        return self.log.read_text(errors="replace")

    def children(self, needle: str) -> list[int]:
        """Process ids of the supervisor's children whose command line contains ``needle``."""
        found = []
        parent = self.process.pid if self.process else 0
        for entry in Path("/proc").iterdir():
            if not entry.name.isdigit():
                continue
            try:
                status = (entry / "stat").read_text().rsplit(")", 1)[1].split()
                command = (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
            except OSError:
                continue
            if int(status[1]) == parent and needle in command:
                found.append(int(entry.name))
        return found

    def web_memory(self) -> float:
        """MiB of memory that the web server's processes hold together."""
        servers, pages = set(self.children("granian")), 0
        for entry in Path("/proc").iterdir():
            if not entry.name.isdigit():
                continue
            try:
                parent = int((entry / "stat").read_text().rsplit(")", 1)[1].split()[1])
                if servers & {parent, int(entry.name)}:
                    pages += int((entry / "statm").read_text().split()[1])
            except OSError:
                continue
        return pages * os.sysconf("SC_PAGE_SIZE") / 1024**2

    def stop(self) -> int:
        """Ctrl-C; the exit code once everything has ended."""
        process = self.process
        if process is None:
            return 0
        if process.poll() is None:
            process.send_signal(signal.SIGINT)
        return process.wait(timeout=40)

    def kill(self) -> None:
        """End everything at once, where nobody looks at how the site ends or at what it leaves."""
        process = self.process
        if process is None:
            return
        pids = processes.process_tree(process.pid) if process.poll() is None else set()
        for pid in (process.pid, *pids):  # the supervisor first: it starts again what has ended
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        process.wait(timeout=10)

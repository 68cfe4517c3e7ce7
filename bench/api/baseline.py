"""The Node backends: their packages, their processes, and the tokens that they accept."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import time
from pathlib import Path

import jwt

from bench.api.client import Address, Ask, Line
from tests.support import npm
from tests.support.node import NODE
from tests.support.stack import free_port

FOLDER = Path(__file__).parent / "node"
VARIANTS = ("naive", "optimized")
START_SECONDS = 120  # however busy the machine is
STOP_SECONDS = 20


def install(folder: Path) -> Path:
    """Put the backend's files and its packages into ``folder``; return the program. Raises ``NpmMissingError``."""
    modules = npm.installed(FOLDER)
    shutil.copytree(FOLDER, folder, ignore=shutil.ignore_patterns("node_modules"))
    (folder / "node_modules").symlink_to(modules)
    return folder / "server.js"


class Baseline:
    """A Node backend with several processes on one port of loopback."""

    def __init__(self, variant: str, program: Path, *, uri: str, secret: str, processes: int) -> None:
        self.variant = variant
        self.address = Address(free_port())
        self.log = program.parent / f"{variant}.log"
        self._program = program
        self._environment = {
            "DATABASE_URI": uri,
            "NODE_ENV": "production",
            "PORT": str(self.address.port),
            "PROCESSES": str(processes),
            "TOKEN_SECRET": secret,
            "VARIANT": variant,
        }
        self._secret = secret
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it, and return once it answers. Raises ``SystemExit`` with its log otherwise."""
        environment = {name: value for name, value in os.environ.items() if not name.startswith("NODE_")}
        with self.log.open("wb") as log:
            self._process = subprocess.Popen(
                [NODE, str(self._program)],
                env=environment | self._environment,
                cwd=self._program.parent,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        deadline = time.monotonic() + START_SECONDS
        line = Line(self.address)
        while time.monotonic() < deadline and self._process.poll() is None:
            try:
                if line.ask(Ask("GET", "/healthz").encode("localhost")).is_success:
                    line.close()
                    return
            except OSError:
                time.sleep(0.1)
        self.stop()
        raise SystemExit(f"the {self.variant} backend did not start:\n{self.log.read_text()[-3_000:]}")

    def pids(self) -> list[int]:
        """Return the id of its first process, whose children answer requests."""
        return [self._process.pid] if self._process else []

    def token(self, account: dict[str, str]) -> str:
        """Return an access token for an account, as the backend signs them."""
        claims = {"_id": account["_id"], "username": account["username"], "email": account["email"]}
        issued = int(time.time())
        return jwt.encode({**claims, "iat": issued, "exp": issued + 86_400}, self._secret, algorithm="HS256")

    def stop(self) -> None:
        """End all of its processes."""
        process = self._process
        if process is None or process.poll() is not None:
            return
        os.killpg(process.pid, signal.SIGTERM)
        try:
            process.wait(timeout=STOP_SECONDS)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()

"""Two versions of the site on one database and one data folder."""

from __future__ import annotations

import os
import subprocess
import sys
import tarfile
import time
import urllib.error
import urllib.request
from io import BytesIO
from pathlib import Path

from tests.support.stack import free_port

ROOT = Path(__file__).resolve().parent.parent.parent
START_SECONDS = 60
QUEUES = ("transcode", "default")


class HistoryMissing(Exception):
    """The repository does not have the release."""


def unpack(release: str, folder: Path) -> Path:
    """Write a commit's files into a folder; ``HistoryMissing`` where there is no such commit."""
    try:
        archive = subprocess.run(
            ["git", "archive", release],  # noqa: S607 - whichever git there is
            cwd=ROOT,
            capture_output=True,
            check=True,
        ).stdout
    except (OSError, subprocess.CalledProcessError):
        raise HistoryMissing from None
    with tarfile.open(fileobj=BytesIO(archive)) as files:
        files.extractall(folder, filter="data")
    return folder


class Side:
    """One version: a web server on a port of its own, and workers while it is asked for them."""

    def __init__(self, name: str, tree: Path, python: str, environment: dict[str, str], logs: Path) -> None:
        self.name, self.tree, self.python = name, tree, python
        self.port = free_port()
        self.url = f"http://localhost:{self.port}"
        self.environment = environment
        self.log = logs / f"{name}.log"
        self.web: subprocess.Popen[bytes] | None = None
        self.workers: list[subprocess.Popen[bytes]] = []

    def manage(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run a command of this version."""
        return subprocess.run(
            [self.python, "manage.py", *arguments],
            cwd=self.tree,
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
            timeout=300,
        )

    def start(self) -> None:
        """Start the web server, and wait for it."""
        self.web = self._open("run_web", "--port", str(self.port), "--workers", "1")
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline and self.web.poll() is None:
            try:
                with urllib.request.urlopen(f"{self.url}/readyz", timeout=2):  # noqa: S310 - our own address
                    return
            except (urllib.error.URLError, OSError):
                time.sleep(0.1)
        raise SystemExit(f"The {self.name} side did not start:\n{self.output()[-3000:]}")

    def start_workers(self) -> None:
        """Start this version's workers."""
        self.workers = [self._open("run_worker", "--queue", name) for name in QUEUES]

    def stop_workers(self) -> None:
        """End them."""
        _end(self.workers)
        self.workers = []

    def stop(self) -> None:
        """End everything."""
        _end([*self.workers, *([self.web] if self.web else [])])

    def output(self) -> str:
        """Everything that was printed."""
        return self.log.read_text(errors="replace") if self.log.exists() else ""

    def _open(self, *arguments: str) -> subprocess.Popen[bytes]:
        with self.log.open("ab") as log:
            return subprocess.Popen(
                [self.python, "manage.py", *arguments],
                cwd=self.tree,
                env=self.environment,
                stdout=log,
                stderr=subprocess.STDOUT,
            )


def _end(processes: list[subprocess.Popen[bytes]]) -> None:
    for process in processes:
        process.terminate()
    for process in processes:
        try:
            process.wait(timeout=20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def environment_for(data_dir: Path, uri: str) -> dict[str, str]:
    """Return what both versions are told of the site."""
    others = ("MONGODB_", "STREAMSITE_", "SITE_URL", "SECRET_KEY", "ALLOWED_HOSTS", "DJANGO_")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(others)}
    return kept | {
        "DJANGO_SETTINGS_MODULE": "streamsite.settings",
        # One site behind one address, which tokens name.
        "SITE_URL": "http://localhost:8000",
        "MONGODB_URI": uri,
        "PYTHONUNBUFFERED": "1",
        "SECRET_KEY": "only-for-tests-" + "x" * 40,
        "STREAMSITE_DATA_DIR": str(data_dir),
        "STREAMSITE_THROTTLE_SCALE": "1000",
        "TASK_LEASE_SECONDS": "4",
    }


def packages_of(tree: Path) -> str:
    """Install a release's packages beside it; return its Python."""
    made = subprocess.run(
        [sys.executable, "-c", "import bootstrap; print(bootstrap.ensure('requirements.txt'))"],
        cwd=tree / "script",
        capture_output=True,
        text=True,
        check=False,
    )
    if made.returncode:
        raise SystemExit(f"The release's packages could not be installed:\n{made.stderr}")
    return made.stdout.strip().splitlines()[-1]

"""The rehearsed deployment: nginx, two web servers, workers, three MongoDB servers, and a shared data folder."""

from __future__ import annotations

import os
import secrets
import subprocess
import sys
import time
import urllib.error
import urllib.request
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from bench.cluster.disks import SmallDisk
from bench.cluster.replica_set import ReplicaSet
from bench.cluster.services import Service
from streamsite.front.binary import find_nginx
from tests.support.stack import ROOT, free_port, inherited_environment

START_SECONDS = 90
LEASE_SECONDS = 6
DISK_MIB = 1_536


@dataclass(frozen=True)
class Version:
    """Code to run: its folder, and the Python that has its packages."""

    root: Path
    python: str


PRESENT = Version(ROOT, sys.executable)


class Deployment:
    """``start``, then kill and heal its parts; ``stop`` ends everything that it started.

    ``more`` are settings that all processes get, such as those of a bucket; ``queues`` are the queues of each worker
    by its name. The disks of the first MongoDB server and of the data folder are small ones of their own where this
    process may mount them (``can_fill_disks``).
    """

    def __init__(
        self,
        folder: Path,
        *,
        version: Version = PRESENT,
        more: dict[str, str] | None = None,
        queues: dict[str, tuple[str, ...]] | None = None,
    ) -> None:
        self.folder = folder
        self.version = version
        self.data_dir = folder / "data"
        self.logs = folder / "logs"
        self.port = free_port()
        self.url = f"http://localhost:{self.port}"
        self.disks = {name: SmallDisk(folder / name, DISK_MIB) for name in ("data", "db0")}
        self.mongo = ReplicaSet([folder / f"db{number}" for number in range(3)], folder / "keys")
        self._more = more or {}
        self._queues = queues or {
            "transcode-1": ("transcode",),
            "transcode-2": ("transcode",),
            "tasks": ("default",),
        }
        self._secret = secrets.token_urlsafe(48)
        self._web_ports = (free_port(), free_port())
        self.services: dict[str, Service] = {}

    @property
    def can_fill_disks(self) -> bool:
        """True when the disks of their own could be mounted."""
        return all(disk.is_mounted for disk in self.disks.values())

    @property
    def webs(self) -> list[Service]:
        """The web servers."""
        return [self.services["web-1"], self.services["web-2"]]

    @property
    def workers(self) -> list[Service]:
        """The workers, in the order of their names."""
        return [self.services[name] for name in sorted(self._queues)]

    def start(self) -> None:
        """Start everything and wait until a request is answered. Raises ``TimeoutError`` with the end of the logs."""
        self.logs.mkdir(parents=True)
        for disk in self.disks.values():
            disk.mount()
        self.mongo.start()
        self.manage("prepare", "--no-demo")
        for name, service in self._made(self.version).items():
            self.services[name] = service
            service.start()
        self.wait_until_answering()

    def stop(self) -> None:
        """End everything, in the order in which nothing waits for what has ended."""
        for service in self.services.values():
            service.kill()
        self.mongo.stop()
        for disk in self.disks.values():
            disk.unmount()

    def wait_until_answering(self) -> None:
        """Wait until both web servers and nginx answer 200 to ``/readyz``. Raises ``TimeoutError``."""
        deadline = time.monotonic() + START_SECONDS
        for port in (*self._web_ports, self.port):
            while not _answers(port):
                if time.monotonic() > deadline:
                    raise TimeoutError(f"port {port} does not answer\n{self._last_lines()}")
                time.sleep(0.2)

    def manage(self, *arguments: str, **more: str) -> str:
        """Run ``manage.py`` of the present version; return what it prints. Raises ``RuntimeError``."""
        ran = self.try_manage(*arguments, **more)
        if ran.returncode:
            raise RuntimeError(f"manage.py {' '.join(arguments)}: {ran.stdout}{ran.stderr}")
        return ran.stdout

    def try_manage(self, *arguments: str, **more: str) -> subprocess.CompletedProcess[str]:
        """Run ``manage.py``; return its exit code and what it prints."""
        return subprocess.run(
            [self.version.python, "manage.py", *arguments],
            cwd=self.version.root,
            env=self.environment() | more,
            capture_output=True,
            text=True,
            check=False,
            timeout=600,
        )

    def roll(self, version: Version) -> None:
        """Replace each process by one of another version, one after the other, as docs/operations.md says."""
        self.version = version
        self.manage("prepare", "--no-demo")
        for name, service in self._made(version).items():
            if name == "nginx":
                continue
            self.services[name].stop()
            self.services[name] = service
            service.start()
            if name.startswith("web"):
                self.wait_until_answering()

    def environment(self) -> dict[str, str]:
        """Return the settings of all processes."""
        return inherited_environment() | {
            "DJANGO_SETTINGS_MODULE": "streamsite.settings",
            "SITE_URL": self.url,
            "SECRET_KEY": self._secret,
            "MONGODB_URI": self.mongo.uri,
            "STREAMSITE_DATA_DIR": str(self.data_dir),
            "STREAMSITE_THROTTLE_SCALE": "1000",
            "TRUSTED_PROXIES": "1",
            "MEDIA_ACCEL_PREFIX": "/internal/",
            "TASK_LEASE_SECONDS": str(LEASE_SECONDS),
            "TRANSCODE_PRESET": "ultrafast",
            "DISK_WATERMARK_BYTES": str(200 * 1024**2),
            "LOG_FORMAT": "json",
            "PYTHONUNBUFFERED": "1",
            **self._more,
        }

    def _made(self, version: Version) -> dict[str, Service]:
        """Return the services as processes of a version, web servers first and nginx last."""
        commands = {
            f"web-{number}": ("run_web", "--port", str(port), "--workers", "1")
            for number, port in enumerate(self._web_ports, start=1)
        }
        for name, queues in self._queues.items():
            commands[name] = ("run_worker", *(word for queue in queues for word in ("--queue", queue)))
        services = {
            name: Service(
                name,
                [version.python, "manage.py", *command],
                self.environment(),
                self.logs / f"{name}.log",
                root=version.root,
            )
            for name, command in commands.items()
        }
        if "nginx" not in self.services:
            services["nginx"] = self._nginx()
        return services

    def _nginx(self) -> Service:
        run_dir = self.folder / "nginx"
        run_dir.mkdir()
        upstreams = [word for port in self._web_ports for word in ("--upstream", f"127.0.0.1:{port}")]
        ran = subprocess.run(
            [
                *(sys.executable, "-m", "streamsite.front.configuration"),
                *("--listen", f"127.0.0.1:{self.port}", *upstreams),
                *("--run-dir", str(run_dir), *(("--user", "root") if os.geteuid() == 0 else ())),
            ],
            cwd=ROOT,
            # This nginx is the first proxy, so that none is in front of it.
            env=self.environment() | {"TRUSTED_PROXIES": "0"},
            capture_output=True,
            text=True,
            check=True,
        )
        path = run_dir / "nginx.conf"
        path.write_text(ran.stdout)
        command = find_nginx()[0].command(run_dir, path)
        return Service("nginx", command, dict(os.environ), self.logs / "nginx.log", root=ROOT)

    def _last_lines(self) -> str:
        return "\n".join(
            f"--- {path.name}\n{path.read_text()[-2000:]}" for path in sorted(self.logs.glob("*.log"))
        )


def _answers(port: int) -> bool:
    with suppress(urllib.error.URLError, OSError):
        request = urllib.request.Request(f"http://127.0.0.1:{port}/readyz", headers={"Host": "localhost"})
        with urllib.request.urlopen(request, timeout=3) as answer:  # noqa: S310 - our own address
            return bool(answer.status == 200)
    return False

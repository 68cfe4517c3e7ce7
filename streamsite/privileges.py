"""Give up root at a start: continue as the owner of the data folder, or warn. And keep other privileges from children.

No Django here: the supervisor calls it before anything else. docs/decisions/0031-root.md says why.
"""

from __future__ import annotations

import ctypes
import os
import pwd
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
AS_ROOT = (
    "Running as root: anyone who compromises the site controls this machine. Run it as a dedicated user that owns the"
    " data folder."
)
# What the site's user must be able to load; a Python below /root is root's alone.
PROBE = "import ctypes, ssl, sqlite3; import django, pymongo, av; import streamsite.server_command"
PROBE_SECONDS = 30
# Of <linux/prctl.h> and <linux/capability.h>.
PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, PR_CAP_AMBIENT_LOWER = 47, 2, 3
CAP_NET_BIND_SERVICE = 10


def root_warning() -> str:
    """Return what to say about who runs this process, "" for anybody but root."""
    return AS_ROOT if os.geteuid() == 0 else ""


def drop_root(data_dir: Path) -> str:
    """Become the owner of the data folder when root runs this and somebody else owns it; return a sentence about it.

    "" when nothing changed. Files that root made would be unreadable to the site's own user. When that user cannot load
    the site's code, root continues, and the sentence says so.
    """
    if os.geteuid() != 0:
        return ""
    try:
        status = data_dir.stat()
    except OSError:
        return ""
    if status.st_uid == 0:
        return ""
    name, home = _account(status.st_uid)
    groups = os.getgrouplist(name, status.st_gid) if name else [status.st_gid]
    shown = name or f"user {status.st_uid}"
    if not _can_load(status.st_uid, status.st_gid, groups):
        return (
            f"Continuing as root: {shown}, who owns the data folder {data_dir}, cannot read the code in {ROOT} or"
            " its Python: move both to where that user can read them, such as /srv."
        )
    os.setgroups(groups)
    os.setgid(status.st_gid)
    os.setuid(status.st_uid)
    os.environ |= {"HOME": home or str(data_dir), "USER": shown, "LOGNAME": shown}
    return f"Started as root; continuing as {shown}, who owns the data folder {data_dir}."


def withhold_low_ports() -> None:
    """Keep from the programs that this process starts that it may listen below 1024 (``AmbientCapabilities=``)."""
    _set_ambient(PR_CAP_AMBIENT_LOWER)


def allow_low_ports() -> None:
    """Let the program that replaces this process listen on ports below 1024, if this process may; else do nothing."""
    _set_ambient(PR_CAP_AMBIENT_RAISE)


def _set_ambient(operation: int) -> None:
    if sys.platform.startswith("linux"):
        ctypes.CDLL(None).prctl(PR_CAP_AMBIENT, operation, CAP_NET_BIND_SERVICE, 0, 0)


def _account(uid: int) -> tuple[str, str]:
    """Name and home of a user; empty when the machine does not know the number."""
    try:
        entry = pwd.getpwuid(uid)
    except KeyError:
        return "", ""
    return entry.pw_name, entry.pw_dir


def _can_load(uid: int, gid: int, groups: list[int]) -> bool:
    try:
        tried = subprocess.run(  # noqa: S603 - our own interpreter
            [sys.executable, "-c", PROBE],
            cwd=ROOT,
            user=uid,
            group=gid,
            extra_groups=groups,
            capture_output=True,
            timeout=PROBE_SECONDS,
            check=False,
        )
    except (OSError, subprocess.SubprocessError):
        return False
    return tried.returncode == 0

"""A data folder that a site has prepared once, copied for every further site of a parallel run.

Preparing takes six seconds, and a run starts two dozen sites. Tests of what a first start does ask for a ``fresh``
site.
"""

from __future__ import annotations

import fcntl
import os
import shutil
from collections.abc import Callable
from pathlib import Path

SHARED = "STREAMSITE_TEST_DATA_DIR"  # one folder for all processes of a run
LEFT_OUT = ("run", "logs")


def is_wanted(environment: dict[str, str]) -> bool:
    """Whether a site with these settings may begin with the copy: in a parallel run, on its own MongoDB."""
    return "PYTEST_XDIST_WORKER" in os.environ and SHARED in os.environ and "MONGODB_URI" not in environment


def copy_to(data_dir: Path, make: Callable[[Path], None]) -> None:
    """Copy the prepared folder to ``data_dir``; the first caller has ``make`` prepare it."""
    prepared = Path(os.environ[SHARED]) / "prepared-site"
    with (prepared.with_suffix(".lock")).open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (prepared / "done").exists():
            shutil.rmtree(prepared, ignore_errors=True)
            prepared.mkdir(parents=True)
            make(prepared)
            (prepared / "done").touch()
    shutil.copytree(prepared / "data", data_dir, symlinks=True, ignore=_leave_out(prepared / "data"))


def _leave_out(top: Path) -> Callable[[str, list[str]], list[str]]:
    return lambda folder, names: [name for name in names if Path(folder) == top and name in LEFT_OUT]

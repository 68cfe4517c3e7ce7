"""A data folder that a site has prepared once, copied for every further site, of later runs as well.

Preparing takes eight seconds of a processor, and a run starts two dozen sites. Tests of what a first start does ask for
a ``fresh`` site.
"""

from __future__ import annotations

import fcntl
import shutil
from collections.abc import Callable
from pathlib import Path

from tests.support import database_template

RUN = "run"
STAMP = "prepared"  # says that the folder is prepared; the rest of ``run`` belongs to one start
LEFT_OUT = ("logs", "journal")  # the journal of a server that was stopped is empty, and 300 MB
MAX_KEPT = 3


def is_wanted(environment: dict[str, str]) -> bool:
    """Return whether a site with these settings may begin with the copy: on its own MongoDB."""
    return "MONGODB_URI" not in environment


def copy_to(data_dir: Path, make: Callable[[Path], None]) -> None:
    """Copy the prepared folder to ``data_dir``; the first caller has ``make`` prepare it."""
    folders = database_template.cache_folder() / "sites"
    folders.mkdir(parents=True, exist_ok=True)
    kept = folders / database_template.fingerprint()
    with (folders / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not kept.is_dir():
            partial = kept.with_suffix(".partial")
            shutil.rmtree(partial, ignore_errors=True)
            make(partial)
            _copy(partial / "data", partial / "kept")
            (partial / "kept").rename(kept)
            shutil.rmtree(partial, ignore_errors=True)
            _remove_oldest(folders)
        kept.touch()
        _copy(kept, data_dir)


def _copy(source: Path, target: Path) -> None:
    """Copy a stopped site's data folder without what belongs to one start of it."""

    def leave_out(folder: str, names: list[str]) -> list[str]:
        if Path(folder) == source / RUN:
            return [name for name in names if name != STAMP]
        return [name for name in names if name in LEFT_OUT]

    shutil.copytree(source, target, symlinks=True, ignore=leave_out)


def _remove_oldest(folders: Path) -> None:
    made = sorted(
        (each for each in folders.iterdir() if each.is_dir()), key=lambda each: each.stat().st_mtime
    )
    for old in made[:-MAX_KEPT]:
        shutil.rmtree(old, ignore_errors=True)

"""A data folder that a site has prepared once, copied for every further site, of later runs as well.

Preparing takes eight seconds of a processor, and a run starts two dozen sites. Tests of what a first start does ask for
a ``fresh`` site.
"""

from __future__ import annotations

import fcntl
import os
import shutil
from collections.abc import Callable
from pathlib import Path

from tests.support import database_template

RUN = "run"
STAMP = "prepared"  # says that the folder is prepared; the rest of ``run`` belongs to one start
LEFT_OUT = "logs"
# MongoDB's journal: recovery goes on from a place in it, so it is kept, without the files that are only set aside.
JOURNAL, SET_ASIDE = "WiredTigerLog.", "WiredTigerPreplog."
PIECE = 2**20
MAX_KEPT = 3


def is_wanted(environment: dict[str, str]) -> bool:
    """Return whether a site with these settings may begin with the copy: on its own MongoDB."""
    return "MONGODB_URI" not in environment


def copy_to(data_dir: Path, make: Callable[[Path], None]) -> None:
    """Copy the prepared folder to ``data_dir``; the first caller has ``make`` prepare it."""
    folders = database_template.cache_folder() / "prepared-sites"
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
        return [name for name in names if name == LEFT_OUT or name.startswith(SET_ASIDE)]

    shutil.copytree(source, target, symlinks=True, ignore=leave_out, copy_function=_copy_file)


def _copy_file(source: str, target: str) -> str:
    """Copy a file; the journal has 100 MB, nearly all of them zeros, which take no room in the copy."""
    if not Path(source).name.startswith(JOURNAL):
        return shutil.copy2(source, target)
    with Path(source).open("rb") as reading, Path(target).open("wb") as writing:
        while piece := reading.read(PIECE):
            if piece.count(0) == len(piece):
                writing.seek(len(piece), os.SEEK_CUR)
            else:
                writing.write(piece)
        writing.truncate(reading.tell())
    return target


def _remove_oldest(folders: Path) -> None:
    made = sorted(
        (each for each in folders.iterdir() if each.is_dir()), key=lambda each: each.stat().st_mtime
    )
    for old in made[:-MAX_KEPT]:
        shutil.rmtree(old, ignore_errors=True)

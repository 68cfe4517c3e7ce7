"""Which ``mongod`` runs on a data folder.

The one that ``MONGOD_BIN`` names, whatever has used the data; otherwise the bundled one. Another one, on PATH, runs
only on data that the bundled one cannot open, because an earlier version of the site or an operator let a newer
MongoDB use it: that data goes on.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from streamsite.mongo import binary, last_used
from streamsite.mongo.binary import MongodUnavailableError
from streamsite.mongo.last_used import LastUsed
from streamsite.mongo.series import is_newer

CHAPTER = "docs/operations.md, 'Which MongoDB runs'"


@dataclass(frozen=True)
class Choice:
    """A program, and a line for the operator when it is not the one that they would expect."""

    binary: Path
    remark: str = ""


def choose(data_dir: Path) -> Choice:
    """Return the mongod for a data folder. Raises ``MongodUnavailableError`` with a sentence when there is none."""
    if named := binary.named_mongod():
        return Choice(named)
    if not last_used.has_data(data_dir):
        return Choice(binary.find_mongod())
    last = last_used.read(data_dir) or _as_earlier_versions(data_dir)
    try:
        bundled = binary.find_mongod()
    except MongodUnavailableError as error:
        if last is None:
            raise
        return _instead(
            data_dir, last, f"the bundled MongoDB does not run here ({str(error).partition(':')[0]})"
        )
    if last is None or not is_newer(last.version, binary.version_of(bundled)):
        return Choice(bundled)
    return _instead(
        data_dir,
        last,
        f"{data_dir / 'db'} was last used by MongoDB {last.version}, and the bundled one is "
        f"{binary.version_of(bundled)}",
    )


def choose_after_refusal(data_dir: Path, refused: Path) -> Choice | None:
    """Return another mongod for data that ``refused`` could not open; ``None`` when there is none, or one was named."""
    found = binary.on_path()
    if os.environ.get("MONGOD_BIN", "").strip() or found is None or found == refused:
        return None
    return Choice(
        found,
        _remark(f"the bundled MongoDB cannot open {data_dir / 'db'}", found),
    )


def _as_earlier_versions(data_dir: Path) -> LastUsed | None:
    """Return what versions of the site that kept no record have run: the one on PATH, where there is one."""
    found = binary.on_path()
    return None if found is None else LastUsed(str(found), binary.version_of(found))


def _instead(data_dir: Path, last: LastUsed, why: str) -> Choice:
    """Return a mongod that is at least as new as the last one: the one on PATH, or else the last one itself."""
    own = Path(last.binary)
    # A copied data folder brings its record, and must not bring the program.
    is_elsewhere = own.is_absolute() and not own.resolve().is_relative_to(data_dir.resolve())
    candidates = [found for found in (binary.on_path(), own if is_elsewhere else None) if found is not None]
    for candidate in candidates:
        try:
            version = binary.version_of(candidate)
        except MongodUnavailableError:
            continue
        if not is_newer(last.version, version):
            return Choice(candidate, _remark(why, candidate))
    raise MongodUnavailableError(
        f"{why}; no MongoDB {last.version} or newer is on PATH or at {own}: set MONGOD_BIN to one ({CHAPTER})"
    )


def _remark(why: str, chosen: Path) -> str:
    return f"{why}, so {chosen} is started: set MONGOD_BIN={chosen} to keep it ({CHAPTER})"

"""Log files that the site's programs write: a few former ones are kept beside each, and all are of bounded size.

No Django here: the supervisor uses it before settings are read.
"""

from __future__ import annotations

from pathlib import Path

from streamsite import env

KEPT = 3
SIZE_MIB = 50


def read_size_limit() -> int:
    """Return from how many bytes on a log file is followed by a new one (``LOG_FILE_MIB``)."""
    return env.integer("LOG_FILE_MIB", SIZE_MIB, least=1, most=10_000) * 1024**2


def is_larger(path: Path, limit: int) -> bool:
    """Return whether there is a file of more than ``limit`` bytes."""
    try:
        return path.stat().st_size > limit
    except OSError:
        return False


def shift(path: Path) -> None:
    """Move a file that is not empty to ``.1``, what is there to ``.2``, and so on; the last one goes."""
    if not is_larger(path, 0):
        return
    for number in range(KEPT, 0, -1):
        older = _numbered(path, number)
        newer = _numbered(path, number - 1) if number > 1 else path
        if newer.exists():
            newer.replace(older)


def _numbered(path: Path, number: int) -> Path:
    return path.with_name(f"{path.name}.{number}")

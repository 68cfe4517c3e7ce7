"""Which versions may run on a database: written by ``manage.py prepare``, compared by every process at its start.

The site's document holds ``release``, the version that prepared the database last, and ``oldest_release``, the oldest
one that can use it. The site id ties the data folder to the database, so the folder needs no version of its own.
docs/decisions/0054-versions-of-data.md says how the two change.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from streamsite import __version__

# The oldest version that can use what this one writes. Raise it together with a migration, an index, or a layout of
# files that versions before it cannot live with.
OLDEST_COMPATIBLE = "0.6.0"
RELEASE, OLDEST = "release", "oldest_release"
_VERSION = re.compile(r"\A(\d{1,6})\.(\d{1,6})\.(\d{1,6})")


def refusal(document: Mapping[str, object], own: str = __version__) -> str:
    """Return why the version ``own`` must not use the database with this site document, "" when it may."""
    needed = str(document.get(OLDEST, ""))
    if _parsed(needed) <= _parsed(own):
        return ""
    prepared = str(document.get(RELEASE, "")) or needed
    return (
        f"This is Streamsite {own}, and the database was prepared by {prepared}: versions before {needed} cannot"
        f" use it. Install {prepared} again, or restore the backup that was made before the update."
    )


def stamp(
    document: Mapping[str, object], own: str = __version__, oldest: str = OLDEST_COMPATIBLE
) -> dict[str, str]:
    """Return the fields that ``prepare`` of the version ``own`` writes; the bound of a newer version stays."""
    return {RELEASE: own, OLDEST: max(str(document.get(OLDEST, "")), oldest, key=_parsed)}


def _parsed(version: str) -> tuple[int, ...]:
    """Return the three numbers of a version; () for what is none, which every version is above."""
    found = _VERSION.match(version)
    return tuple(map(int, found.groups())) if found else ()

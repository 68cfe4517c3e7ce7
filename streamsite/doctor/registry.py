"""The checks of an installation, in the order in which they are printed, and what they find."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from django.db import DatabaseError, InterfaceError
from pymongo.errors import PyMongoError


class Level(StrEnum):
    """Severity of a finding: ``PROBLEM`` keeps something from working, ``WARNING`` may do so or is unsafe."""

    OK = "ok"
    WARNING = "warning"
    PROBLEM = "problem"


@dataclass(frozen=True)
class Finding:
    """One sentence about the installation, and what to do about it when it is not ``OK``."""

    level: Level
    message: str
    remedy: str = ""


# Areas in the order in which a person looks for a cause; others follow.
AREAS = ("Settings", "Disk", "Database", "Site", "Accounts", "Videos", "Jobs", "Mail", "Backups")
Check = Callable[[], Iterable[Finding]]


@dataclass(frozen=True)
class _Entry:
    area: str
    check: Check
    needs_database: bool


_entries: dict[str, _Entry] = {}
_NO_DATABASE = Finding(Level.WARNING, "Not examined, because the database does not answer.")


def register_check(area: str, check: Check, *, needs_database: bool = False) -> None:
    """Add a check, printed under the heading ``area``; the same function takes its own place again.

    It yields at least one finding. With ``needs_database`` it is left out while the database does not answer; any check
    may raise what the driver raises.
    """
    _entries[f"{check.__module__}.{check.__qualname__}"] = _Entry(area, check, needs_database)


def ok(message: str) -> Finding:
    """Return a finding that all is well."""
    return Finding(Level.OK, message)


def warning(message: str, remedy: str) -> Finding:
    """Return a finding that may become a problem, or is unsafe."""
    return Finding(Level.WARNING, message, remedy)


def problem(message: str, remedy: str) -> Finding:
    """Return a finding that keeps something from working."""
    return Finding(Level.PROBLEM, message, remedy)


def examine(*, has_database: bool) -> Iterator[tuple[str, list[Finding]]]:
    """Run every check; yield each area with its findings in the order of ``AREAS``."""
    others = [entry.area for entry in _entries.values() if entry.area not in AREAS]
    for area in dict.fromkeys([*AREAS, *others]):
        found = [
            finding
            for entry in _entries.values()
            if entry.area == area
            for finding in _run(entry, has_database=has_database)
        ]
        yield area, list(dict.fromkeys(found))


def _run(entry: _Entry, *, has_database: bool) -> list[Finding]:
    if entry.needs_database and not has_database:
        return [_NO_DATABASE]
    try:
        return list(entry.check())
    except (PyMongoError, DatabaseError, InterfaceError) as error:
        return [problem(f"The database failed during this check ({type(error).__name__}).", "Run it again.")]

"""The server's own profiler: how much each command read for what it returned."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TypedDict, cast

from streamsite.mongo.engine.client import get_database

PROFILE, MARKS = "system.profile", "profile_marks"
BYTES = 256 * 1024**2
# An operation may read so many documents, and so many more for each that it returns or changes.
ANY_DOCUMENTS, DOCUMENTS_EACH = 300, 12


@contextmanager
def enable_profiling() -> Iterator[None]:
    """Have the test database write down every operation in the block."""
    database = get_database()
    database.command("profile", 0)
    database.drop_collection(PROFILE)
    database.create_collection(PROFILE, capped=True, size=BYTES)
    database.command("profile", 2)
    try:
        yield
    finally:
        database.command("profile", 0)
        database.drop_collection(PROFILE)


class Operation(TypedDict, total=False):
    """The members of a profiler's document that are read; which are there depends on the kind of operation."""

    planSummary: str
    docsExamined: int
    nreturned: int
    nMatched: int
    ndeleted: int


class Profile:
    """The operations recorded since its creation, grouped by the ``mark`` that they follow."""

    def __init__(self, first: str = "") -> None:
        self._rows = get_database()[PROFILE]
        self._before = self._rows.estimated_document_count()
        self.mark(first)

    def mark(self, label: object) -> None:
        """Say what the operations that follow are for."""
        get_database()[MARKS].find_one({"label": str(label)})

    def faults(self) -> dict[str, set[str]]:
        """Return, by mark, what read a whole collection or many documents for few; empty when all is well."""
        found: dict[str, set[str]] = {}
        label = ""
        for row in self._rows.find().sort("$natural", 1).skip(self._before):
            table = row["ns"].split(".", 1)[1]
            if table == MARKS:
                label = row["command"]["filter"]["label"]
            elif fault := _fault(table, cast(Operation, row)):
                found.setdefault(label, set()).add(fault)
        return found


def _fault(table: str, row: Operation) -> str:
    if table in {PROFILE, "$cmd"}:
        return ""
    plan = row.get("planSummary", "")
    if "COLLSCAN" in plan:
        return f"COLLSCAN {table}"
    examined = row.get("docsExamined", 0)
    given = row.get("nreturned", 0) + row.get("nMatched", 0) + row.get("ndeleted", 0)
    if examined > ANY_DOCUMENTS + DOCUMENTS_EACH * given:
        return f"{examined} documents of {table} read for {given}: {plan}"
    return ""

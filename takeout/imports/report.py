"""The report of an import: counts by kind and state, and a row for everything that did not come over as it was."""

from __future__ import annotations

import time
from collections import Counter
from dataclasses import dataclass

from streamsite import disk
from streamsite.errors import DiskFull
from streamsite.ids import object_id
from streamsite.tasks.lease import current_lease
from takeout import store
from takeout.imports.errors import Withdrawn

# It came over, or was there already; it came over, but not as it was; it refers to what is not here; it did not come.
NEW, PRESENT, CHANGED, MISSING, REFUSED = "new", "present", "changed", "missing", "refused"
STATES = (NEW, PRESENT, CHANGED, MISSING, REFUSED)
# Rows of the whole archive rather than of a kind.
FILES = "files"
MAX_ROWS, BATCH, SAVE_SECONDS = 20_000, 200, 1.0


@dataclass(frozen=True)
class Row:
    """An object that did not come over as it was; what is said of it is the archive's word."""

    kind: str
    state: str
    code: str
    detail: str
    ref: str
    title: str
    url: str


class Report:
    """A report that is kept nowhere."""

    def __init__(self) -> None:
        self._counts: dict[str, Counter[str]] = {}
        self._done_kinds: list[str] = []

    def is_done(self, kind: str) -> bool:
        """Return whether an earlier try has finished a kind."""
        return kind in self._done_kinds

    def add(self, kind: str, state: str, code: str = "", **said: str) -> None:
        """Count an object. One with a ``code`` gets a row: ``detail``, ``ref``, ``title`` and ``url`` say of what."""
        self._count(kind, state)
        if code:
            self._keep(_row(kind, state, code, **said))

    def note(self, kind: str, state: str, code: str, **said: str) -> None:
        """Add a row about an object that is counted otherwise; those that were changed are counted beside it."""
        if state == CHANGED:
            self._count(kind, state)
        self._keep(_row(kind, state, code, **said))

    def advance(self, by: float = 1.0) -> None:
        """Note that so much of the whole is done."""

    def finish(self, kind: str) -> None:
        """Note that a kind is done."""
        self._done_kinds.append(kind)
        self.save()

    def save(self) -> None:
        """Write what is known."""

    def as_dict(self) -> dict[str, dict[str, int]]:
        """Return the counts by kind and state."""
        return {kind: dict(found) for kind, found in self._counts.items()}

    def _count(self, kind: str, state: str) -> None:
        self._counts.setdefault(kind, Counter())[state] += 1

    def _keep(self, row: Row) -> None:
        """Keep a row."""


class StoredReport(Report):
    """The report of a stored import, which is written as it grows. It notices when the import is canceled."""

    def __init__(self, document: store.ImportDoc, *, total: int) -> None:
        super().__init__()
        self._id, self._purge_at = document["_id"], document["purge_at"]
        self._done_kinds = list(document["done_kinds"])
        # What an interrupted try wrote about a kind that it did not finish is found again.
        unfinished = document["report"].keys() - set(self._done_kinds)
        store.delete_rows(self._id, unfinished)
        for kind, found in document["report"].items():
            if kind not in unfinished:
                self._counts[kind] = Counter(found)
        self._number = store.count_rows(self._id)
        self._rows: list[store.RowDoc] = []
        self._total, self._done = max(1, total), 0.0
        self._next = time.monotonic() + SAVE_SECONDS

    def advance(self, by: float = 1.0) -> None:
        """Note that so much of ``total`` is done. Raises ``DiskFull``, and as ``save`` does."""
        self._done += by
        if time.monotonic() >= self._next:
            self._next = time.monotonic() + SAVE_SECONDS
            if not disk.has_space():
                raise DiskFull
            self.save()

    def save(self) -> None:
        """Write what is known. Raises ``Withdrawn`` when the import is gone, ``LeaseLost`` when the job is."""
        current_lease().check()
        self._flush()
        changes = {
            "report": self.as_dict(),
            "row_count": self._number,
            "done_kinds": self._done_kinds,
            "progress": round(min(0.99, self._done / self._total), 3),
        }
        if not store.update_import(self._id, changes):
            store.delete_rows(self._id)
            raise Withdrawn

    def _keep(self, row: Row) -> None:
        if self._number >= MAX_ROWS:
            return
        self._number += 1
        self._rows.append(
            {
                "_id": object_id(),
                "import_id": self._id,
                "number": self._number,
                "kind": row.kind,
                "state": row.state,
                "code": row.code,
                "detail": row.detail[:500],
                "ref": row.ref[:200],
                "title": row.title[:300],
                "url": row.url[:500],
                "purge_at": self._purge_at,
            }
        )
        if len(self._rows) >= BATCH:
            self._flush()

    def _flush(self) -> None:
        store.add_rows(self._rows)
        self._rows = []


def _row(
    kind: str, state: str, code: str, *, detail: str = "", ref: str = "", title: str = "", url: str = ""
) -> Row:
    return Row(kind, state, code, detail, ref, title, url)

"""The report of an import: counts by kind and state, and a row for everything that did not come over as it was."""

from __future__ import annotations

import time
from collections import Counter

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


class Report:
    """The report of one import, which is written as it grows. It notices when the import is canceled."""

    def __init__(self, document: store.ImportDoc, *, total: int) -> None:
        self._id, self._purge_at = document["_id"], document["purge_at"]
        self._counts = {kind: Counter(found) for kind, found in document["report"].items()}
        self._done_kinds = list(document["done_kinds"])
        # What an interrupted try wrote about a kind that it did not finish is found again.
        unfinished = self._counts.keys() - set(self._done_kinds)
        for kind in unfinished:
            del self._counts[kind]
        store.delete_rows(self._id, unfinished)
        self._number = store.count_rows(self._id)
        self._rows: list[store.RowDoc] = []
        self._total, self._done = max(1, total), 0.0
        self._next = time.monotonic() + SAVE_SECONDS

    def is_done(self, kind: str) -> bool:
        """Return whether an earlier try has finished a kind."""
        return kind in self._done_kinds

    def add(self, kind: str, state: str, code: str = "", **said: str) -> None:
        """Count an object. One with a ``code`` gets a row: ``detail``, ``ref``, ``title`` and ``url`` say of what."""
        self._counts.setdefault(kind, Counter())[state] += 1
        if code:
            self.note(kind, state, code, **said)

    def note(
        self,
        kind: str,
        state: str,
        code: str,
        *,
        detail: str = "",
        ref: str = "",
        title: str = "",
        url: str = "",
    ) -> None:
        """Add a row without counting an object."""
        self._number += 1
        if self._number > MAX_ROWS:
            return
        row: store.RowDoc = {
            "_id": object_id(),
            "import_id": self._id,
            "number": self._number,
            "kind": kind,
            "state": state,
            "code": code,
            "detail": detail[:500],
            "ref": ref[:200],
            "title": title[:300],
            "url": url[:500],
            "purge_at": self._purge_at,
        }
        self._rows.append(row)
        if len(self._rows) >= BATCH:
            self._flush()

    def advance(self, by: float = 1.0) -> None:
        """Note that so much of ``total`` is done."""
        self._done += by
        if time.monotonic() >= self._next:
            self._next = time.monotonic() + SAVE_SECONDS
            if not disk.has_space():
                raise DiskFull
            self.save()

    def finish(self, kind: str) -> None:
        """Note that a kind is done."""
        self._done_kinds.append(kind)
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

    def as_dict(self) -> dict[str, dict[str, int]]:
        """Return the counts by kind and state."""
        return {kind: dict(found) for kind, found in self._counts.items()}

    def _flush(self) -> None:
        store.add_rows(self._rows)
        self._rows = []

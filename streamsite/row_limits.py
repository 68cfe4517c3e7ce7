"""Limits on the rows of a kind that one account or one object may have.

Rows are counted once the new one is written: of parallel writers each sees its own row and all that were written
before it, so those above the cap take theirs back. No counter has to be kept right, and never more than the cap
remain. Where a row is large, or may not be written twice anyway, it is counted before as well.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from streamsite.errors import Conflict


class LimitReached(Conflict):
    """There are as many of these as there may be."""

    code = "limit_reached"
    detail = _("You've reached the limit. Delete something first.")


@dataclass(frozen=True)
class RowLimit:
    """At most ``most`` of what ``count`` counts; ``detail`` tells people so and what to do about it."""

    count: Callable[[], int]
    most: int
    detail: str

    def require_room(self, more: int = 1) -> None:
        """Raise ``LimitReached`` unless ``more`` rows can be added."""
        if self.count() + more > self.most:
            raise LimitReached(self.detail)

    def confirm(self, undo: Callable[[], object]) -> None:
        """Call after a row was written: runs ``undo`` and raises ``LimitReached`` when it is one too many."""
        if self.count() > self.most:
            undo()
            raise LimitReached(self.detail)

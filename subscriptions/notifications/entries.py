"""A notification or announcement, reduced to what ordering, read state, and access checks need."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from subscriptions.notifications.store import EntryDoc


@dataclass(frozen=True)
class Entry:
    """``row`` is the document. ``is_old`` is true for announcements made before the reader subscribed."""

    pk: str
    created_at: datetime
    row: EntryDoc
    is_read: bool
    is_old: bool = False

    @property
    def id(self) -> str:
        """The row's id, for cursors."""
        return self.pk

"""A notification or an announcement, as far as order, reading and what it is about need it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any


@dataclass(frozen=True)
class Entry:
    """``row`` is the document. ``is_old`` is true for what was announced before its reader subscribed."""

    pk: str
    created_at: datetime
    row: dict[str, Any]
    is_read: bool
    is_old: bool = False

    @property
    def id(self) -> str:
        """Its id, for cursors."""
        return self.pk

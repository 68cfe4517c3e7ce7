"""Whether the database and the data folder belong to the same site."""

from __future__ import annotations


def problem() -> str:
    """Return a sentence about a mismatch, or an empty string when there is none."""
    return ""

"""Errors of imports."""

from __future__ import annotations


class BadArchive(Exception):
    """An archive that cannot be read, or is made to do harm. ``code`` is a key of ``codes.SENTENCES``."""

    def __init__(self, code: str, name: str = "") -> None:
        super().__init__(f"{code}: {name}" if name else code)
        self.code = code


class Withdrawn(Exception):
    """The import was canceled, or its account was closed."""

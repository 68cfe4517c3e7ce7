"""Fold text so that different spellings of a word compare as equal."""

from __future__ import annotations

import re
import unicodedata

WORD = re.compile(r"\w+")


def fold(text: str) -> str:
    """Return ``text`` without case and accents: ``Élan`` becomes ``elan``."""
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return "".join(character for character in decomposed if not unicodedata.combining(character))


def split(text: str) -> list[str]:
    """Return the folded words of ``text`` in order."""
    return WORD.findall(fold(text))

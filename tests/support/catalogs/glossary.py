"""Words that the glossary replaces."""

from __future__ import annotations

import re
from functools import cache

from tests.support.catalogs.extraction import ROOT

# Names that contain a replaced word.
ALLOWED = re.compile(r'picture[- ]in[- ]picture|/login|%\(\w+\)s|https?://\S+|"final;"', re.I)


@cache
def banned() -> tuple[str, ...]:
    """Return the words of the glossary's column "not"."""
    rows = re.findall(r"^\| .* \| .* \| (`.*`) \|$", (ROOT / "docs" / "glossary.md").read_text(), re.M)
    return tuple(word for row in rows for word in re.findall(r"`([^`]+)`", row))


@cache
def _pattern() -> re.Pattern[str]:
    return re.compile(rf"\b(?:{'|'.join(map(re.escape, sorted(banned(), key=len, reverse=True)))})\b", re.I)


def find_banned(text: str) -> list[str]:
    """Return the replaced words in a text, and ``;``, which texts of the interface do without."""
    plain = re.sub(r"&#?\w+;", "", ALLOWED.sub("", text))
    found = [match.lower() for match in _pattern().findall(plain)]
    return [*found, *([";"] if ";" in plain else [])]

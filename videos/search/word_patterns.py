"""Regular expressions that find the words of a query in text as people wrote it."""

from __future__ import annotations

from itertools import accumulate

from streamsite import character_tables, folding
from videos.search.query_text import Query

MAX_BYTES = 15_000  # of an expression; MongoDB takes 32,764, and PCRE needs more for long ones
# What a word must not follow, for MongoDB and for Python, whose expressions differ here.
STORED_WORD_START, PYTHON_WORD_START = r"(?<![\p{L}\p{N}])", r"(?<!\w)"
WORD_SEPARATORS = r"[\s\p{P}]+", r"[\s\W]+"


def stored_expressions(query: Query) -> list[str]:
    """Return an expression for MongoDB, with the option ``i``, for each word and phrase of ``query``."""
    return _expressions(query, STORED_WORD_START, WORD_SEPARATORS[0])


def python_expressions(query: Query) -> list[str]:
    """Return an expression for Python, with ``re.IGNORECASE``, for each word and phrase of ``query``."""
    return _expressions(query, PYTHON_WORD_START, WORD_SEPARATORS[1])


def _expressions(query: Query, beginning: str, between: str) -> list[str]:
    """Return a regular expression for each word and phrase. A word matches at the start of words."""
    wanted = [[(term.run,)] if term.run else list(term.alternatives) for term in query.terms]
    wanted += [[phrase] for phrase in query.phrases]
    found = []
    for alternatives in wanted:
        ways = [_words(forms, beginning, between) for forms in alternatives]
        ends = accumulate(len(way.encode()) + 1 for way in ways)
        found.append("|".join(way for way, end in zip(ways, ends, strict=True) if end < MAX_BYTES))
    return [one for one in found if one]


def _words(forms: tuple[str, ...], beginning: str, between: str) -> str:
    start = "" if character_tables.is_unspaced(forms[0][0]) else beginning
    return start + between.join(folding.accent_insensitive_pattern(form) for form in forms)

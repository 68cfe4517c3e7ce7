"""Pairs of neighboring words, as numbers: an index finds a phrase by them, however frequent its words are.

A search document has them in ``pairs``: of the words of title, tags and channel apart, and of all of its words
together. A number may stand for several pairs, so whoever finds a document by it looks at its lines as well.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import pairwise
from zlib import crc32

from streamsite import character_tables
from streamsite.caching import cached
from videos.search import store

NAMES, WORDS = "names", "words"
# How many documents of the previous release searches by pairs look through; with more, words are looked up instead.
MAX_WITHOUT_PAIRS = 100
CHECK_SECONDS = 60.0
# A pair that no text has: an empty array would look like a missing one in the index.
NO_PAIR = 0
SIGNED = 2**31  # so that MongoDB stores four bytes for each


def document_pairs(names_line: str, line: str) -> list[int]:
    """Return the pairs of a document with these lines (see ``folding.phrase_text``), each once; never none."""
    found = [_key(NAMES, pair) for pair in _line_pairs(names_line)]
    found += [_key(WORDS, pair) for one in (names_line, line) for pair in _line_pairs(one)]
    return list(dict.fromkeys(found)) or [NO_PAIR]


def phrase_keys(phrase: Iterable[str], where: str) -> list[int]:
    """Return the pairs that a document with ``phrase`` has in ``where`` (``NAMES`` or ``WORDS``), longest first.

    The first and the last word of a phrase may be parts of longer words in scripts without spaces: none are of these.
    """
    words = list(phrase)
    whole = words[_is_unspaced(words[0]) : len(words) - _is_unspaced(words[-1])]
    longest_first = sorted(dict.fromkeys(pairwise(whole)), key=lambda pair: -sum(map(len, pair)))
    return [_key(where, pair) for pair in longest_first]


@cached(seconds=CHECK_SECONDS)
def are_indexed() -> bool:
    """Return whether nearly all documents have pairs; before an update has filled them in, few have. Cached."""
    return store.count_without_pairs(MAX_WITHOUT_PAIRS + 1) <= MAX_WITHOUT_PAIRS


def _line_pairs(line: str) -> Iterator[tuple[str, str]]:
    for text in line.split("|"):
        yield from pairwise(text.split())


def _is_unspaced(word: str) -> bool:
    return character_tables.is_unspaced(word[:1])


def _key(where: str, pair: tuple[str, str]) -> int:
    return crc32(" ".join((where, *pair)).encode()) - SIGNED

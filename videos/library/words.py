"""What people type into a search field, as words."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from streamsite import folding
from streamsite.folding import split

MOST_CHARACTERS, MOST_WORDS = 200, 12
LONGEST_PREFIX, MOST_INDEXED = 12, 40
PART = re.compile(r'(-?)(?:"([^"]*)"?|(\S+))')


@dataclass(frozen=True)
class Query:
    """Words and phrases that must all be there, those that must not, and the beginning of a word still being typed."""

    required: tuple[str, ...] = ()
    excluded: tuple[str, ...] = ()
    unfinished: str = ""

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to look for."""
        return not self.required and not self.unfinished


def read(text: str) -> Query:
    """``one "two three" -four fi`` as a query; the last word counts as unfinished unless something follows."""
    text = text[:MOST_CHARACTERS].replace("\x00", " ")
    required: list[str] = []
    excluded: list[str] = []
    is_open = False
    for minus, phrase, word in PART.findall(text):
        words = split(phrase or word)[:MOST_WORDS]
        if not words:
            continue
        if minus:
            excluded.append(" ".join(words))
        elif phrase:
            required.append(" ".join(words))
        else:
            required.extend(words)
        is_open = not minus and not phrase
    required = list(dict.fromkeys(required))[:MOST_WORDS]
    is_open = is_open and bool(folding.words(text[-1]))
    unfinished = required[-1] if required and is_open else ""
    return Query(tuple(required), tuple(dict.fromkeys(excluded))[:MOST_WORDS], unfinished)


def distinct(*texts: str) -> list[str]:
    """The folded words of ``texts``, each once, in order."""
    return list(dict.fromkeys(word for text in texts for word in split(text)))


def prefixes(*texts: str) -> list[str]:
    """The beginnings of the words of ``texts``, each once."""
    return list(_beginnings(distinct(*texts)[:MOST_INDEXED]))


def _beginnings(words: Iterable[str]) -> dict[str, None]:
    return dict.fromkeys(
        word[:length] for word in words for length in range(1, min(len(word), LONGEST_PREFIX) + 1)
    )

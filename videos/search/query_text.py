"""Parse search text into words and phrases."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from itertools import accumulate

from streamsite import folding, stemming
from streamsite.folding import Term, split_words

MAX_CHARACTERS, MAX_WORDS, MAX_PHRASES = 200, 12, 3
MAX_PREFIX_LENGTH, MAX_INDEXED_LENGTH = 12, 40
MAX_LANGUAGES = 3  # that a typed word is stemmed in
PART = re.compile(r'(-?)(?:"([^"]*)"?|(\S+))')


@dataclass(frozen=True)
class Query:
    """Words that must all be present, phrases that must be adjacent, and excluded phrases.

    ``typed`` are the words as typed, one for each of ``terms``. ``unfinished`` is the prefix still being typed,
    which the last of ``terms`` stands for; "" when there is none. Phrases are folded words.
    """

    terms: tuple[Term, ...] = ()
    phrases: tuple[tuple[str, ...], ...] = ()
    excluded: tuple[tuple[str, ...], ...] = ()
    unfinished: str = ""
    typed: tuple[str, ...] = field(default=(), compare=False)

    @property
    def is_empty(self) -> bool:
        """True when there is nothing to search for."""
        return not self.terms and not self.phrases

    def without(self, left_out: Iterable[int]) -> Query:
        """Return the query without the terms at these positions, all its words complete."""
        places = set(left_out)
        kept = [place for place in range(len(self.terms)) if place not in places]
        return replace(
            self,
            terms=tuple(self.terms[place] for place in kept),
            typed=tuple(self.typed[place] for place in kept),
            unfinished="",
        )


def parse_query(text: str, languages: Iterable[str] = ()) -> Query:
    """Parse ``one "two three" -four fi``; the last word counts as unfinished unless something follows it.

    Words also match by their stem in the first of ``languages`` with their alphabet.
    """
    text = text[:MAX_CHARACTERS].replace("\x00", " ")
    languages = tuple(languages)
    terms: dict[Term, str] = {}
    phrases: list[tuple[str, ...]] = []
    excluded: list[tuple[str, ...]] = []
    last: Term | None = None
    for minus, phrase, word in PART.findall(_join_spaced_numbers(text)):
        folded = tuple(folding.words(phrase or word)[:MAX_WORDS])
        if not folded:
            continue
        last = None
        if minus:
            excluded.append(folded)
        elif phrase:
            phrases.append(folded)
        else:
            for term in _stemmed(folding.query_terms(word), word, languages):
                terms.setdefault(term, word)
                last = term
    several = [one for one in dict.fromkeys(phrases) if len(one) > 1][:MAX_PHRASES]
    together = _limit_phrases(one for one in phrases if len(one) == 1 or one in several)
    # Each word and each phrase multiplies the work of the database.
    chosen = _limit_terms(terms, MAX_WORDS - 2 * min(len(together), MAX_PHRASES))
    is_open = last is not None and chosen[-1:] == (last,) and bool(folding.words(text[-1]))
    return Query(
        chosen,
        together,
        _limit_phrases(excluded),
        _beginning(chosen[-1]) if is_open else "",
        tuple(terms[term] for term in chosen),
    )


def unique_words(*texts: str) -> list[str]:
    """Return the folded words of ``texts`` in order, without duplicates."""
    return list(dict.fromkeys(word for text in texts for word in split_words(text)))


def word_prefixes(*texts: str) -> list[str]:
    """Return the prefixes of the words of ``texts``, without duplicates."""
    known = list(dict.fromkeys(form for text in texts for form in folding.index_forms(text, singles=False)))
    return list(_beginnings(known[:MAX_INDEXED_LENGTH]))


def _limit_terms(terms: Iterable[Term], most: int) -> tuple[Term, ...]:
    """Return the first terms with ``most`` words in total; joined words count one by one."""
    known = tuple(terms)
    ends = accumulate(1 if term.run else max(map(len, term.alternatives)) for term in known)
    return tuple(term for term, end in zip(known, ends, strict=True) if end <= most)


def _limit_phrases(phrases: Iterable[tuple[str, ...]]) -> tuple[tuple[str, ...], ...]:
    """Return the first phrases with ``MAX_WORDS`` words in total, without duplicates."""
    known = tuple(dict.fromkeys(phrases))
    return tuple(one for one, end in zip(known, accumulate(map(len, known)), strict=True) if end <= MAX_WORDS)


def _join_spaced_numbers(text: str) -> str:
    """Join a number that was typed with spaces to one word, as the forms of a text do."""
    return folding.GROUPED.sub(lambda match: re.sub(folding.SPACES, ",", match[0]), text)


def _stemmed(found: list[Term], word: str, languages: tuple[str, ...]) -> list[Term]:
    if len(found) != 1 or found[0].run:
        return found
    written = [language for language in languages if stemming.is_written_in(word, language)]
    chosen = written[:MAX_LANGUAGES]
    stems = dict.fromkeys((stem,) for language in chosen for stem in stemming.stems(word, language))
    return [Term(tuple(dict.fromkeys([*found[0].alternatives, *stems])))] if stems else found


def _beginning(term: Term) -> str:
    first = term.alternatives[0]
    return first[0] if len(first) == 1 and not term.run else ""


def _beginnings(words: Iterable[str]) -> dict[str, None]:
    return dict.fromkeys(
        word[:length] for word in words for length in range(1, min(len(word), MAX_PREFIX_LENGTH) + 1)
    )

"""Light stemming: the form that inflections of a word share, in the languages that ``snowballstemmer`` knows.

Only endings are removed that number, case or tense give a word. What the library removes beyond that makes other words
of it: to it ``anime``, ``animal`` and ``animation`` are one. So in the languages where it does that, an ending of ours
is removed if the library says that both words have the same stem; in the others what it removes must be short.
"""

from __future__ import annotations

import threading
import unicodedata
from functools import lru_cache
from typing import Protocol

from streamsite import folding
from streamsite.character_tables import APOSTROPHE


class Stemmer(Protocol):
    """A stemmer of Snowball's, as far as it is used."""

    def stemWord(self, word: str) -> str:  # noqa: N802 - Snowball's name
        """Return the stem of a word in lower case."""
        ...


# Endings and what stands in their place, in this order, for languages that are stemmed too far otherwise.
ENDINGS: dict[str, tuple[tuple[str, str], ...]] = {
    "en": (
        *(("ies", "y"), ("es", ""), ("s", ""), ("ied", "y"), ("ing", "")),
        *(("ing", "e"), ("ed", ""), ("ed", "e")),
    ),
    "fr": (("aux", "al"), ("s", ""), ("x", "")),
    "es": (("ces", "z"), ("es", ""), ("s", "")),
    "pt": (("ns", "m"), ("es", ""), ("s", "")),
    "ca": (("es", "a"), ("s", "")),
}
_NAMES = """
    ar arabic hy armenian eu basque ca catalan cs czech da danish nl dutch en english eo esperanto et estonian
    fi finnish fr french de german el greek hi hindi hu hungarian id indonesian ga irish it italian lt lithuanian
    ne nepali no norwegian nb norwegian nn norwegian fa persian pl polish pt portuguese ro romanian ru russian
    sr serbian es spanish sv swedish ta tamil tr turkish yi yiddish
"""
_PAIRS = _NAMES.split()
ALGORITHMS = dict(zip(_PAIRS[::2], _PAIRS[1::2], strict=True))
# The first word of a Unicode name of the letters of each; those of the others are Latin. Serbian has two.
ALPHABETS = {
    **dict.fromkeys(("ar", "fa"), ("ARABIC",)),
    **dict.fromkeys(("hi", "ne"), ("DEVANAGARI",)),
    "hy": ("ARMENIAN",),
    "el": ("GREEK",),
    "ru": ("CYRILLIC",),
    "sr": ("CYRILLIC", "LATIN"),
    "ta": ("TAMIL",),
    "yi": ("HEBREW",),
}
LATIN = ("LATIN",)
MAX_REMOVED, MIN_STEM_LENGTH, MAX_WORD_LENGTH = 4, 3, 40
# At most so many letters are removed where what is left is as short as this.
SHORT, MAX_REMOVED_FROM_SHORT = 3, 2
DOUBLING, MAX_ENDING_LENGTH = ("ing", "ed"), 3
_local = threading.local()


def language_of(tag: str) -> str:
    """Return the language of a tag such as ``pt-BR`` if its words can be stemmed, else ""."""
    primary = tag.partition("-")[0].lower()
    return primary if primary in ALGORITHMS else ""


def is_written_in(word: str, language: str) -> bool:
    """Return whether ``word`` is in the alphabet of ``language``, which ``language_of`` returned."""
    name = unicodedata.name(word[0], "") if word else ""
    return name.partition(" ")[0] in ALPHABETS.get(language, LATIN)


def stems(text: str, language: str) -> list[str]:
    """Return the folded stems of the words of ``text`` that differ from the word, each once, in order.

    ``language`` is one that ``language_of`` returned; for "" there are no stems.
    """
    if not language:
        return []
    return list(dict.fromkeys(stem for chunk in text.split() for stem in _chunk_stems(chunk, language)))


@lru_cache(maxsize=50_000)
def _chunk_stems(chunk: str, language: str) -> tuple[str, ...]:
    # Stemmers know words with their accents; who types a query may leave these out.
    written = unicodedata.normalize("NFC", chunk).lower().replace("\u2019", APOSTROPHE)
    found: list[str] = []
    for spelling in dict.fromkeys((written, folding.fold(chunk))):
        for word in spelling.replace(APOSTROPHE, " ").split():
            for match in folding.TOKEN.finditer(word):
                if match.lastgroup == "word" and MIN_STEM_LENGTH < len(match[0]) <= MAX_WORD_LENGTH:
                    folded = folding.fold(match[0])
                    made = map(folding.fold, _stems(match[0], language))
                    found += [stem for stem in made if stem != folded]
    return tuple(dict.fromkeys(found))


def _stems(word: str, language: str) -> list[str]:
    """Return what is left of the word without its ending; where it may have had several, each."""
    stem = _full_stem(word, language)
    if language not in ENDINGS:
        removed = len(word) - len(stem)
        most = MAX_REMOVED_FROM_SHORT if len(stem) <= SHORT else MAX_REMOVED
        return [stem] if 0 <= removed <= most and len(stem) >= MIN_STEM_LENGTH else []
    found = []
    for ending, instead in ENDINGS[language]:
        if word.endswith(ending):
            base = word[: -len(ending)] + instead
            # run-n-ing
            doubled = base[:-1] if ending in DOUBLING and base[-1:] == base[-2:-1] else ""
            found += [one for one in (base, doubled) if _is_form_of(one, word, stem, language)]
            if found and len(ending) == MAX_ENDING_LENGTH:
                break
    return found


def _is_form_of(base: str, word: str, stem: str, language: str) -> bool:
    if len(base) < MIN_STEM_LENGTH or _full_stem(base, language) != stem:
        return False
    return language == "en" or len(base) > SHORT or len(word) - len(base) == 1


def _full_stem(word: str, language: str) -> str:
    # A stemmer works on the word that it holds, so threads have one each.
    stemmers: dict[str, Stemmer] = _local.__dict__.setdefault("stemmers", {})
    if language not in stemmers:
        import snowballstemmer  # here: its 30 languages take 2 MB, which processes that search nothing never need

        stemmers[language] = snowballstemmer.stemmer(ALGORITHMS[language])
    return str(stemmers[language].stemWord(word))

"""Fold text for comparison: search, suggestions, tags and filters all compare words by these functions.

``fold`` removes case, accents and typographic variants. ``split_words`` gives the words of a text in order,
``index_forms`` everything that a text is found by, ``query_terms`` what a query asks for among those forms.
``accent_insensitive_pattern`` finds a word in text that was not folded. See docs/decisions/0035-folding.md for what
is folded in which script, and why.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import pairwise

from streamsite import character_tables
from streamsite.character_tables import APOSTROPHE

MAX_CHUNK_LENGTH, MAX_PARTS = 200, 6
# Single characters that may join the parts of one word, as in wi-fi, don't, AC/DC, U.S.A., R&B and snake_case.
JOINERS = frozenset("-_.'&/*\"\u00b7\u30fb\u05f3\u05f4")
IN_NUMBERS = frozenset(".,'")
TOKEN = re.compile(
    f"(?P<run>[{character_tables.UNSPACED}]+)|(?P<word>(?:[^\\W_{character_tables.UNSPACED}]|[{character_tables.MARKS}])+)"
    f"|(?P<sign>[{character_tables.FLAGS}]{{2}}|[{character_tables.SIGNS}])"
)
SPACES = "[ \u00a0\u2009\u202f]"
# 10 000 is one number, as 10,000 is.
GROUPED = re.compile(rf"(?<![\w.,])\d{{1,3}}(?:{SPACES}\d{{3}})+(?!\w)")
# In Arabic script the zero-width non-joiner parts a word in two, as a hyphen does.
NON_JOINER = re.compile("(?<=[\u0600-\u06ff])\u200c(?=[\u0600-\u06ff])")
# Articles and pronouns that lose their vowel before another word: l'amour, dell'arte, qu'il.
ELIDED = {
    *"cdjlmnst",
    "qu",
    "jusqu",
    "lorsqu",
    "puisqu",
    "un",
    "all",
    "dall",
    "dell",
    "nell",
    "sull",
    "quest",
}
MAX_LENGTH_WITH_PLUS, MAX_LENGTH_WITH_HASH, MAX_LENGTH_AFTER_DOT = 9, 2, 10


@dataclass(frozen=True)
class Term:
    """One word of a query: any of ``alternatives`` will do, each a tuple of forms that must all be there.

    ``run`` is a word of a script without spaces whose forms, pairs of characters, may also stand apart: a text has to
    contain the run itself (see ``phrase_pattern``). It is "" for other words.
    """

    alternatives: tuple[tuple[str, ...], ...]
    run: str = ""


@dataclass(frozen=True)
class _Part:
    """A word, run or sign with what stands before and after it in its chunk."""

    text: str
    kind: str
    before: str
    after: str

    @property
    def is_number(self) -> bool:
        return self.text.isdigit()


Group = tuple[_Part, ...]


def fold(text: str) -> str:
    """Return ``text`` without case, accents and typographic variants: ``Élan™`` becomes ``elan``.

    Punctuation stays, in its plain form. Folding the result again changes nothing.
    """
    if text.isascii():
        return text.lower().replace("`", APOSTROPHE).strip()
    marked = NON_JOINER.sub("-", unicodedata.normalize("NFC", text)).translate(character_tables.BEFORE)
    plain = unicodedata.normalize("NFKD", marked).translate(character_tables.AFTER)
    plain = unicodedata.normalize("NFKD", plain.casefold()).translate(character_tables.AFTER)
    return unicodedata.normalize("NFC", plain).strip()


def split_words(text: str) -> list[str]:
    """Return the folded words of ``text`` in order; words of scripts without spaces as pairs of characters."""
    return [piece for part in _all_parts(text) for piece in _pieces(part)]


def words(text: str) -> list[str]:
    """Return the folded words of ``text`` in order, those of scripts without spaces undivided."""
    found: list[str] = []
    for group in (group for chunk in _chunks(text) for group in _groups(chunk)):
        texts = [part.text for part in group]
        found += ["".join(texts)] if group[0].kind == "run" else texts
    return found


def index_forms(text: str, *, singles: bool = True) -> list[str]:
    """Return every form that ``text`` is found by, each once, in order.

    These are its words, joined words (``wifi`` for ``wi-fi``), second spellings (``mueller`` for ``Müller``), names
    with symbols (``c++``), and, with ``singles``, the single characters of Chinese and Korean words.
    """
    found: dict[str, None] = {}
    for chunk in _chunks(text):
        found |= dict.fromkeys(_chunk_forms(chunk, singles))
    return list(found)


def query_terms(text: str) -> list[Term]:
    """Return what the typed ``text`` asks for: every one of the terms, by any of its alternatives."""
    return list(dict.fromkeys(term for chunk in _chunks(text) for term in _chunk_terms(chunk)))


def contains_terms(wanted: Iterable[Term], known: Collection[str]) -> bool:
    """Return whether the forms ``known`` of a text have every one of ``wanted``. Runs are not looked at."""
    return all(
        any(all(form in known for form in alternative) for alternative in term.alternatives)
        for term in wanted
    )


def phrase_text(*texts: str) -> str:
    """Return the words of ``texts`` as one line, in which ``phrase_pattern`` finds what stands together."""
    return "|".join(f" {' '.join(found)} " for text in texts if (found := words(text)))


def phrase_pattern(phrase: list[str]) -> str:
    """Return a regular expression for the words of ``phrase``, as ``words`` gives them, in a ``phrase_text``."""
    before = "" if character_tables.is_unspaced(phrase[0][:1]) else " "
    after = "" if character_tables.is_unspaced(phrase[-1][:1]) else " "
    return before + re.escape(" ".join(phrase)) + after


def accent_insensitive_pattern(word: str) -> str:
    """Return a regular expression for a folded ``word`` in text that was not folded, with any accents and joiners.

    For MongoDB and Python, with the option ``i``. It finds the word inside longer ones as well.
    """
    return "[-'\u2019.\u2010]?".join(_written(character) for character in word)


@cache
def _variants() -> dict[str, str]:
    """Return the characters by what they are folded to."""
    ranges = (
        (0xC0, 0x250),
        (0x370, 0x530),
        (0x621, 0x6D4),
        (0x1E00, 0x2000),
        (0x30A1, 0x30F7),
        (0xFF10, 0xFF5B),
    )
    found: dict[str, str] = {}
    for code in (*(code for first, end in ranges for code in range(first, end)), *range(0x966, 0x970)):
        folded = fold(chr(code))
        if len(folded) == 1 and folded != chr(code):
            found[folded] = found.get(folded, "") + chr(code)
    return found


@cache
def _written(character: str) -> str:
    variants = _variants().get(character, "")
    if not variants:
        return re.escape(character)
    return f"[{character}{re.escape(variants)}]" + ("[\u0300-\u036f]*" if character.isalpha() else "")


def _chunks(text: str) -> Iterator[str]:
    """Yield what spaces separate; a number with spaces in it is one chunk."""
    if not text.isascii():
        text = text.replace("\u200b", " ")
    text = GROUPED.sub(lambda match: re.sub(SPACES, ",", match[0]), text)
    for chunk in text.split():
        for start in range(0, len(chunk), MAX_CHUNK_LENGTH):
            yield chunk[start : start + MAX_CHUNK_LENGTH]


def _all_parts(text: str) -> Iterator[_Part]:
    for chunk in _chunks(text):
        yield from _parts(chunk)


@lru_cache(maxsize=30_000)
def _parts(chunk: str) -> tuple[_Part, ...]:
    folded = fold(chunk)
    matches = list(TOKEN.finditer(folded))
    ends = [0, *(match.end() for match in matches)]
    starts = [*(match.start() for match in matches), len(folded)]
    gaps = [folded[end:start] for end, start in zip(ends, starts, strict=True)]
    return tuple(
        _Part(match[0], str(match.lastgroup), gaps[at], gaps[at + 1]) for at, match in enumerate(matches)
    )


def _groups(chunk: str) -> Iterator[Group]:
    """Yield the words of a chunk, those that were joined by a sign together."""
    group: list[_Part] = []
    for part in _parts(chunk):
        if group and not _belong_together(group[-1], part):
            yield tuple(group)
            group = []
        group.append(part)
    if group:
        yield tuple(group)


def _belong_together(first: _Part, second: _Part) -> bool:
    gap = second.before
    if first.kind == "sign" or second.kind != first.kind or len(gap) != 1:
        return False
    if first.text[-1].isdigit() and second.text[0].isdigit():
        # 1-0 is not 10: only parts of one number stay together.
        return gap in IN_NUMBERS and first.is_number and second.is_number
    return gap in JOINERS


def _pieces(part: _Part) -> list[str]:
    return _pairs(part.text) if part.kind == "run" else [part.text]


def _pairs(run: str) -> list[str]:
    return [run[at : at + 2] for at in range(len(run) - 1)] or [run]


@lru_cache(maxsize=30_000)
def _chunk_forms(chunk: str, singles: bool) -> tuple[str, ...]:
    found: list[str] = []
    for spelling in _spellings(chunk):
        for group in _groups(spelling):
            found += [piece for part in group for piece in _pieces(part)]
            found += [symbol for part in group for symbol in _with_symbols(part)]
            found += _joined(group)
            if singles:
                found += [
                    one
                    for part in group
                    if part.kind == "run"
                    for one in part.text
                    if character_tables.is_syllable_or_han(one)
                ]
    return tuple(dict.fromkeys(found))


def _spellings(chunk: str) -> list[str]:
    if chunk.isascii():
        return [chunk]
    composed = unicodedata.normalize("NFC", chunk)
    second = composed.translate(character_tables.SECOND)
    return [chunk] if second == composed else [chunk, second]


def _with_symbols(part: _Part) -> list[str]:
    """Return names whose symbols tell them apart: ``c++``, ``c#``, ``.net``."""
    name, found = part.text, []
    if not name.isalpha() or part.kind != "word":
        return []
    if part.after.startswith("++") and len(name) <= MAX_LENGTH_WITH_PLUS:
        found.append(f"{name}++")
    if part.after.startswith("#") and len(name) <= MAX_LENGTH_WITH_HASH:
        found.append(f"{name}#")
    is_after_dot = part.before.endswith(".") and not part.before.endswith("..")
    if is_after_dot and 1 < len(name) <= MAX_LENGTH_AFTER_DOT:
        found.append(f".{name}")
    return found


def _joined(group: Group) -> list[str]:
    texts = [part.text for part in group]
    if len(texts) == 1 or len(texts) > MAX_PARTS:
        return []
    if all(part.is_number for part in group):
        return _number(group)
    whole = "".join(texts)
    if group[0].kind == "run":
        return _pairs(whole)
    if len(texts) == 2 or all(len(text) == 1 for text in texts):
        return [whole]
    return [whole, *(first + second for first, second in pairwise(texts))]


def _number(group: Group) -> list[str]:
    """Return the ways to write a number with separators: ``10000`` for 10,000, ``3.5`` for 3,5, both for 1.234."""
    first, *rest = (part.text for part in group)
    found = []
    if len(first) <= 3 and first != "0" and all(len(text) == 3 for text in rest):
        found.append(first + "".join(rest))
    if not found or len(rest) == 1:
        found.append(".".join((first, *rest)))
    return found


@lru_cache(maxsize=2_000)
def _chunk_terms(chunk: str) -> tuple[Term, ...]:
    first, *others = [
        [term for group in _groups(one) for term in _group_terms(group)] for one in _spellings(chunk)
    ]
    if not others or len(others[0]) != len(first):
        return tuple(first)
    return tuple(
        Term(tuple(dict.fromkeys(term.alternatives + second.alternatives)), term.run)
        for term, second in zip(first, others[0], strict=True)
    )


def _group_terms(group: Group) -> list[Term]:
    if len(group) > 1 and all(part.is_number for part in group):
        return [Term(tuple((form,) for form in _number(group)))]
    if len(group) == 1 or len(group) > MAX_PARTS or group[0].kind == "run":
        return [_part_term(part) for part in group]
    texts = [part.text for part in group]
    alternatives: list[tuple[str, ...]] = [("".join(texts),)]
    apostrophes = [part.before == APOSTROPHE for part in group[1:]]
    if apostrophes[0] and texts[0] in ELIDED:
        alternatives.append(("".join(texts[1:]),))
    if apostrophes[-1] and texts[-1] == "s":
        alternatives.append(("".join(texts[:-1]),))
    if not any(apostrophes) and all(len(text) > 1 for text in texts):
        alternatives.append(tuple(texts))
    return [Term(tuple(alternatives))]


def _part_term(part: _Part) -> Term:
    if part.kind == "run":
        return Term((tuple(_pairs(part.text)),), part.text if len(part.text) > 2 else "")
    # Somebody who types the symbol means it: C++ is not C. A dot in front counts where nothing is before it.
    symbols = [form for form in _with_symbols(part) if not form.startswith(".") or part.before == "."]
    return Term(((symbols[0] if symbols else part.text,),))

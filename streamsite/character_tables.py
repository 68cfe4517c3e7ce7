"""Character tables for ``folding``: letters of words, marks that are kept, letters that are alike."""
# ruff: noqa: RUF001, SIM905 - letters that look alike are what this file is about

from __future__ import annotations

import unicodedata
from functools import cache

APOSTROPHE = "'"
# Written without spaces between words: Thai, Lao, Myanmar, Khmer, Hangul, kana and Han, in this order.
UNSPACED = (
    "\u0e00-\u0eff\u1000-\u109f\ua9e0-\ua9ff\uaa60-\uaa7f\u1780-\u17dd"
    "\u1100-\u11ff\ua960-\ua97f\uac00-\ud7ff"
    "\u3041-\u3096\u3099\u309a\u309d-\u309f\u30a1-\u30fa\u30fc-\u30ff\u31f0-\u31ff"
    "\u3005\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
)
FLAGS = "\U0001f1e6-\U0001f1ff"
# Emoji and other pictures; each is a word of its own.
SIGNS = "\U0001f000-\U0001f0ff\U0001f200-\U0001faff\u2600-\u27bf\u2b00-\u2bff\u231a\u231b\u23e9-\u23fa"
# Where marks are accents or optional vowel points: Latin, Greek, Cyrillic, Hebrew, Arabic, Syriac; the dot that Hindi
# often leaves out; and what chooses how a symbol is drawn. Marks of other scripts are parts of their words.
ACCENTS = (
    (0x0300, 0x036F),
    (0x0483, 0x0489),
    (0x0591, 0x05C7),
    (0x0610, 0x061A),
    (0x064B, 0x065F),
    (0x0670, 0x0670),
    (0x06D6, 0x06ED),
    (0x0711, 0x0711),
    (0x0730, 0x074A),
    (0x093C, 0x093C),
    (0x1AB0, 0x1AFF),
    (0x1DC0, 0x1DFF),
    (0x20D0, 0x20FF),
    (0x2DE0, 0x2DFF),
    (0xFE00, 0xFE0F),
    (0xFE20, 0xFE2F),
    (0x1F3FB, 0x1F3FF),
    (0xE0100, 0xE01EF),
)
# Letters that have no decomposition, or none that a keyboard of the same language has, and what they count as.
_ALIKE = (
    "ł l ø o đ d ħ h ı i ŧ t ð d ŋ n ƒ f ə e ɖ d ɗ d ɓ b ɛ e ɔ o ĸ k æ ae œ oe þ th ß ss ĳ ij"
    " ґ г ё е й и"
    # Persian, Urdu and other forms of Arabic letters; Hebrew letters at the end of a word.
    " ٱ ا ى ي ی ي ې ي ے ي ک ك ہ ه ھ ه ە ه ة ه"
    " ך כ ם מ ן נ ף פ ץ צ"
    ' ँ ं ♥ ❤ ⁄ / ∕ / ″ " “ " ” " „ " « " » "'
).split()
# The bar that only lengthens an Arabic word, and the signs that only choose the person of an emoji, are left out.
LETTERS = dict(zip(_ALIKE[::2], _ALIKE[1::2], strict=True)) | dict.fromkeys("ـ♀♂", "")
# How words with these letters are written where a keyboard does not have them: the second spelling.
SECOND = str.maketrans(
    {
        "ä": "ae",
        "ö": "oe",
        "ü": "ue",
        "ø": "oe",
        "å": "aa",
        "ŋ": "ng",
        "Ä": "ae",
        "Ö": "oe",
        "Ü": "ue",
        "Ø": "oe",
    }
    | {"Å": "aa", "Ŋ": "ng"}
)
# Before compatibility characters are taken apart, which would make "legotm" of "Lego™".
BEFORE = {
    **dict.fromkeys(map(ord, "™®℠©℗"), " "),
    **dict.fromkeys(map(ord, "’‘‛´`′ʹʻʼʽʾʿ＇՚"), APOSTROPHE),
    **{code: f" {chr(code)}" for code in (*range(0xBC, 0xBF), *range(0x2150, 0x215F))},
}


def is_accent(code: int) -> bool:
    """Return whether a character is an accent or an optional vowel point, which comparisons leave out."""
    return any(first <= code <= last for first, last in ACCENTS)


def is_unspaced(character: str) -> bool:
    """Return whether ``character`` belongs to a script without spaces between words; not for ""."""
    code = ord(character) if character else 0
    return any(first <= code <= last for first, last in _unspaced_ranges())


def is_syllable_or_han(character: str) -> bool:
    """Return whether ``character`` is a syllable of Hangul or a Han character, each of which may be a word."""
    return "\uac00" <= character <= "\ud7a3" or "\u3400" <= character <= "\u9fff" or character >= "\U00020000"


class _After(dict[int, str]):
    """Map each decomposed character to its folded form, computed on first use."""

    def __missing__(self, code: int) -> str:
        self[code] = made = _folded(code)
        return made


def _folded(code: int) -> str:
    character = chr(code)
    if is_accent(code):
        return ""
    if character in LETTERS:
        return LETTERS[character]
    category = unicodedata.category(character)
    if category == "Nd":
        return str(unicodedata.decimal(character))
    if category == "Pd":
        return "-"
    if category in {"Cf", "Cc"} and not character.isspace():
        return ""
    if 0x30A1 <= code <= 0x30F6 or 0x30FD <= code <= 0x30FE:
        return chr(code - 0x60)  # katakana as hiragana
    return character


AFTER = _After()


def _kept_marks() -> str:
    blocks = (range(0x07A6, 0x1D00), range(0x302A, 0x3030), range(0xA66F, 0xABF0), range(0x11000, 0x12000))
    return "".join(
        chr(code)
        for block in blocks
        for code in block
        if not is_accent(code) and unicodedata.category(chr(code))[0] == "M"
    )


# Vowel signs and the like, which are parts of words; re's \w leaves them out.
MARKS = _kept_marks()


@cache
def _unspaced_ranges() -> tuple[tuple[int, int], ...]:
    ranges, rest = [], UNSPACED
    while rest:
        last = rest[2] if rest[1:2] == "-" else rest[0]
        ranges.append((ord(rest[0]), ord(last)))
        rest = rest[3:] if rest[1:2] == "-" else rest[1:]
    return tuple(ranges)

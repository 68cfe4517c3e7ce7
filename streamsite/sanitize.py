"""Sanitizing of typed text: normal form, no control characters, no invisible direction changes. Also its formatting."""

from __future__ import annotations

import re
import unicodedata

from streamsite import formats

CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029]")
# The flags of England, Scotland, Wales and other parts of countries: a black flag, a code in tags, an end.
FLAG = r"\U0001f3f4[\U000e0030-\U000e0039\U000e0061-\U000e007a]{3,6}\U000e007f"
# Tags anywhere else, separators and changes of direction can hide text.
INVISIBLE = re.compile(
    rf"({FLAG})|[\u200b\u2060-\u2064\ufeff\u00ad\u202a-\u202e\u2066-\u206f\ufff9-\ufffb\U000e0000-\U000e007f]"
)
JOINER = "\u200d"
FLAG_LETTERS = "".join(map(chr, range(0x1F1E6, 0x1F200)))
SPACES = re.compile(r"\s+")


def clean_line(raw: str) -> str:
    """Return one line in NFC, without controls and direction overrides, with single spaces, stripped."""
    text = INVISIBLE.sub(r"\1", unicodedata.normalize("NFC", _without_surrogates(raw)))
    return SPACES.sub(" ", CONTROLS.sub(" ", text)).strip()


def clean_text(raw: str) -> str:
    """Return lines in NFC, without controls and direction overrides, with line feeds as line ends, stripped."""
    text = unicodedata.normalize("NFC", _without_surrogates(raw)).replace("\r\n", "\n").replace("\r", "\n")
    return CONTROLS.sub("", INVISIBLE.sub(r"\1", text)).strip()


def truncate_line(line: str, longest: int) -> str:
    """Return a clean line of at most ``longest`` characters, cut between words, and never within an emoji."""
    if len(line) <= longest:
        return line
    space = line.rfind(" ", 0, longest + 1)
    if space > longest // 2:
        return clean_line(line[:space])
    kept = longest
    while kept and (extends_grapheme(line[kept]) or line[kept - 1] == JOINER or _is_within_flag(line, kept)):
        kept -= 1
    return clean_line(line[:kept])


def _is_within_flag(line: str, at: int) -> bool:
    """Return whether a flag of two letters, such as that of Germany, begins before ``at`` and ends behind it."""
    before = len(line[:at]) - len(line[:at].rstrip(FLAG_LETTERS))
    return line[at] in FLAG_LETTERS and before % 2 == 1


def extends_grapheme(character: str) -> bool:
    """Return whether a character belongs to the one before it: marks, joiners, variations, tags, skin tones."""
    return (
        unicodedata.category(character)[0] == "M"
        or character == JOINER
        or "\U0001f3fb" <= character <= "\U0001f3ff"
        or "\U000e0020" <= character <= "\U000e007f"
    )


def _without_surrogates(raw: str) -> str:
    """Return ``raw`` without lone surrogates, which no database or page can hold."""
    return raw.encode("utf-8", "ignore").decode("utf-8")


def format_bytes(size: int) -> str:
    """Format a size in decimal units, as disks and browsers do: ``60600000`` -> ``60.6 MB``."""
    return formats.size(size)


# Letters of some scripts that show nothing: Hangul fillers and the blank Braille pattern.
BLANKS = frozenset("\u115f\u1160\u3164\uffa0\u2800")


def is_blank(text: str) -> bool:
    """Return whether ``text`` shows nothing: only spaces, joiners, marks without a letter, fillers."""
    return all(character in BLANKS or unicodedata.category(character)[0] in "ZCM" for character in text)


def has_userinfo(address: str) -> bool:
    """Return whether a web address has a user or password before its host: what looks like its host is none then."""
    authority = re.split(r"[/?#]", address.partition("://")[2], maxsplit=1)[0]
    return "@" in authority

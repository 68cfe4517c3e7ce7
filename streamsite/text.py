"""Cleaning of what people type: normal form, no control characters, no invisible direction changes."""

from __future__ import annotations

import re
import unicodedata

CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029]")
INVISIBLE = re.compile(r"[\u200b\u2060\ufeff\u00ad\u202a-\u202e\u2066-\u2069\U000e0000-\U000e007f]")
SPACES = re.compile(r"\s+")


def clean_line(raw: str) -> str:
    """One line: NFC, no controls or direction overrides, single spaces, stripped."""
    text = INVISIBLE.sub("", unicodedata.normalize("NFC", _whole(raw)))
    return SPACES.sub(" ", CONTROLS.sub(" ", text)).strip()


def clean_text(raw: str) -> str:
    """Several lines: NFC, no controls or direction overrides, ``\\n`` line ends, stripped."""
    text = unicodedata.normalize("NFC", _whole(raw)).replace("\r\n", "\n").replace("\r", "\n")
    return CONTROLS.sub("", INVISIBLE.sub("", text)).strip()


def _whole(raw: str) -> str:
    """Without lone surrogates, which no database or page can hold."""
    return raw.encode("utf-8", "ignore").decode("utf-8")


def bytes_in_words(size: int) -> str:
    """``60600000`` -> ``60.6 MB``: decimal units, as disks and browsers count."""
    value = float(size)
    for unit in ("bytes", "kB", "MB", "GB"):
        if value < 1000:
            return f"{value:.3g} {unit}"
        value /= 1000
    return f"{value:.3g} TB"


# Letters of some scripts that show nothing: Hangul fillers and the blank Braille pattern.
BLANKS = frozenset("\u115f\u1160\u3164\uffa0\u2800")


def is_blank(text: str) -> bool:
    """Whether nothing of ``text`` can be seen: spaces, joiners, marks without a letter, fillers."""
    return all(character in BLANKS or unicodedata.category(character)[0] in "ZCM" for character in text)


def names_a_user(address: str) -> bool:
    """Return whether a web address has a user or password before its host: what looks like its host is none then."""
    authority = re.split(r"[/?#]", address.partition("://")[2], maxsplit=1)[0]
    return "@" in authority

"""Cues and the text that they may contain.

Only times and text survive from a foreign file, and of the markup only ``<b>``, ``<i>`` and ``<u>``. Style blocks,
regions, settings, classes and links are dropped.
"""

from __future__ import annotations

import html
import re
from dataclasses import dataclass

from streamsite.errors import Invalid
from streamsite.sanitize import clean_text

MAX_BYTES = 2_000_000
MAX_CUES, MAX_CUE_TEXT = 20_000, 1_000
MAX_SECONDS = 100 * 3600.0
# Raw text of a cue that is looked at: markup is longer than what it marks.
MAX_RAW_TEXT = MAX_CUE_TEXT * 4
# WebVTT's tags with an annotation, others with attributes or nothing, and times of words. "I <3 you", "a < b" and
# "a<b and c>d" hold no tag. The bounds keep matching linear.
TAG = re.compile(
    r"<(?:/?(?:v|c|lang)(?:[.\s][^<>]{0,500})?|/?[a-z][\w.:-]{0,40}(?:\s[^<>=]{0,100}=[^<>]{0,500}|\s{0,9}/?)"
    r"|/|\d{1,4}:[\d:.]{1,20})>",
    re.IGNORECASE | re.ASCII,
)
KEPT_TAGS = {f"<{slash}{name}>" for name in "biu" for slash in ("", "/")}
# {\an8} and the like: positions of Advanced SubStation that SubRip files carry along.
_OVERRIDE = re.compile(r"\{\\[^{}]{0,200}\}")
# Only references with their semicolon: "&copy" without one may be the beginning of a word.
_REFERENCE = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});")
_CUT_OFF = re.compile(r"[<&][^<>&;]*\Z")


@dataclass(frozen=True)
class Cue:
    """A cue: ``start`` and ``end`` in seconds; ``text`` is escaped WebVTT with bold, italics and underlining only."""

    start: float
    end: float
    text: str


@dataclass(frozen=True)
class RawCue:
    """A cue as a parser found it: times in seconds, text with WebVTT markup."""

    start: float
    end: float
    text: str


def clean_cue(raw: RawCue) -> Cue | None:
    """Return the cue with sanitized text; ``None`` when its times are impossible or it has no text."""
    if not 0 <= raw.start < raw.end <= MAX_SECONDS:
        return None
    text = sanitize(raw.text)
    return Cue(raw.start, raw.end, text) if plain_text(text).strip() else None


def sanitize(raw: str) -> str:
    """Return escaped text with the allowed tags only and without blank lines, which would end the cue."""
    raw = _OVERRIDE.sub("", raw[:MAX_RAW_TEXT])
    pieces: list[str] = []
    position = 0
    for match in TAG.finditer(raw):
        pieces.append(_escape(raw[position : match.start()]))
        if match[0].lower() in KEPT_TAGS:
            pieces.append(match[0].lower())
        position = match.end()
    pieces.append(_escape(raw[position:]))
    return _shorten(remove_blank_lines(clean_text("".join(pieces))))


def _shorten(text: str) -> str:
    """Return at most ``MAX_CUE_TEXT`` characters without cutting through a tag or character reference."""
    return text if len(text) <= MAX_CUE_TEXT else _CUT_OFF.sub("", text[:MAX_CUE_TEXT]).strip()


def plain_text(text: str) -> str:
    """Return sanitized text without markup, for pages and search."""
    return html.unescape(TAG.sub("", text))


def remove_blank_lines(text: str) -> str:
    """Return the lines that are not blank, stripped."""
    lines = [line.strip() for line in text.splitlines()]
    return "\n".join(line for line in lines if line)


def invalid_file_error(sentence: str, field: str = "file") -> Invalid:
    """Return the error for a caption file that cannot be used."""
    return Invalid(sentence, fields={field: [sentence]})


def _escape(text: str) -> str:
    return html.escape(_REFERENCE.sub(lambda match: html.unescape(match[0]), text), quote=False)

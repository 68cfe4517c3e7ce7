"""SubStation Alpha (ASS, SSA): the dialogue lines without positions, fonts and drawings."""

from __future__ import annotations

import html
import re

from videos.captions.formats.cues import MAX_CUES, MAX_RAW_TEXT, RawCue

# Fields in the usual order; a file may name another.
_FIELDS = ("layer", "start", "end", "style", "name", "marginl", "marginr", "marginv", "effect", "text")
_SECTION = re.compile(
    r"^\s{0,20}\[(script info|v4\+? styles|events)\]\s{0,20}$", re.IGNORECASE | re.MULTILINE
)
_CLOCK = re.compile(r"\A\s*(\d{1,3}):(\d{1,2}):(\d{1,2})(?:[.,](\d{1,3}))?\s*\Z", re.ASCII)
_BLOCK = re.compile(r"\{([^{}]{0,2000})\}")
# Italics, bold (also as a weight), underlining, drawing mode, and the end of all of them.
_OVERRIDE = re.compile(r"\\(?:([ibup])(\d{1,4})|(r)[^\\]*)")
_BOLD_WEIGHT = 550


def is_substation(text: str) -> bool:
    """Return whether the file is in SubStation Alpha format."""
    return _SECTION.search(text[:20_000]) is not None


def read_substation(text: str) -> tuple[list[RawCue], int]:
    """Return the dialogue in file order and the number of unreadable lines."""
    cues: list[RawCue] = []
    left_out = 0
    fields: tuple[str, ...] = _FIELDS
    in_events = False
    for line in text.split("\n"):
        key, _, rest = line.partition(":")
        word = key.strip().lower()
        if word.startswith("["):
            in_events = word.startswith("[events")
        elif in_events and word == "format":
            fields = tuple(name.strip().lower() for name in rest.split(",")[:50])
        elif in_events and word == "dialogue":
            cue = _cue(rest, fields)
            if cue is None:
                left_out += 1
            elif cue.text:
                cues.append(cue)
        if len(cues) > MAX_CUES:
            break
    return cues, left_out


def _cue(rest: str, fields: tuple[str, ...]) -> RawCue | None:
    values = dict(zip(fields, rest.split(",", len(fields) - 1), strict=False))
    start, end = _seconds(values.get("start", "")), _seconds(values.get("end", ""))
    if start is None or end is None or "text" not in values:
        return None
    return RawCue(start, end, _text(values["text"][:MAX_RAW_TEXT]).strip())


def _text(raw: str) -> str:
    """Return the text with overrides replaced by ``<b>``, ``<i>`` and ``<u>``."""
    pieces: list[str] = []
    opened: list[str] = []
    is_drawing = False
    position = 0
    for match in [*_BLOCK.finditer(raw), None]:
        if not is_drawing:
            pieces.append(_plain(raw[position : match.start() if match else len(raw)]))
        if match is None:
            break
        position = match.end()
        for name, value, reset in _OVERRIDE.findall(match[1]):
            if name == "p":
                is_drawing = int(value) > 0
            elif reset or not _is_on(name, value):
                pieces += _closed(opened, name)
            elif name not in opened:
                opened.append(name)
                pieces.append(f"<{name}>")
    return "".join([*pieces, *_closed(opened, "")])


def _closed(opened: list[str], name: str) -> list[str]:
    """Close the tag ``name`` and the tags opened after it, or all tags; do not reopen the later ones."""
    if name and name not in opened:
        return []
    first = opened.index(name) if name else 0
    tags = [f"</{tag}>" for tag in reversed(opened[first:])]
    del opened[first:]
    return tags


def _is_on(name: str, value: str) -> bool:
    return int(value) == 1 or (name == "b" and int(value) >= _BOLD_WEIGHT)


def _plain(text: str) -> str:
    return html.escape(text.replace(r"\N", "\n").replace(r"\n", " ").replace(r"\h", " "), quote=False)


def _seconds(moment: str) -> float | None:
    match = _CLOCK.match(moment)
    if match is None:
        return None
    hours, minutes, seconds, fraction = match.groups()
    whole = int(hours) * 3600 + int(minutes) * 60 + int(seconds)
    return (whole * 1000 + int((fraction or "0").ljust(3, "0"))) / 1000

"""SubRip, WebVTT and SubViewer (SBV): times, each followed by lines of text.

Parsed as leniently as players do: leading blank lines, missing numbers or blank lines, ``mm:ss`` without hours,
dots in SubRip and commas in WebVTT are accepted.
"""

from __future__ import annotations

import re

from videos.captions.formats.cues import MAX_CUES, RawCue

_TIME = r"(?:(\d{1,4}):[ ]?)?(\d{1,3}):[ ]?(\d{1,2})(?:[.,:][ ]?(\d{1,9}))?"
_ARROW = re.compile(rf"\A\s*{_TIME}\s*-{{1,3}}>\s*{_TIME}(?:\s|\Z)", re.ASCII)
_COMMA = re.compile(rf"\A\s*{_TIME.replace('.,:', '.')}\s*,\s*{_TIME.replace('.,:', '.')}\s*\Z", re.ASCII)
_NUMBER = re.compile(r"\A\s*(\d{1,7})\s*\Z", re.ASCII)
_VTT_BLOCK = re.compile(r"\A(NOTE|STYLE|REGION)(?:[ \t:]|\Z)")
# A line of times is short; a longer one that holds an arrow is text.
_MAX_TIMES = 300


def is_webvtt(text: str) -> bool:
    """Return whether the file has a WebVTT header."""
    return text.lstrip().startswith("WEBVTT")


def read_blocks(text: str) -> tuple[list[RawCue], int, str]:
    """Return the cues in file order, the number with unreadable times, and the format (srt, vtt or sbv)."""
    reader = _Reader(is_vtt=is_webvtt(text))
    for line in text.split("\n"):
        reader.feed(line)
        if len(reader.cues) > MAX_CUES:
            break
    reader.finish()
    name = "vtt" if reader.is_vtt else "sbv" if reader.times is _COMMA else "srt"
    return reader.cues, reader.left_out, name


class _Reader:
    def __init__(self, *, is_vtt: bool) -> None:
        self.is_vtt = is_vtt
        self.cues: list[RawCue] = []
        self.left_out = 0
        # The file's way to write times, known from its first cue on.
        self.times: re.Pattern[str] | None = _ARROW if is_vtt else None
        self._moments: tuple[float, float] | None = None
        self._lines: list[str] = []
        self._number = 0
        # The first line since the last blank one, and whether the cue's text has ended with one.
        self._block: str | None = None
        self._has_blank = False

    def feed(self, line: str) -> None:
        match = self._match(line) if len(line) <= _MAX_TIMES else None
        if match or self._is_unreadable(line):
            self._drop_number()
            self.finish()
        if match:
            groups = match.groups()
            self._moments = _seconds(*groups[:4]), _seconds(*groups[4:])
        elif self._is_unreadable(line):
            self.left_out += 1
        else:
            self._lines.append(line)
            self._has_blank = self._has_blank or not line
            self._block = None if not line else self._block or line

    def finish(self) -> None:
        """Add the cue whose lines have been read."""
        if self._moments is not None:
            lines = self._text_of_vtt() if self.is_vtt else self._lines
            text = "\n".join(lines)
            self.cues.append(
                RawCue(*self._moments, text.replace("[br]", "\n") if self.times is _COMMA else text)
            )
        self._moments, self._lines, self._block, self._has_blank = None, [], None, False

    def _match(self, line: str) -> re.Match[str] | None:
        for pattern in (self.times,) if self.times else (_ARROW, _COMMA):
            if match := pattern.match(line):
                self.times = pattern
                return match
        return None

    def _is_unreadable(self, line: str) -> bool:
        """Return whether the line should contain times: it has an arrow and is not a WebVTT comment."""
        if "-->" not in line or len(line) > _MAX_TIMES:
            return False
        is_own_text = self._moments is not None and not self._has_blank
        return not self.is_vtt or is_own_text or not _VTT_BLOCK.match(self._block or line)

    def _text_of_vtt(self) -> list[str]:
        """Return the lines before the first blank one; identifiers and comments follow it."""
        end = self._lines.index("") if "" in self._lines else len(self._lines)
        return self._lines[:end]

    def _drop_number(self) -> None:
        """Drop the number of the next cue, which is on the line before its times."""
        match = _NUMBER.match(self._lines[-1]) if self._lines else None
        if match is None:
            return
        is_first = self._moments is None and len(self._lines) == 1
        follows_blank = len(self._lines) > 1 and not self._lines[-2].strip()
        follows_number = 0 < self._number == int(match[1]) - 1
        if is_first or follows_blank or follows_number:
            self._number = int(match[1])
            self._lines.pop()


def _seconds(hours: str | None, minutes: str, seconds: str, fraction: str | None) -> float:
    whole = int(hours or 0) * 3600 + int(minutes) * 60 + int(seconds)
    # Divided last: a sum of whole and fraction may not be the float nearest to the moment.
    return (whole * 1000 + int((fraction or "0").ljust(3, "0")[:3])) / 1000

"""Text tracks: WebVTT or SubRip in, cues out, clean WebVTT written. Pure: bytes and strings.

Nothing of a foreign file is passed on as it was: only times and text survive, and of the markup only ``<b>``, ``<i>``
and ``<u>``. Style blocks, regions, settings, classes and links are dropped.
"""

from __future__ import annotations

import html
import io
import re
from dataclasses import dataclass
from typing import Any

import webvtt
from webvtt.errors import MalformedCaptionError, MalformedFileError

from streamsite.errors import Invalid, TooLarge
from streamsite.text import clean_text

MAX_BYTES = 2_000_000
MAX_CUES, MAX_CUE_TEXT = 20_000, 1_000
LATEST_SECONDS = 100 * 3600.0
MARKS = (b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")
TAG = re.compile(r"<[^>]*>?")
KEPT_TAGS = {f"<{slash}{name}>" for name in "biu" for slash in ("", "/")}
# {\an8} and the like: positions of Advanced SubStation that SubRip files carry along.
OVERRIDE = re.compile(r"\{\\[^}]*\}")
CLOCK = re.compile(r"\A(?:(\d{1,3}):)?(\d{1,2}):(\d{1,2})[.,](\d{1,3})\Z", re.ASCII)


@dataclass(frozen=True)
class Cue:
    """``start`` and ``end`` in seconds; ``text`` is escaped WebVTT with only bold, italics and underlining."""

    start: float
    end: float
    text: str


def parse(content: bytes) -> list[Cue]:
    """The cues of a WebVTT or SubRip file, sorted. Raises ``Invalid`` or ``TooLarge``."""
    if len(content) > MAX_BYTES:
        raise TooLarge(f"A caption file may have at most {MAX_BYTES // 1_000_000} MB.")
    text = _decode(content)
    kind = "vtt" if text.lstrip().startswith("WEBVTT") else "srt"
    try:
        found: Any = webvtt.WebVTT.from_buffer(io.StringIO(text), format=kind)
    except (MalformedFileError, MalformedCaptionError, ValueError):
        raise _refused("This is neither a WebVTT nor a SubRip file.") from None
    cues = [cue for caption in found if (cue := _cue(caption.start, caption.end, caption.raw_text))]
    if not cues:
        raise _refused("The file holds no cue with a time and a text.")
    if len(cues) > MAX_CUES:
        raise _refused(f"A caption file may have at most {MAX_CUES} cues.")
    return sorted(cues, key=lambda cue: (cue.start, cue.end))


def from_rows(rows: list[Any]) -> list[Cue]:
    """Cues as an editor sends them: ``[{"start": s, "end": s, "text": plain text}]``. Raises ``Invalid``."""
    if not isinstance(rows, list) or not 0 < len(rows) <= MAX_CUES:
        raise _refused(f"Send 1 to {MAX_CUES} cues.")
    cues = []
    for number, row in enumerate(rows, start=1):
        sent = row if isinstance(row, dict) else {}
        start, end, text = _moment(sent.get("start")), _moment(sent.get("end")), sent.get("text")
        if start is None or end is None or end <= start:
            raise _refused(f"Cue {number}: give a start and a later end, in seconds.")
        words = clean_text(text)[:MAX_CUE_TEXT] if isinstance(text, str) else ""
        if not words:
            raise _refused(f"Cue {number} has no text.")
        cues.append(Cue(start, end, _without_blank_lines(html.escape(words, quote=False))))
    return sorted(cues, key=lambda cue: (cue.start, cue.end))


def write(cues: list[Cue]) -> str:
    """The WebVTT file of ``cues``."""
    blocks = [f"{clock(cue.start)} --> {clock(cue.end)}\n{cue.text}" for cue in cues]
    return "\n\n".join(["WEBVTT", *blocks]) + "\n"


def plain(text: str) -> str:
    """A cue's text without markup, for people and for search."""
    return html.unescape(TAG.sub("", text))


def clock(seconds: float) -> str:
    """``hh:mm:ss.mmm``."""
    whole, milliseconds = divmod(round(seconds * 1000), 1000)
    minutes, second = divmod(whole, 60)
    hours, minute = divmod(minutes, 60)
    return f"{hours:02}:{minute:02}:{second:02}.{milliseconds:03}"


def _cue(start: str, end: str, raw: str) -> Cue | None:
    begin, stop = _seconds(start), _seconds(end)
    if begin is None or stop is None or not begin < stop:
        return None
    text = _sanitise(raw)
    return Cue(begin, stop, text) if plain(text).strip() else None


def _sanitise(raw: str) -> str:
    """Escaped text with only the kept tags, and no blank line, which would end the cue."""
    pieces: list[str] = []
    position = 0
    for match in TAG.finditer(raw[: MAX_CUE_TEXT * 4]):
        pieces.append(_escape(raw[position : match.start()]))
        if match[0].lower() in KEPT_TAGS:
            pieces.append(match[0].lower())
        position = match.end()
    pieces.append(_escape(raw[position : MAX_CUE_TEXT * 4]))
    return _without_blank_lines(clean_text("".join(pieces)))[:MAX_CUE_TEXT]


def _without_blank_lines(text: str) -> str:
    lines = [line.strip() for line in text.splitlines()]
    return "\n".join(line for line in lines if line)


def _escape(text: str) -> str:
    return html.escape(html.unescape(OVERRIDE.sub("", text)), quote=False)


def _seconds(moment: str) -> float | None:
    match = CLOCK.match(moment)
    if match is None:
        return None
    hours, minutes, seconds, fraction = match.groups()
    whole = int(hours or 0) * 3600 + int(minutes) * 60 + int(seconds)
    # Divided last: a sum of whole and fraction may not be the float nearest to the moment.
    value = (whole * 1000 + int(fraction.ljust(3, "0"))) / 1000
    return value if value <= LATEST_SECONDS else None


def _moment(value: Any) -> float | None:
    """A number of seconds, to the millisecond."""
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return round(float(value), 3) if is_number and 0 <= value <= LATEST_SECONDS else None


def _decode(content: bytes) -> str:
    encoding = "utf-16" if content[:2] in MARKS[1:] else "utf-8-sig"
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError:
        raise _refused("The file is not UTF-8 text. Save it as UTF-8 and send it again.") from None
    if "\0" in text:
        raise _refused("The file is not text.")
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _refused(sentence: str) -> Invalid:
    return Invalid(sentence, fields={"file": [sentence]})

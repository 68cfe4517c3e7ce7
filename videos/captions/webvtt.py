"""Convert caption tracks between editor rows, files and the WebVTT that is served."""

from __future__ import annotations

import html

from django.utils.translation import gettext as _

from streamsite.sanitize import clean_text
from videos.captions.formats.cues import (
    KEPT_TAGS,
    MAX_BYTES,
    MAX_CUE_TEXT,
    MAX_CUES,
    MAX_SECONDS,
    Cue,
    invalid_file_error,
    plain_text,
    remove_blank_lines,
)
from videos.captions.formats.encodings import ENCODINGS
from videos.captions.formats.reader import FORMAT_NAMES, SUFFIXES, CaptionFile, read_caption_file

__all__ = [
    "ENCODINGS",
    "FORMAT_NAMES",
    "KEPT_TAGS",
    "MAX_BYTES",
    "SUFFIXES",
    "CaptionFile",
    "Cue",
    "clock",
    "from_rows",
    "parse",
    "plain_text",
    "read_caption_file",
    "write",
]


def parse(content: bytes) -> list[Cue]:
    """Return the sorted cues of text from the editor, repeated lines included. Raises ``Invalid`` or ``TooLarge``."""
    return read_caption_file(content, keep_rolling=True).cues


def from_rows(rows: list[object]) -> list[Cue]:
    """Return the cues of editor rows, ``[{"start": seconds, "end": seconds, "text": text}]``. Raises ``Invalid``."""
    if not isinstance(rows, list) or not 0 < len(rows) <= MAX_CUES:
        raise invalid_file_error(_("Send 1 to %(limit)d cues.") % {"limit": MAX_CUES})
    cues = []
    for number, row in enumerate(rows, start=1):
        sent = row if isinstance(row, dict) else {}
        start, end, text = _moment(sent.get("start")), _moment(sent.get("end")), sent.get("text")
        if start is None or end is None or end <= start:
            raise invalid_file_error(
                _("Cue %(number)d needs a start time and a later end time, in seconds.") % {"number": number}
            )
        words = clean_text(text)[:MAX_CUE_TEXT] if isinstance(text, str) else ""
        if not words:
            raise invalid_file_error(_("Cue %(number)d has no text.") % {"number": number})
        cues.append(Cue(start, end, remove_blank_lines(html.escape(words, quote=False))))
    return sorted(cues, key=lambda cue: (cue.start, cue.end))


def write(cues: list[Cue]) -> str:
    """Return ``cues`` as a WebVTT file."""
    blocks = [f"{clock(cue.start)} --> {clock(cue.end)}\n{cue.text}" for cue in cues]
    return "\n\n".join(["WEBVTT", *blocks]) + "\n"


def clock(seconds: float) -> str:
    """Return a time as ``hh:mm:ss.mmm``."""
    whole, milliseconds = divmod(round(seconds * 1000), 1000)
    minutes, second = divmod(whole, 60)
    hours, minute = divmod(minutes, 60)
    return f"{hours:02}:{minute:02}:{second:02}.{milliseconds:03}"


def _moment(value: object) -> float | None:
    """Return a number of seconds, rounded to the millisecond."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return round(float(value), 3) if 0 <= value <= MAX_SECONDS else None

"""Read a caption file: detect its encoding and format, and parse its cues."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext as _

from streamsite.errors import TooLarge
from videos.captions.formats.cues import MAX_BYTES, MAX_CUES, Cue, RawCue, clean_cue, invalid_file_error
from videos.captions.formats.encodings import decode
from videos.captions.formats.roll_up import unroll_cues
from videos.captions.formats.subrip_webvtt import read_blocks
from videos.captions.formats.substation import is_substation, read_substation
from videos.captions.formats.ttml import is_ttml, read_ttml

# The endings of files that can be read, and what people call each format.
SUFFIXES = (".vtt", ".srt", ".ass", ".ssa", ".sbv", ".ttml", ".dfxp", ".xml")
FORMAT_NAMES = {
    "vtt": "WebVTT",
    "srt": "SubRip",
    "sbv": "SubViewer (SBV)",
    "ass": "SubStation Alpha",
    "ttml": "TTML",
}


@dataclass(frozen=True)
class CaptionFile:
    """A parsed caption file: sorted cues, format (a key of ``FORMAT_NAMES``), encoding, number of dropped cues."""

    cues: list[Cue]
    format: str
    encoding: str
    left_out: int


def read_caption_file(
    content: bytes,
    *,
    encoding: str = "",
    language: str = "",
    keep_rolling: bool = False,
    max_bytes: int = MAX_BYTES,
) -> CaptionFile:
    """Parse a WebVTT, SubRip, SubStation Alpha, SBV or TTML file.

    ``encoding`` is a key of ``ENCODINGS``, or "" to detect it with ``language`` as a hint. Unreadable cues are
    dropped and counted. The repeated lines of roll-up captions are dropped unless ``keep_rolling``. Raises
    ``Invalid`` or ``TooLarge``.
    """
    if len(content) > max_bytes:
        raise TooLarge(_("A subtitle file can be up to %(size)d MB.") % {"size": max_bytes // 1_000_000})
    text, used = decode(content, encoding=encoding, language=language)
    found, left_out, name = _parse(text)
    if len(found) > MAX_CUES:
        raise invalid_file_error(_("A subtitle file can have up to %(limit)d cues.") % {"limit": MAX_CUES})
    cues = []
    for raw in found if keep_rolling else unroll_cues(found):
        cue = clean_cue(raw)
        if cue is not None:
            cues.append(cue)
        elif raw.text.strip():
            left_out += 1
    if not cues:
        names = ", ".join(FORMAT_NAMES.values())
        raise invalid_file_error(_("No cues found. Supported formats: %(names)s.") % {"names": names})
    if name == "ass":
        # Cues that are the same are layers of one: outline and filling.
        cues = list(dict.fromkeys(cues))
    return CaptionFile(sorted(cues, key=lambda cue: (cue.start, cue.end)), name, used, left_out)


def _parse(text: str) -> tuple[list[RawCue], int, str]:
    if is_ttml(text):
        return *read_ttml(text), "ttml"
    if is_substation(text):
        return *read_substation(text), "ass"
    return read_blocks(text)

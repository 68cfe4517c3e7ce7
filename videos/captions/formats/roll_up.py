"""Roll-up captions, as speech recognition and broadcasts produce them (such as YouTube's automatic captions).

Each cue repeats the line above the new one, and between two cues stands a short one with repeated lines only.
Shown unchanged they flicker; read or searched, everything appears two or three times.
"""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import pairwise

from videos.captions.formats.cues import RawCue, plain_text, sanitize

# Times of single words: <00:00:01.240>.
_WORD_TIME = re.compile(r"<\d{1,4}:[\d:.]{1,20}>")
# Cues of a rolling caption follow each other without a gap.
_MAX_GAP_SECONDS = 0.1
_MIN_PAIRS = 3


def unroll_cues(cues: list[RawCue]) -> list[RawCue]:
    """Return the cues with every line once if they roll up; otherwise return them unchanged."""
    if not cues:
        return cues
    lines = [_lines(cue.text) for cue in cues]
    repeats = [0, *(_count_repeated_lines(earlier, later) for earlier, later in pairwise(lines))]
    for number in range(1, len(cues)):
        if abs(cues[number].start - cues[number - 1].end) > _MAX_GAP_SECONDS:
            repeats[number] = 0
    grows = [0 < repeated < len(shown) for repeated, shown in zip(repeats, lines, strict=True)]
    if not _is_rolling(cues, repeats, sum(grows)):
        return cues
    unrolled: list[RawCue] = []
    for cue, shown, repeated in zip(cues, lines, repeats, strict=True):
        fresh = [raw for raw, _ in shown[repeated:]]
        if fresh:
            unrolled.append(replace(cue, text="\n".join(fresh)))
        elif unrolled:
            unrolled[-1] = replace(unrolled[-1], end=max(unrolled[-1].end, cue.end))
    return unrolled


def _is_rolling(cues: list[RawCue], repeats: list[int], grown: int) -> bool:
    """Return whether most cues repeat lines and a quarter of those (``grown``) also add a line.

    When words have times of their own, which only programs write, a single repeated line is enough.
    """
    count = sum(1 for number in repeats if number)
    if any(_WORD_TIME.search(cue.text) for cue in cues):
        return count > 0
    pairs = len(cues) - 1
    return pairs >= _MIN_PAIRS and 2 * count > pairs and 4 * grown >= pairs


def _lines(text: str) -> list[tuple[str, str]]:
    """Return the lines that are not blank, each with its plain text."""
    lines = [(line, plain_text(sanitize(line)).strip()) for line in text.split("\n")[:20]]
    return [(raw, plain) for raw, plain in lines if plain]


def _count_repeated_lines(earlier: list[tuple[str, str]], later: list[tuple[str, str]]) -> int:
    """Return how many lines the later cue repeats from the end of the earlier one."""
    for count in range(min(len(earlier), len(later)), 0, -1):
        taken = later[:count]
        # A line with word times is new speech, even when it has the text of an earlier line.
        if any(_WORD_TIME.search(raw) for raw, _ in taken):
            continue
        if [plain for _, plain in earlier[-count:]] == [plain for _, plain in taken]:
            return count
    return 0

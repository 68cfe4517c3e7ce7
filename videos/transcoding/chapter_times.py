"""Chapters on the clock of the pictures, which begins at 0. Pure."""

from __future__ import annotations

from typing import Any

# Clocks of sound and picture differ by less: encoders begin the sound a little earlier.
TOLERANCE_SECONDS = 1.0


def align_to_video_start(
    chapters: list[dict[str, Any]], start: float, duration: float
) -> list[dict[str, Any]]:
    """Return chapters (``start``, ``end``, ``title``) of a file whose clock begins at ``start`` seconds.

    Most programs write them on the file's clock, so that ``start`` is subtracted. Others count them from the first
    picture whatever the clock says; those end within ``duration`` as they are, and begin before the clock does.
    """
    if not chapters or abs(start) < TOLERANCE_SECONDS:
        return chapters
    first, last = min(item["start"] for item in chapters), max(item["end"] for item in chapters)
    if first < start - TOLERANCE_SECONDS and last <= duration + TOLERANCE_SECONDS:
        return chapters
    return [item | {"start": item["start"] - start, "end": item["end"] - start} for item in chapters]

"""Shift a file's chapters to the video's clock, which starts at 0. Pure."""

from __future__ import annotations

from videos.transcoding.probe_report import ChapterReport

# Clocks of sound and picture differ by less: encoders begin the sound a little earlier.
TOLERANCE_SECONDS = 1.0


def align_to_video_start(chapters: list[ChapterReport], start: float, duration: float) -> list[ChapterReport]:
    """Return chapters (``start``, ``end``, ``title``) of a file whose clock starts at ``start`` seconds.

    Most programs write chapters on the file's clock, so ``start`` is subtracted. Others count from the first
    frame; their chapters end within ``duration`` unchanged and start before the clock does.
    """
    if not chapters or abs(start) < TOLERANCE_SECONDS:
        return chapters
    first, last = min(item["start"] for item in chapters), max(item["end"] for item in chapters)
    if first < start - TOLERANCE_SECONDS and last <= duration + TOLERANCE_SECONDS:
        return chapters
    return [{**item, "start": item["start"] - start, "end": item["end"] - start} for item in chapters]

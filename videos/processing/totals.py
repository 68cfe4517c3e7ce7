"""Counts of processed videos, kept in the database for monitoring: speed of encoding, and refused or failed files."""

from __future__ import annotations

from streamsite.metrics import totals

VIDEOS = totals.total("streamsite_videos_processed_total", "Videos that became ready.")
VIDEO_SECONDS = totals.total(
    "streamsite_transcoded_video_seconds_total", "Seconds of video that were encoded."
)
ENCODE_SECONDS = totals.total("streamsite_transcode_seconds_total", "Seconds that encoding them took.")
FAILURES = totals.total(
    "streamsite_video_failures_total",
    "Videos whose processing failed for good, by the code of the API.",
    ("code",),
)
totals.register_totals(VIDEOS, VIDEO_SECONDS, ENCODE_SECONDS, FAILURES)


def count_encoded(*, duration: float, elapsed: float) -> None:
    """Count a video of ``duration`` seconds whose encoding took ``elapsed`` seconds."""
    totals.add(
        (VIDEOS, (), 1), (VIDEO_SECONDS, (), round(duration, 3)), (ENCODE_SECONDS, (), round(elapsed, 3))
    )


def count_failed(code: str) -> None:
    """Count a video that could not be processed."""
    totals.add((FAILURES, (code,), 1))

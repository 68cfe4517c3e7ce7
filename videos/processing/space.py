"""How much space a job may need on the disk, at most. Pure but for sizes of files."""

from __future__ import annotations

from pathlib import Path

from videos.transcoding.download import download_sources
from videos.transcoding.ladder import AUDIO_BITRATE, LadderPlan
from videos.transcoding.source_info import SourceInfo

# Headers of segments, and playlists.
CONTAINER_SHARE = 1.03
# The index of a short file.
INDEX_BYTES = 1024**2
# Thumbnails, the storyboard, captions, and what an encoder's buffer holds of its ceiling.
EXTRA_BYTES = 32 * 1024**2
# An encoder spends fewer bits than the ceiling of a rung on a file that had few, but more than a better codec did.
SOURCE_BITRATE_FACTOR = 3


def estimate_ladder(info: SourceInfo, plan: LadderPlan, *, source_bytes: int, with_download: bool) -> int:
    """Return how many bytes the ladder takes at most, with the file for download if there is to be one."""
    sound = len(plan.sounds) * AUDIO_BITRATE
    rungs = [_bitrate(rendition.max_bitrate, info, source_bytes) for rendition in plan.renditions]
    if plan.copies_top:
        rungs[0] = round(8 * source_bytes / max(plan.duration, 1.0))
    total = sum(rungs) + sound + (max(rungs) + sound if with_download else 0)
    return round(total * plan.duration / 8 * CONTAINER_SHARE) + EXTRA_BYTES


def estimate_download(folder: Path) -> int:
    """Return how many bytes the file for download of a stored ladder takes at most. Raises ``EncodeFailed``."""
    files = (file for name in download_sources(folder) for file in (folder / name).iterdir())
    return round(sum(file.stat().st_size for file in files) * CONTAINER_SHARE) + INDEX_BYTES


def _bitrate(ceiling: int, info: SourceInfo, source_bytes: int) -> int:
    """Return the bits per second that a rung takes at most. A picture that is drawn says nothing by its source."""
    if info.is_audio_only or info.duration <= 0:
        return ceiling
    return min(ceiling, round(SOURCE_BITRATE_FACTOR * 8 * source_bytes / info.duration))

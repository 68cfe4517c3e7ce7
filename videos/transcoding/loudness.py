"""Measure a source's loudness (EBU R 128) and the gain that brings it to the site's level."""

import re
from dataclasses import dataclass
from pathlib import Path

from django.utils.translation.trans_null import gettext_noop

from videos.transcoding.source_info import SourceInfo

from . import ffmpeg
from .errors import EncodeFailed

# What large sites and streaming services play at; the peak leaves room for what AAC adds.
TARGET_LUFS = -14.0
MAX_PEAK_DB = -1.0
MAX_GAIN_DB, MIN_GAIN_DB = 20.0, -24.0
SILENCE_LUFS = -60.0
UNMEASURABLE_DETAIL = gettext_noop("The video's loudness couldn't be measured.")
_INTEGRATED = re.compile(r"I:\s+(-?[0-9.]+|-inf) LUFS")
_PEAK = re.compile(r"Peak:\s+(-?[0-9.]+|-inf) dBFS")


@dataclass(frozen=True)
class Loudness:
    """Integrated loudness in LUFS and true peak in dB below full scale."""

    integrated: float
    peak: float

    @property
    def gain_db(self) -> float:
        """The gain in decibels that reaches the target without clipping; 0 for silence."""
        if self.integrated <= SILENCE_LUFS:
            return 0.0
        wanted = min(TARGET_LUFS - self.integrated, MAX_PEAK_DB - self.peak)
        return round(min(max(wanted, MIN_GAIN_DB), MAX_GAIN_DB), 2)


def measure_loudness(source: Path, info: SourceInfo) -> Loudness | None:
    """Return the loudness of the default audio track, decoded once; `None` without audio. Raises EncodeFailed."""
    if info.sound is None:
        return None
    args = ["-v", "info", *ffmpeg.input_args(source, info.demuxer), "-map", f"0:{info.sound.index}"]
    args += ["-af", "ebur128=peak=true:framelog=quiet", "-f", "null", "-"]
    seconds = 60 + info.duration
    limits = ffmpeg.ProcessLimits(wall_seconds=seconds, cpu_seconds=round(seconds))
    report = ffmpeg.run(args, limits=limits, files=ffmpeg.SandboxFiles(read=(source,))).rpartition(
        "Summary:"
    )[2]
    integrated, peak = _INTEGRATED.search(report), _PEAK.search(report)
    if integrated is None or peak is None:
        raise EncodeFailed(UNMEASURABLE_DETAIL, log=report)
    return Loudness(max(float(integrated[1]), -99.0), max(float(peak[1]), -99.0))

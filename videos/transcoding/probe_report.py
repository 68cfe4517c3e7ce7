"""The report about a file: printed as JSON by the confined child (probe_child.py), read by probe.py. Types only.

Rates and ratios are pairs of numerator and denominator, ``None`` when unknown. Colors are numbers of ITU-T H.273.
"""

from __future__ import annotations

from typing import NotRequired, TypedDict

Pair = list[int]


class AudioReport(TypedDict):
    """An audio track; ``decodes`` once its first packets were tried."""

    index: int
    codec: str
    decoder: str
    channels: int
    sample_rate: int
    language: str
    title: str
    is_default: bool
    decodes: NotRequired[bool]


class SubtitleReport(TypedDict):
    """A subtitle track."""

    index: int
    codec: str
    language: str
    title: str
    is_forced: bool
    is_for_deaf: bool
    is_description: bool


class ChapterReport(TypedDict):
    """A chapter, in seconds on the file's own clock."""

    start: float
    end: float
    title: str


class VideoReport(TypedDict, total=False):
    """The video track; of a waveform drawn from the audio only size and rates."""

    index: int
    codec: str
    decoder: str
    profile: str
    coded_width: int
    coded_height: int
    pix_fmt: str
    bit_depth: int
    average_rate: Pair | None
    nominal_rate: Pair | None
    sample_aspect_ratio: Pair | None
    color_transfer: int
    color_space: int
    color_primaries: int
    peak_nits: float
    interlaced: bool
    rotation: int
    crop: list[int]


class ChangesReport(TypedDict):
    """Sizes with pixel shape (width, height, numerator, denominator) and seconds on screen; number of changes."""

    sizes: list[tuple[int, int, int, int, float]]
    changes: int
    saw_all: bool


class TimingReport(TypedDict):
    """Times of the frames in seconds; see ``source_info.VideoTiming``."""

    packets: int
    discarded: int
    first_picture: float
    key_frames: list[float]
    shortest_step: float
    longest_step: float
    grid_step: float
    peak_bitrate: int
    counted_all: bool
    closed_gops: bool
    constant_config: bool


class ScanReport(TimingReport):
    """The packets of the used tracks; ``complete`` when all were read."""

    video_end: float
    audio_end: float
    complete: bool
    start: float
    clock_jumps: int
    watch: ChangesReport | None


class HeaderReport(TypedDict):
    """The headers of a file."""

    container_duration: float
    clock_start: float
    track_count: int
    audio: list[AudioReport]
    subtitles: list[SubtitleReport]
    chapters: list[ChapterReport]
    video: VideoReport | None
    other_videos: list[str]


class SourceReport(HeaderReport):
    """A whole file. A file that cannot be read has ``{"error": name of the exception}`` instead."""

    decodes: bool
    cover_index: int
    scan: ScanReport

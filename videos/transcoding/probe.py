"""Describe an uploaded file.

The file is read in a confined child process (probe_child.py): one that crashes a demuxer or exhausts memory ends
that child and is refused; the worker continues.
"""

from __future__ import annotations

import json
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

from django.utils.translation.trans_null import gettext_noop

from videos.transcoding.acceptance import DAMAGED_DETAIL
from videos.transcoding.chapter_times import align_to_video_start
from videos.transcoding.decoders import DECODER_WHITELIST
from videos.transcoding.encryption import is_encrypted
from videos.transcoding.ffmpeg import FAILED_DETAIL, MIB, ProcessLimits, SandboxFiles, run_python
from videos.transcoding.probe_report import ChangesReport, ScanReport, SourceReport, VideoReport
from videos.transcoding.sniff import (
    AAC,
    AC3,
    AMR,
    DV,
    EAC3,
    FORMAT_WHITELIST,
    MP2,
    MP3,
    MPEG_PS,
    MPEG_TS,
    MPEG_VIDEO,
    Container,
    sniff,
)
from videos.transcoding.source_info import (
    WAVEFORM_RATE,
    WAVEFORM_SIZE,
    AudioTrack,
    Chapter,
    SourceInfo,
    SubtitleTrack,
    VideoTiming,
)

from .errors import (
    EncodeFailed,
    EncryptedMedia,
    Killed,
    TimedOut,
    UnreadableMedia,
)

PROBE_LIMITS = ProcessLimits(wall_seconds=90, cpu_seconds=60, address_space=4096 * MIB, file_size=0)
SCAN_SECONDS = 30
# Where the header does not tell the length, the file is read to its end, however large: bytes per further second.
SCAN_BYTES_PER_SECOND = 20 * MIB
MAX_DECODED_PIXELS = 8192 * 8192

# Their length is an estimate of the demuxer's, from a bit rate or the last time stamp, and promises nothing.
_WITHOUT_LENGTH = frozenset({MPEG_TS, MPEG_PS, MPEG_VIDEO, DV, MP3, MP2, AAC, AC3, EAC3, AMR})
# Two estimates of one rate may differ by this share.
_SAME_RATE = Fraction(2, 100)
# Interlaced video has at most 30 frames, of two fields each.
_MAX_INTERLACED_RATE = 31

# Transfer functions by their ITU-T H.273 number.
_HDR_TRANSFERS = {16: "pq", 18: "hlg"}
_UNSPECIFIED_MATRIX = frozenset({2, 3})
NO_CROP = [0, 0, 0, 0]

ENCRYPTED_DETAIL = gettext_noop(
    "The file is copy-protected (encrypted). Upload a file without copy protection."
)


def probe(path: Path) -> SourceInfo:
    """Return the description of the file at `path`.

    Raises UnsupportedMedia when the container is not of an allowed kind, EncryptedMedia when its content is
    encrypted, UnreadableMedia when it is empty, cut off before its index, or makes the reader fail; Killed when
    the reader was killed from outside, which says nothing about the file.
    """
    container = sniff(path)
    if is_encrypted(path, container):
        raise EncryptedMedia(ENCRYPTED_DETAIL)
    args = [str(path.absolute()), container.demuxer, FORMAT_WHITELIST, DECODER_WHITELIST]
    size = path.stat().st_size
    more_seconds = size // SCAN_BYTES_PER_SECOND if container in _WITHOUT_LENGTH else 0
    args += [str(MAX_DECODED_PIXELS), str(SCAN_SECONDS + more_seconds)]
    limits = replace(
        PROBE_LIMITS,
        wall_seconds=PROBE_LIMITS.wall_seconds + more_seconds,
        cpu_seconds=PROBE_LIMITS.cpu_seconds + more_seconds,
    )
    script = Path(__file__).with_name("probe_child.py")
    try:
        output = run_python(script, args, limits=limits, files=SandboxFiles(read=(path,)))
        report = json.loads(output)
    except Killed:
        raise
    except (EncodeFailed, TimedOut) as error:
        _require_probe_starts(script)
        raise UnreadableMedia(DAMAGED_DETAIL, log=error.log) from error
    except ValueError as error:
        raise UnreadableMedia(DAMAGED_DETAIL) from error
    if "error" in report:
        raise UnreadableMedia(DAMAGED_DETAIL, log=report["error"])
    return _source_info(report, container, size)


def _require_probe_starts(script: Path) -> None:
    """Raise EncodeFailed when the reader also fails without a file, which says nothing about any file."""
    try:
        run_python(script, ["--ready"], limits=PROBE_LIMITS)
    except EncodeFailed as error:
        raise EncodeFailed(FAILED_DETAIL, log=error.log) from error


def _source_info(report: SourceReport, container: Container, size: int) -> SourceInfo:
    video = report["video"] or _waveform_track()
    scan = report["scan"]
    readable = max(scan["video_end"], scan["audio_end"])
    claimed = _claimed_seconds(report, container, readable)
    duration = readable if scan["complete"] else max(claimed, readable)
    sizes = _frame_sizes(video, scan.get("watch"))
    width, height = sizes[0]
    top, bottom, left, right = video.get("crop", NO_CROP)
    changes, is_steady = _steadiness(scan)
    return SourceInfo(
        container=container.name,
        demuxer=container.demuxer,
        size=size,
        duration=duration,
        container_duration=claimed,
        video_end=scan["video_end"] if scan["complete"] and report["video"] else duration,
        audio_end=scan["audio_end"] if scan["complete"] else duration,
        fully_read=scan["complete"],
        decodes=report["decodes"],
        track_count=report["track_count"],
        video_index=video.get("index", -1),
        video_codec=video.get("codec", ""),
        video_decoder=video.get("decoder", ""),
        video_profile=video.get("profile", ""),
        width=width,
        height=height,
        rotation=video.get("rotation", 0),
        sample_aspect_ratio=_sample_aspect_ratio(video),
        frame_rate=_frame_rate(video, scan),
        nominal_rate=_grid_rate(video, scan),
        pix_fmt=video.get("pix_fmt", ""),
        bit_depth=video.get("bit_depth", 8),
        color_transfer=_HDR_TRANSFERS.get(video.get("color_transfer", 2), "sdr"),
        matrix_known=video.get("color_space", 2) not in _UNSPECIFIED_MATRIX,
        interlaced=video.get("interlaced", False),
        audio=tuple(AudioTrack(**track) for track in report["audio"]),
        subtitles=tuple(SubtitleTrack(**track) for track in report["subtitles"]),
        chapters=tuple(
            Chapter(**chapter)
            for chapter in align_to_video_start(report["chapters"], report["clock_start"], duration)
        ),
        pictures=_video_timing(scan),
        color_primaries=video.get("color_primaries", 2),
        color_matrix=video.get("color_space", 2),
        peak_nits=video.get("peak_nits", 0.0),
        crop=(top, bottom, left, right),
        picture_sizes=tuple(sizes) if len(sizes) > 1 else (),
        clock_jumps=scan["clock_jumps"],
        cover_index=report["cover_index"],
        other_videos=tuple(report["other_videos"]),
        picture_changes=changes,
        is_steady=is_steady,
    )


def _claimed_seconds(report: SourceReport, container: Container, readable: float) -> float:
    """Return the duration that the header claims, from the first packet on."""
    claimed, start = float(report["container_duration"]), float(report["scan"]["start"])
    if container in _WITHOUT_LENGTH and report["scan"]["complete"]:
        return readable
    # Matroska counts from zero wherever the first packet is; other containers, and some recorders, from that packet.
    return min(claimed, max(claimed - start, 0.0), key=lambda length: abs(length - readable))


def _video_timing(scan: ScanReport) -> VideoTiming | None:
    if not scan["complete"] or not scan["counted_all"] or not scan["packets"]:
        return None
    return VideoTiming(
        first=scan["first_picture"],
        key_frames=tuple(scan["key_frames"]),
        shortest_step=scan["shortest_step"],
        longest_step=scan["longest_step"],
        peak_bitrate=scan["peak_bitrate"],
        discarded=scan["discarded"],
        closed_gops=scan["closed_gops"],
        constant_config=scan["constant_config"],
    )


def _waveform_track() -> VideoReport:
    """Return the description of the waveform video that is drawn from the audio."""
    width, height = WAVEFORM_SIZE
    rate = [WAVEFORM_RATE.numerator, WAVEFORM_RATE.denominator]
    return {"coded_width": width, "coded_height": height, "average_rate": rate, "nominal_rate": rate}


def _fraction(pair: list[int] | None) -> Fraction:
    return Fraction(*pair) if pair else Fraction(0)


def _sample_aspect_ratio(video: VideoReport) -> Fraction:
    ratio = _fraction(video.get("sample_aspect_ratio"))
    # Beyond these no real pixel is shaped; the value is damage.
    return ratio if Fraction(1, 4) <= ratio <= 4 else Fraction(1)


def _steadiness(scan: ScanReport) -> tuple[int, bool]:
    """Return the number of changes of size or format, and whether there are certainly none."""
    watch = scan.get("watch")
    if watch is None:
        return 0, True
    changes = watch["changes"]
    return changes, scan["complete"] and watch["saw_all"] and not changes


def _frame_sizes(video: VideoReport, watch: ChangesReport | None) -> list[tuple[int, int]]:
    """Return every displayed size, the output's first: the largest of the shape that is shown longest."""
    first = _displayed_size(video)
    seconds = {first: 0.0}
    for width, height, numerator, denominator, shown in watch["sizes"] if watch else ():
        ratio = [numerator, denominator]
        size = _displayed_size(
            video | {"coded_width": width, "coded_height": height, "sample_aspect_ratio": ratio}
        )
        seconds[size] = seconds.get(size, 0.0) + shown
    if len(seconds) == 1:
        return [first]
    shapes: dict[float, float] = {}
    for (width, height), shown in seconds.items():
        shape = round(width / height, 1)
        shapes[shape] = shapes.get(shape, 0.0) + shown
    longest = max(shapes.values())

    def rank(size: tuple[int, int]) -> tuple[bool, int]:
        # Of two that are shown about equally long, the larger wins.
        return shapes[round(size[0] / size[1], 1)] > longest * 0.9, size[0] * size[1]

    return sorted(seconds, key=rank, reverse=True)


def _displayed_size(video: VideoReport) -> tuple[int, int]:
    top, bottom, left, right = video.get("crop", NO_CROP)
    width, height = video.get("coded_width", 0) - left - right, video.get("coded_height", 0) - top - bottom
    ratio = _sample_aspect_ratio(video)
    if ratio > 1:
        width = round(width * ratio)
    else:
        height = round(height / ratio)
    return (height, width) if video.get("rotation", 0) % 180 == 90 else (width, height)


def _frame_rate(video: VideoReport, scan: ScanReport) -> Fraction:
    """Return the average frame rate, counted from the packets when the header disagrees with them."""
    claimed = _fraction(video.get("average_rate"))
    span = scan["video_end"] - scan["first_picture"]
    if "index" not in video or not scan["complete"] or scan["packets"] < 2 or span <= 0:
        return claimed
    counted = Fraction(scan["packets"] / span).limit_denominator(1001)
    if video["interlaced"]:
        # It may come, and be counted in the header, as one packet per field.
        rate = claimed if _is_near(claimed, counted) or _is_near(claimed * 2, counted) else counted
        return rate / 2 if rate > _MAX_INTERLACED_RATE else rate
    return claimed if abs(claimed - counted) < counted / 10 else counted


def _grid_rate(video: VideoReport, scan: ScanReport) -> Fraction:
    """Return the rate of the timing grid: measured, or as the header states it when both agree."""
    nominal, claimed = _fraction(video.get("nominal_rate")), _fraction(video.get("average_rate"))
    if "index" not in video or not scan["complete"] or not scan["grid_step"] or video["interlaced"]:
        return nominal
    measured = Fraction(1 / scan["grid_step"]).limit_denominator(1001)
    return next((rate for rate in (nominal, claimed) if _is_near(rate, measured)), measured)


def _is_near(rate: Fraction, other: Fraction) -> bool:
    return abs(rate - other) <= other * _SAME_RATE

"""Describe an uploaded file and decide whether it can become a stream.

The file is read in a confined child process (probe_child.py): one that crashes a demuxer or exhausts memory ends
that child and is refused; the worker continues.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path
from typing import Any

from videos.transcoding.chapter_times import align_to_video_start
from videos.transcoding.encryption import is_encrypted
from videos.transcoding.ffmpeg import (
    DECODER_WHITELIST,
    FAILED_DETAIL,
    MIB,
    ProcessLimits,
    SandboxFiles,
    run_python,
)
from videos.transcoding.sniff import (
    AAC,
    AC3,
    AMR,
    DV,
    EAC3,
    EMPTY_DETAIL,
    FORMAT_WHITELIST,
    GIF,
    IMAGE_DETAIL,
    MP2,
    MP3,
    MPEG_PS,
    MPEG_TS,
    MPEG_VIDEO,
    SUPPORTED_FORMATS,
    Container,
    sniff,
)

from .errors import (
    EncodeFailed,
    EncryptedMedia,
    Killed,
    TimedOut,
    TooLarge,
    UnreadableMedia,
    UnsupportedMedia,
)

PROBE_LIMITS = ProcessLimits(wall_seconds=90, cpu_seconds=60, address_space=4096 * MIB, file_size=0)
SCAN_SECONDS = 30
# Where the header does not tell the length, the file is read to its end, however large: bytes per further second.
SCAN_BYTES_PER_SECOND = 20 * MIB
MAX_DECODED_PIXELS = 8192 * 8192
_DECODERS = frozenset(DECODER_WHITELIST.split(","))

# Their length is an estimate of the demuxer's, from a bit rate or the last time stamp, and promises nothing.
_WITHOUT_LENGTH = frozenset({MPEG_TS, MPEG_PS, MPEG_VIDEO, DV, MP3, MP2, AAC, AC3, EAC3, AMR})
# Two estimates of one rate may differ by this share.
_SAME_RATE = Fraction(2, 100)
# Interlaced video has at most 30 frames, of two fields each.
_MAX_INTERLACED_RATE = 31

# Transfer functions by their ITU-T H.273 number.
_HDR_TRANSFERS = {16: "pq", 18: "hlg"}
_UNSPECIFIED_MATRIX = frozenset({2, 3})
_RGB_MATRIX = 0

DAMAGED_DETAIL = (
    "The file is damaged or incomplete: its video cannot be read. Check that it plays on your device, "
    "then upload it again or export it again as MP4."
)
ENCRYPTED_DETAIL = "The file is copy-protected (encrypted). Upload a file without copy protection."
NO_VIDEO_DETAIL = f"The file contains no video or audio. {SUPPORTED_FORMATS}"
EXPORT_ADVICE = "Export it as MP4 with H.264 video and AAC audio, and upload that file."

# What a file without a picture is given: its sound, drawn. Few frames a second are enough for that.
WAVEFORM_SIZE = (1280, 720)
WAVEFORM_RATE = Fraction(10)
MAX_AUDIO_TRACKS = 8


@dataclass(frozen=True)
class AudioTrack:
    """An audio track of the file."""

    index: int
    codec: str
    decoder: str
    channels: int
    sample_rate: int
    language: str
    is_default: bool
    title: str = ""
    # Whether sound comes out of its first packets.
    decodes: bool = True


@dataclass(frozen=True)
class SubtitleTrack:
    """A text or bitmap subtitle track; the flags are the container's dispositions."""

    index: int
    codec: str
    language: str
    title: str = ""
    is_forced: bool = False
    is_for_deaf: bool = False
    is_description: bool = False


@dataclass(frozen=True)
class Chapter:
    """A chapter: `start` and `end` in seconds."""

    start: float
    end: float
    title: str


@dataclass(frozen=True)
class VideoTiming:
    """Timing of the frames over the whole file, in seconds; `peak_bitrate` in bits/s.

    `discarded` packets lie before the start of an edit list. `closed_gops` says that every key frame is an IDR
    frame that no later frame references across; `constant_config`, that all use the parameter sets of the track's
    header.
    """

    first: float
    key_frames: tuple[float, ...]
    shortest_step: float
    longest_step: float
    peak_bitrate: int
    discarded: int = 0
    closed_gops: bool = True
    constant_config: bool = True


@dataclass(frozen=True)
class SourceInfo:
    """The description of an uploaded file.

    `width` and `height` are as displayed: after rotation, with square pixels. `duration` is what can be read, in
    seconds; `container_duration` is what the file claims. `frame_rate` is the average, `nominal_rate` the grid
    that variable-rate video is timed on; both 0 when unknown. `video_index` is -1 without a video track; size and
    rate are then those of the waveform video drawn from the audio, beside the cover art in track `cover_index`
    (-1: none). `clock_jumps` is how often the clock of a broadcast jumped, which is corrected. `color_primaries`
    and `color_matrix` are numbers of ITU-T H.273 (2: not stated); `peak_nits` is the peak luminance in HDR
    metadata, in cd/m² (0: unknown).

    `crop` are the stored pixels to hide at the top, bottom, left and right according to the container.
    `picture_sizes` are all sizes as displayed, the one that is kept first, when there are several;
    `picture_changes` counts changes of size or format, `is_steady` says that there are certainly none.
    `other_videos` are the codecs of video tracks that are dropped.
    """

    container: str
    demuxer: str
    size: int
    duration: float
    container_duration: float
    video_end: float
    audio_end: float
    fully_read: bool
    decodes: bool
    track_count: int
    video_index: int
    video_codec: str
    video_decoder: str
    video_profile: str
    width: int
    height: int
    rotation: int
    sample_aspect_ratio: Fraction
    frame_rate: Fraction
    nominal_rate: Fraction
    pix_fmt: str
    bit_depth: int
    color_transfer: str
    matrix_known: bool
    interlaced: bool
    audio: tuple[AudioTrack, ...]
    subtitles: tuple[SubtitleTrack, ...]
    chapters: tuple[Chapter, ...]
    pictures: VideoTiming | None = None
    color_primaries: int = 2
    color_matrix: int = 2
    peak_nits: float = 0.0
    crop: tuple[int, int, int, int] = (0, 0, 0, 0)
    picture_sizes: tuple[tuple[int, int], ...] = ()
    picture_changes: int = 0
    is_steady: bool = True
    clock_jumps: int = 0
    cover_index: int = -1
    other_videos: tuple[str, ...] = ()

    @property
    def is_hdr(self) -> bool:
        """True for high dynamic range."""
        return self.color_transfer in ("pq", "hlg")

    @property
    def is_audio_only(self) -> bool:
        """True when the file has no video track."""
        return self.video_index < 0

    @property
    def sounds(self) -> list[AudioTrack]:
        """The audio tracks that can be decoded: the default one first, then the others in file order."""
        usable = [track for track in self.audio if _is_usable(track)]
        return sorted(usable, key=lambda track: not track.is_default)[:MAX_AUDIO_TRACKS]

    @property
    def undecodable_audio(self) -> list[AudioTrack]:
        """The audio tracks that are dropped because they cannot be decoded here."""
        return [track for track in self.audio if not _is_usable(track)]

    @property
    def surplus_audio(self) -> list[AudioTrack]:
        """The audio tracks that are dropped because there are too many."""
        used = self.sounds
        return [track for track in self.audio if _is_usable(track) and track not in used]

    @property
    def sound(self) -> AudioTrack | None:
        """The default audio track."""
        return next(iter(self.sounds), None)


@dataclass(frozen=True)
class UploadLimits:
    """Limits of an upload: seconds, pixels per frame, frames per second, bytes, tracks."""

    max_bytes: int = 64 * 1024 * MIB
    max_seconds: float = 12 * 3600
    max_pixels: int = 4096 * 4096
    max_side: int = 8192
    min_side: int = 16
    max_frame_rate: int = 240
    max_tracks: int = 64
    min_seconds: float = 0.01
    # A recorder's header may be wrong by a little; a missing tenth means that the file was cut off.
    max_missing_share: float = 0.1
    max_missing_seconds: float = 2.0


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


def require_acceptable(info: SourceInfo, limits: UploadLimits) -> None:
    """Raise TooLarge, UnsupportedMedia or UnreadableMedia when the file cannot be used."""
    _require_tracks(info, limits)
    _require_size(info, limits)
    _require_content(info, limits)


def _require_tracks(info: SourceInfo, limits: UploadLimits) -> None:
    if info.size <= 0:
        raise UnreadableMedia(EMPTY_DETAIL)
    if info.is_audio_only and not info.audio:
        raise UnsupportedMedia(NO_VIDEO_DETAIL)
    if info.track_count > limits.max_tracks:
        raise UnsupportedMedia(
            f"The file has {info.track_count} tracks. The limit is {limits.max_tracks}. {EXPORT_ADVICE}"
        )
    if not info.is_audio_only and info.video_decoder not in _DECODERS:
        raise UnsupportedMedia(f"The video codec ({info.video_codec}) isn't supported. {EXPORT_ADVICE}")
    if info.is_audio_only and info.sound is None:
        raise UnsupportedMedia(
            f"The audio codec ({info.audio[0].codec}) isn't supported. {SUPPORTED_FORMATS}"
        )


def _require_size(info: SourceInfo, limits: UploadLimits) -> None:
    if info.size > limits.max_bytes:
        raise TooLarge(
            f"The file is larger than {limits.max_bytes / 1024**3:.3g} GB. Export it at a lower bit rate."
        )
    for width, height in info.picture_sizes or ((info.width, info.height),):
        if max(width, height) > limits.max_side or width * height > limits.max_pixels:
            raise TooLarge(
                f"The picture is {width}x{height} pixels, which is more than this site can convert. "
                "Export it in a smaller size."
            )
    if info.duration > limits.max_seconds:
        raise TooLarge(f"The video is longer than {limits.max_seconds / 3600:.3g} hours. Upload it in parts.")
    if info.frame_rate > limits.max_frame_rate:
        raise TooLarge(f"The video has more than {limits.max_frame_rate} frames per second. Export it at 60.")


def _require_content(info: SourceInfo, limits: UploadLimits) -> None:
    if not info.decodes:
        raise UnreadableMedia(DAMAGED_DETAIL)
    if info.container == GIF.name and info.pictures is not None and info.pictures.longest_step == 0:
        raise UnsupportedMedia(IMAGE_DETAIL)
    if min(info.width, info.height) < limits.min_side:
        raise UnsupportedMedia(
            f"The picture is smaller than {limits.min_side} pixels. Export it in a larger size."
        )
    if info.duration < limits.min_seconds:
        raise UnreadableMedia(f"The video has no duration. {EXPORT_ADVICE}")
    missing = info.container_duration - info.duration
    allowed = max(limits.max_missing_seconds, limits.max_missing_share * info.container_duration)
    if info.fully_read and missing > allowed:
        raise UnreadableMedia(
            f"The file is cut off: it should last {info.container_duration:.0f} seconds, "
            f"but only {info.duration:.0f} can be read. Please upload it again."
        )


def _source_info(report: dict[str, Any], container: Container, size: int) -> SourceInfo:
    video = report["video"] or _waveform_track()
    scan = report["scan"]
    readable = max(scan["video_end"], scan["audio_end"])
    claimed = _claimed_seconds(report, container, readable)
    duration = readable if scan["complete"] else max(claimed, readable)
    sizes = _frame_sizes(video, scan.get("watch"))
    width, height = sizes[0]
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
        crop=tuple(video.get("crop", (0, 0, 0, 0))),
        picture_sizes=tuple(sizes) if len(sizes) > 1 else (),
        clock_jumps=scan["clock_jumps"],
        cover_index=report["cover_index"],
        other_videos=tuple(report["other_videos"]),
        **_steadiness(scan),
    )


def _claimed_seconds(report: dict[str, Any], container: Container, readable: float) -> float:
    """Return the duration that the header claims, from the first packet on."""
    claimed, start = float(report["container_duration"]), float(report["scan"]["start"])
    if container in _WITHOUT_LENGTH and report["scan"]["complete"]:
        return readable
    # Matroska counts from zero wherever the first packet is; other containers, and some recorders, from that packet.
    return min(claimed, max(claimed - start, 0.0), key=lambda length: abs(length - readable))


def _is_usable(track: AudioTrack) -> bool:
    is_known = track.decoder in _DECODERS and track.channels > 0 and track.sample_rate > 0
    return is_known and track.decodes


def _video_timing(scan: dict[str, Any]) -> VideoTiming | None:
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


def _waveform_track() -> dict[str, Any]:
    """Return the description of the waveform video that is drawn from the audio."""
    width, height = WAVEFORM_SIZE
    rate = [WAVEFORM_RATE.numerator, WAVEFORM_RATE.denominator]
    return {"coded_width": width, "coded_height": height, "average_rate": rate, "nominal_rate": rate}


def _fraction(pair: list[int] | None) -> Fraction:
    return Fraction(*pair) if pair else Fraction(0)


def _sample_aspect_ratio(video: dict[str, Any]) -> Fraction:
    ratio = _fraction(video.get("sample_aspect_ratio"))
    # Beyond these no real pixel is shaped; the value is damage.
    return ratio if Fraction(1, 4) <= ratio <= 4 else Fraction(1)


def _steadiness(scan: dict[str, Any]) -> dict[str, Any]:
    watch = scan.get("watch")
    if watch is None:
        return {}
    changes = watch["changes"]
    return {"picture_changes": changes, "is_steady": scan["complete"] and watch["saw_all"] and not changes}


def _frame_sizes(video: dict[str, Any], watch: dict[str, Any] | None) -> list[tuple[int, int]]:
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


def _displayed_size(video: dict[str, Any]) -> tuple[int, int]:
    top, bottom, left, right = video.get("crop", (0, 0, 0, 0))
    width, height = video.get("coded_width", 0) - left - right, video.get("coded_height", 0) - top - bottom
    ratio = _sample_aspect_ratio(video)
    if ratio > 1:
        width = round(width * ratio)
    else:
        height = round(height / ratio)
    return (height, width) if video.get("rotation", 0) % 180 == 90 else (width, height)


def _frame_rate(video: dict[str, Any], scan: dict[str, Any]) -> Fraction:
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


def _grid_rate(video: dict[str, Any], scan: dict[str, Any]) -> Fraction:
    """Return the rate of the timing grid: measured, or as the header states it when both agree."""
    nominal, claimed = _fraction(video.get("nominal_rate")), _fraction(video.get("average_rate"))
    if "index" not in video or not scan["complete"] or not scan["grid_step"] or video["interlaced"]:
        return nominal
    measured = Fraction(1 / scan["grid_step"]).limit_denominator(1001)
    return next((rate for rate in (nominal, claimed) if _is_near(rate, measured)), measured)


def _is_near(rate: Fraction, other: Fraction) -> bool:
    return abs(rate - other) <= other * _SAME_RATE

"""Encode the whole ladder with one ffmpeg process into fragmented-MP4 HLS.

Layout of the output folder:

    master.m3u8                 written by us, with measured bandwidths and the codecs from the init segments
    <rendition>/index.m3u8      one folder per rung ("1080p", "720p", ...): media playlist,
    <rendition>/init.mp4            init segment,
    <rendition>/seg_00000.m4s       segments of 4 s, each starting with a key frame
    <rendition>/iframes.m3u8        positions of those key frames, for fast seeking
    audio/index.m3u8, ...       the audio, once for all rungs; absent when the source is silent
    audio-1/index.m3u8, ...     further audio tracks

While ffmpeg runs, the media playlists are of type EVENT and grow; every segment and playlist appears whole, by
rename. At the end they become VOD playlists: see finishing.py.
"""

import os
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from videos.transcoding.finishing import finish_ladder
from videos.transcoding.master_playlist import master_playlist, max_bandwidths, plan_variants
from videos.transcoding.playlists import (
    INDEX,
    INIT,
    MASTER,
    SEGMENT_PATTERN,
    Bandwidth,
    measure_bandwidth,
    read_playlist,
    rendition_folders,
    replace_file,
)
from videos.transcoding.source_info import SourceInfo

from . import ffmpeg
from .errors import EncodeFailed
from .filters import SOUND_TAIL_SECONDS, graph_args, input_options
from .ladder import AUDIO_BITRATE, AUDIO_SAMPLE_RATE, LadderPlan, Rendition
from .profiles import CODECS
from .verification import BROKEN_OUTPUT_DETAIL, verify_output

# Playable means that every rung has its first segment: four seconds, while the next ones are made.
PLAYABLE_SEGMENTS = 1
# Seconds of clock per second of a 1080p30 source; a slow shared machine needs about two.
WALL_FACTOR = 20
WALL_BASE = 600
REFERENCE_PIXEL_RATE = 1920 * 1080 * 30


@dataclass(frozen=True)
class RenditionResult:
    """A finished rung: bit rates in bits/s without the audio, `size` in bytes."""

    name: str
    width: int
    height: int
    frame_rate: float
    bandwidth: int
    average_bandwidth: int
    size: int


@dataclass(frozen=True)
class EncodeResult:
    """A finished ladder: duration of the content in seconds, bytes of all files, elapsed seconds."""

    renditions: tuple[RenditionResult, ...]
    has_audio: bool
    duration: float
    size: int
    elapsed: float


def encode_ladder(
    source: Path,
    info: SourceInfo,
    plan: LadderPlan,
    out_dir: Path,
    *,
    on_progress: Callable[[float], None],
    canceled: Callable[[], bool],
    on_playable: Callable[[], None] | None = None,
) -> EncodeResult:
    """Encode `source` into `out_dir` (existing and empty) and verify the result.

    `on_progress` receives the share done, 0 to 1, never falling. `on_playable` is called once, when master.m3u8
    and the first segments of every rung exist and the folder can be served while it grows. Raises Canceled,
    TimedOut or EncodeFailed and then leaves a partial `out_dir` for the caller to delete.
    """
    started = time.monotonic()
    out_dir = out_dir.absolute()
    for name in rendition_folders(plan):
        (out_dir / name).mkdir()
    watch = _PlayableWatcher(out_dir, plan, on_playable)
    done = 0.0

    def advance(seconds: float) -> None:
        nonlocal done
        done = max(done, min(seconds / plan.duration, 0.99))
        on_progress(done)
        watch.look()

    args = build_command(source, info, plan, out_dir)
    ffmpeg.run(
        args,
        limits=process_limits(info, plan),
        files=ffmpeg.SandboxFiles(read=(source,), write=(out_dir,)),
        on_progress=advance,
        canceled=canceled,
    )
    try:
        bandwidths = _finish(out_dir, plan)
    except (OSError, ValueError) as error:
        raise EncodeFailed(BROKEN_OUTPUT_DETAIL, log=str(error)) from error
    duration = verify_output(out_dir, plan)
    watch.announce()
    on_progress(1.0)
    return EncodeResult(
        renditions=tuple(
            _result(out_dir, rendition, bandwidths[rendition.name]) for rendition in plan.renditions
        ),
        has_audio=plan.has_audio,
        duration=duration,
        size=_folder_size(out_dir),
        elapsed=time.monotonic() - started,
    )


def build_command(source: Path, info: SourceInfo, plan: LadderPlan, out_dir: Path) -> list[str]:
    """Return the arguments of the one ffmpeg process."""
    args = ["-v", "error", *ffmpeg.input_args(source, info.demuxer, options=input_options(info))]
    args += graph_args(info, plan)
    for number, rendition in enumerate(plan.renditions):
        if plan.copies_top and number == 0:
            args += ["-map", f"0:{info.video_index}", "-c:v", "copy"]
        else:
            args += ["-map", f"[v{number}]", *_video_options(rendition, plan)]
        args += _hls_options(out_dir / rendition.name, plan, plan.duration)
    for number, sound in enumerate(plan.sounds):
        args += [
            "-map",
            f"[a{number}]",
            "-c:a",
            "aac",
            "-b:a",
            str(AUDIO_BITRATE),
            "-ac",
            "2",
            "-ar",
            str(AUDIO_SAMPLE_RATE),
            # The encoder's first frame holds nothing but its delay. Players disagree about what to do with it.
            "-bsf:a",
            r"noise=drop=lt(pts\,0)",
        ]
        args += _hls_options(out_dir / sound.name, plan, plan.duration + SOUND_TAIL_SECONDS)
    return args


def process_limits(info: SourceInfo, plan: LadderPlan) -> ffmpeg.ProcessLimits:
    """Return generous limits in proportion to the work: seconds of video times pixels per second."""
    top = plan.renditions[0]
    source_rate = max(info.frame_rate, plan.frame_rate)
    pixel_rate = float(info.width * info.height * source_rate + top.width * top.height * plan.frame_rate) / 2
    effort = WALL_FACTOR * CODECS[plan.profile.codec].slowness
    wall = WALL_BASE + plan.duration * effort * max(pixel_rate / REFERENCE_PIXEL_RATE, 0.25)
    cores = os.cpu_count() or 1
    return ffmpeg.ProcessLimits(
        wall_seconds=wall,
        cpu_seconds=round(wall * cores),
        address_space=(8192 + 512 * cores) * ffmpeg.MIB,
    )


def _video_options(rendition: Rendition, plan: LadderPlan) -> list[str]:
    codec = CODECS[rendition.codec]
    return codec.options(plan.profile.preset, rendition.max_bitrate, rendition.gop_frames)


def _hls_options(folder: Path, plan: LadderPlan, seconds: float) -> list[str]:
    # Metadata of the source may hold where it was filmed; none of it is carried along.
    return [
        *("-t", f"{seconds:.6f}", "-map_metadata", "-1", "-map_chapters", "-1"),
        *("-f", "hls", "-hls_segment_type", "fmp4", "-hls_playlist_type", "event"),
        *("-hls_time", f"{float(plan.segment_seconds):.6f}", "-hls_flags", "independent_segments+temp_file"),
        # Offsets stay positive and an edit list of one entry takes the reordering delay off: every rung and the sound
        # start at 0 in browsers and in players built on ffmpeg, which shift tracks with negative offsets instead.
        *("-avoid_negative_ts", "disabled"),
        *("-hls_fmp4_init_filename", INIT, "-hls_segment_filename", f"{folder}/{SEGMENT_PATTERN}"),
        f"{folder}/{INDEX}",
    ]


class _PlayableWatcher:
    """Writes an early master playlist as soon as every rung has its first segments, and reports it once."""

    def __init__(self, out_dir: Path, plan: LadderPlan, on_playable: Callable[[], None] | None) -> None:
        self._out_dir = out_dir
        self._plan = plan
        self._on_playable = on_playable

    def look(self) -> None:
        if self._on_playable is None:
            return
        try:
            for name in rendition_folders(self._plan):
                if len(read_playlist(self._out_dir / name / INDEX).segments) < PLAYABLE_SEGMENTS:
                    return
            bandwidths = max_bandwidths(self._plan)
            variants = plan_variants(self._plan)
            master = master_playlist(self._out_dir, variants, self._plan.sounds, bandwidths)
        except (OSError, ValueError):
            # Not written yet; the next look is half a second away.
            return
        replace_file(self._out_dir / MASTER, master.encode())
        self.announce()

    def announce(self) -> None:
        if self._on_playable is not None:
            self._on_playable()
            self._on_playable = None


def _result(out_dir: Path, rendition: Rendition, bandwidth: Bandwidth) -> RenditionResult:
    return RenditionResult(
        name=rendition.name,
        width=rendition.width,
        height=rendition.height,
        frame_rate=float(rendition.frame_rate),
        bandwidth=bandwidth.peak,
        average_bandwidth=bandwidth.average,
        size=_folder_size(out_dir / rendition.name),
    )


def _folder_size(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def _finish(out_dir: Path, plan: LadderPlan) -> dict[str, Bandwidth]:
    finish_ladder(
        out_dir,
        [rendition.name for rendition in plan.renditions],
        [sound.name for sound in plan.sounds],
    )
    bandwidths = {name: measure_bandwidth(out_dir / name) for name in rendition_folders(plan)}
    master = master_playlist(out_dir, plan_variants(plan), plan.sounds, bandwidths)
    replace_file(out_dir / MASTER, master.encode())
    return bandwidths

"""Encoding profiles: codec, rungs, bit rates. Everything else about a ladder is fixed.

H.264 plays everywhere and is the default. VP9 and AV1 save viewers a third of the bytes or more and take a
multiple of the encoding time; their ladders also have one H.264 rung, for players without a newer decoder.
"""

from collections.abc import Callable
from dataclasses import dataclass

H264, VP9, AV1 = "h264", "vp9", "av1"
STANDARD_SHORT_SIDES = (2160, 1440, 1080, 720, 480, 360, 240, 144)
PRESETS = ("ultrafast", "superfast", "veryfast", "faster", "fast", "medium", "slow")
# The lines, at most, of the H.264 rendition beside a ladder of another codec.
FALLBACK_SHORT_SIDE = 480


@dataclass(frozen=True)
class Profile:
    """An encoding profile: `short_sides` are the rungs by their lines (see rungs.py), the largest first.

    `bitrate_percent` is relative to the table's ceilings; `preset` is x264's.
    """

    codec: str = H264
    short_sides: tuple[int, ...] = STANDARD_SHORT_SIDES
    bitrate_percent: int = 100
    preset: str = "veryfast"


@dataclass(frozen=True)
class Codec:
    """A codec: `share` of H.264's bits for the same quality; `slowness` as a multiple of its time, with a margin.

    `options(preset, ceiling in bits/s, frames between key frames)` returns ffmpeg's options for one rendition:
    constant quality under a ceiling, key frames at fixed frames only.
    """

    share: float
    slowness: int
    options: Callable[[str, int, int], list[str]]


def _h264(preset: str, ceiling: int, gop: int) -> list[str]:
    return [
        *("-c:v", "libx264", "-preset", preset, "-profile:v", "high", "-pix_fmt", "yuv420p", "-crf", "23"),
        *("-maxrate", str(ceiling), "-bufsize", str(ceiling * 2)),
        *("-g", str(gop), "-keyint_min", str(gop), "-sc_threshold", "0"),
    ]


def _vp9(preset: str, ceiling: int, gop: int) -> list[str]:
    return [
        *("-c:v", "libvpx-vp9", "-deadline", "realtime", "-cpu-used", "6", "-row-mt", "1"),
        *("-pix_fmt", "yuv420p"),
        *("-crf", "33", "-b:v", str(ceiling), "-maxrate", str(ceiling), "-bufsize", str(ceiling * 2)),
        *("-g", str(gop), "-keyint_min", str(gop)),
    ]


def _av1(preset: str, ceiling: int, gop: int) -> list[str]:
    return [
        *("-c:v", "libsvtav1", "-preset", "9", "-pix_fmt", "yuv420p", "-crf", "35"),
        *("-maxrate", str(ceiling), "-bufsize", str(ceiling * 2)),
        *("-g", str(gop), "-svtav1-params", "scd=0:irefresh-type=2"),
    ]


CODECS = {
    H264: Codec(share=1.0, slowness=1, options=_h264),
    VP9: Codec(share=0.7, slowness=3, options=_vp9),
    AV1: Codec(share=0.6, slowness=4, options=_av1),
}
STANDARD = Profile()

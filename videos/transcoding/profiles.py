"""How a site encodes: which codec, which rungs, how many bits. Everything else about a ladder is fixed.

H.264 plays everywhere and is the default. VP9 and AV1 save viewers a third and more of the bytes and cost the server a
multiple of the time; beside their rungs stands one of H.264, for players that decode nothing newer.
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
    """`short_sides` are the rungs by their lines (see rungs.py), the largest first.

    `bitrate_percent` is of the table's ceilings; `preset` is x264's.
    """

    codec: str = H264
    short_sides: tuple[int, ...] = STANDARD_SHORT_SIDES
    bitrate_percent: int = 100
    preset: str = "veryfast"


@dataclass(frozen=True)
class Codec:
    """`share` of H.264's bits for the same picture; `slowness` as a multiple of its time, with room to spare.

    `options(preset, ceiling in bits/s, frames between key frames)` are ffmpeg's for one rendition: constant quality
    under a ceiling, key frames at fixed frames only.
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

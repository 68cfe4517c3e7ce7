"""Which renditions a source gets. Pure: no files, no processes.

A rung is named by its short side, so that a portrait video gets the same names as a landscape one. No rung is
above the source.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

from .probe import PictureTrack, SourceInfo
from .profiles import CODECS, FALLBACK_SHORT_SIDE, H264, STANDARD, STANDARD_SHORT_SIDES, Profile

GOP_SECONDS = 2
SEGMENT_GOPS = 2
MAX_FRAME_RATE = 60
# No camera or screen takes more pictures; a grid above is a time base.
MAX_REAL_RATE = 500
FALLBACK_FRAME_RATE = Fraction(25)
# Frames are repeated up to this rate: a slide show at 1 fps would otherwise seek and switch badly.
MIN_FRAME_RATE = Fraction(10)
# Small rungs are for slow connections; they do not spend bits on the second half of 50 or 60 fps.
FULL_RATE_SHORT_SIDE = 720
# A source this much above a standard rung gets a rung of its own size on top.
OWN_RUNG_RATIO = 1.15
AUDIO_BITRATE = 128_000
# The folder of the default sound.
AUDIO = "audio"
LANGUAGE = re.compile(r"\A[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*\Z")
# Their tracks need no rewriting for fragmented MP4.
COPYABLE_CONTAINERS = frozenset({"mp4", "matroska", "flv"})
# Why a source's own track is not the top rendition, as words for programs.
COPY_OBSTACLES = (
    *("codec", "container", "color", "shape", "changes", "cut", "open_gop", "rate", "bitrate", "key_frames"),
    "longer_sound",
)
# Sound that outlives the picture by more is kept, over the last frame.
LONGER_SOUND_SECONDS = 0.5
# A drawn sound needs no fine steps.
DRAWN_SHORT_SIDES = [720, 360, 144]

_STANDARD_RATES = (
    Fraction(24000, 1001),
    Fraction(24),
    Fraction(25),
    Fraction(30000, 1001),
    Fraction(30),
    Fraction(48),
    Fraction(50),
    Fraction(60000, 1001),
    Fraction(60),
)


@dataclass(frozen=True)
class Rung:
    """Largest bit rates (bits/s) for a 16:9 picture at up to 30 frames per second, and above."""

    short_side: int
    bitrate_30: int
    bitrate_60: int


RUNGS = (
    Rung(2160, 14_000_000, 20_000_000),
    Rung(1440, 8_000_000, 12_000_000),
    Rung(1080, 5_000_000, 7_500_000),
    Rung(720, 2_800_000, 4_200_000),
    Rung(480, 1_400_000, 2_100_000),
    Rung(360, 800_000, 1_200_000),
    Rung(240, 400_000, 600_000),
    Rung(144, 200_000, 300_000),
)


@dataclass(frozen=True)
class Rendition:
    """One rung of this video: size in pixels, `max_bitrate` in bits/s, `gop_frames` between key frames.

    `codec` is one of profiles.CODECS.
    """

    name: str
    width: int
    height: int
    frame_rate: Fraction
    max_bitrate: int
    gop_frames: int
    halves_rate: bool
    codec: str = H264

    @property
    def short_side(self) -> int:
        return min(self.width, self.height)


@dataclass(frozen=True)
class Sound:
    """One rendition of sound: its folder, the source's track, what players show of it, and a gain in decibels."""

    name: str
    index: int
    language: str
    label: str
    gain_db: float = 0.0


@dataclass(frozen=True)
class LadderPlan:
    """What to encode: renditions from the largest to the smallest, and one timeline for all of them.

    Beside a ladder of a newer codec the last rendition is one of H.264, whatever its size.

    `duration` in seconds; `held_seconds` is how long the last frame stands while longer sound ends. `copies_top` says
    that the first rendition is the source's own track, taken over without encoding; `copy_obstacle`, why it is not
    (one of COPY_OBSTACLES).
    """

    renditions: tuple[Rendition, ...]
    frame_rate: Fraction
    duration: float
    held_seconds: float
    sounds: tuple[Sound, ...]
    copies_top: bool = False
    copy_obstacle: str = ""
    profile: Profile = STANDARD

    @property
    def has_audio(self) -> bool:
        return bool(self.sounds)

    @property
    def gop_seconds(self) -> Fraction:
        return self.renditions[0].gop_frames / self.renditions[0].frame_rate

    @property
    def segment_seconds(self) -> Fraction:
        return self.gop_seconds * SEGMENT_GOPS


def plan(info: SourceInfo, profile: Profile = STANDARD, *, gain_db: float = 0.0) -> LadderPlan:
    """The ladder for a source that `probe.accept` let through; `gain_db` makes all its sound louder or quieter."""
    rate = output_frame_rate(info.frame_rate, info.nominal_rate, interlaced=info.interlaced)
    sounds = tuple(_sounds(info, gain_db))
    longer_sound = info.audio_end - info.video_end if sounds else 0.0
    held_seconds = longer_sound if longer_sound > LONGER_SOUND_SECONDS else 0.0
    short_sides = _short_sides(info, profile)
    renditions = tuple(_rendition(info, side, rate, profile, profile.codec) for side in short_sides)
    if profile.codec != H264:
        side = next((side for side in short_sides if side <= FALLBACK_SHORT_SIDE), short_sides[-1])
        renditions += (_rendition(info, side, rate, profile, H264),)
    obstacle = "longer_sound" if held_seconds else copy_obstacle(info, renditions[0])
    return LadderPlan(
        renditions=renditions,
        copies_top=not obstacle,
        copy_obstacle=obstacle,
        frame_rate=rate,
        duration=info.video_end + held_seconds,
        held_seconds=held_seconds,
        sounds=sounds,
        profile=profile,
    )


def can_copy(info: SourceInfo, top: Rendition) -> bool:
    """Whether the source's own track can be the top rendition; see copy_obstacle."""
    return not copy_obstacle(info, top)


def copy_obstacle(info: SourceInfo, top: Rendition) -> str:
    """Return what forbids taking over the source's own track as the top rendition; "" when nothing does.

    It must be what every player decodes, and cut where the rungs are: key frames that stand alone on the ladder's grid,
    so that a player can switch at every segment; pictures that come evenly, upright, in the rendition's size and below
    its ceiling. When in doubt it is encoded. The answer is one of COPY_OBSTACLES.
    """
    track = info.pictures
    if top.codec != H264 or info.video_codec != "h264":
        return "codec"
    if info.container not in COPYABLE_CONTAINERS or track is None:
        return "container"
    step = 1 / float(top.frame_rate)
    is_plain = info.pix_fmt == "yuv420p" and not info.is_hdr and "High 4" not in info.video_profile
    is_upright = not info.rotation and info.sample_aspect_ratio == 1 and not info.interlaced
    has_size = (info.width, info.height) == (top.width, top.height) and not top.halves_rate
    is_even = step * 0.5 < track.shortest_step and track.longest_step < step * 1.5
    checks = (
        ("color", is_plain),
        ("shape", is_upright and has_size),
        ("changes", track.constant_config),
        ("cut", not track.discarded),
        ("open_gop", track.closed_gops),
        ("rate", is_even and abs(track.first) < step / 2),
        ("bitrate", track.peak_bitrate <= top.max_bitrate),
        ("key_frames", _stands_on_grid(info, track, top, step)),
    )
    return next((name for name, is_met in checks if not is_met), "")


def _stands_on_grid(info: SourceInfo, track: PictureTrack, top: Rendition, step: float) -> bool:
    frames = {round(moment / step) for moment in track.key_frames}
    return all(number in frames for number in range(0, round(info.video_end / step), top.gop_frames))


def rung_short_sides(source: int, allowed: tuple[int, ...] = STANDARD_SHORT_SIDES) -> list[int]:
    """Short sides out of `allowed`, largest first, for a source whose short side is `source` pixels."""
    standard = [side for side in allowed if side <= source]
    own = _even(source)
    if not standard:
        return [own]
    if source < allowed[0] and source >= OWN_RUNG_RATIO * standard[0]:
        return [own, *standard]
    return standard


def output_frame_rate(average: Fraction, nominal: Fraction, *, interlaced: bool = False) -> Fraction:
    """The constant rate for a source of this average rate on this timing grid (0: unknown).

    The grid wins while it is a real rate, so that the bursts of a screen recording stay smooth; a grid far above 60 is
    a time base (1000, 90000), and the average decides. Each field of interlaced video becomes a frame.
    """
    if average <= 0:
        return FALLBACK_FRAME_RATE
    if interlaced:
        fields = 2 * average
        return min(_standard(fields) or fields.limit_denominator(1001), Fraction(MAX_FRAME_RATE))
    if average > MAX_FRAME_RATE * Fraction(101, 100):
        return _divided(average)
    if average <= nominal * Fraction(101, 100) and nominal <= MAX_REAL_RATE:
        rate = _divided(nominal)
    elif nominal > MAX_REAL_RATE:
        rate = _standard(average) or next((item for item in _STANDARD_RATES if item >= average), average)
    else:
        rate = average
    rate = _standard(rate) or rate.limit_denominator(1001)
    return min(max(rate, MIN_FRAME_RATE), Fraction(MAX_FRAME_RATE))


def _divided(rate: Fraction) -> Fraction:
    """Every n-th picture, so many that at most 60 per second are left."""
    divisor = max(1, -(-rate * 100 // (MAX_FRAME_RATE * 101)))
    return _standard(rate / divisor) or (rate / divisor).limit_denominator(1001)


def max_bitrate(short_side: int, long_side: int, *, fast: bool) -> int:
    """Largest bit rate (bits/s) of a picture; `fast` is above 30 frames per second.

    Between two rungs by linear interpolation, then by how much wider or narrower than 16:9 the picture is.
    """
    lower = max(
        (rung for rung in RUNGS if rung.short_side <= short_side), key=_by_short_side, default=RUNGS[-1]
    )
    upper = min(
        (rung for rung in RUNGS if rung.short_side >= short_side), key=_by_short_side, default=RUNGS[0]
    )
    low, high = (lower.bitrate_60, upper.bitrate_60) if fast else (lower.bitrate_30, upper.bitrate_30)
    span = upper.short_side - lower.short_side
    bitrate = low + (high - low) * (short_side - lower.short_side) / span if span > 0 else float(low)
    breadth = (long_side / short_side) / (16 / 9)
    return round(bitrate * min(max(breadth, 0.6), 2.0) / 1000) * 1000


def _sounds(info: SourceInfo, gain_db: float) -> Iterator[Sound]:
    """The first is the default one. Labels differ, because players tell tracks apart by them."""
    used: set[str] = set()
    for number, track in enumerate(info.sounds):
        wanted = track.title or track.language or ("Original" if number == 0 else f"Track {number + 1}")
        label = wanted.replace('"', "'")
        if label in used:
            label = f"{label} ({number + 1})"
        used.add(label)
        language = track.language if LANGUAGE.match(track.language) else ""
        yield Sound(f"{AUDIO}-{number}" if number else AUDIO, track.index, language, label, gain_db)


def _short_sides(info: SourceInfo, profile: Profile) -> list[int]:
    if info.is_audio_only:
        most = profile.short_sides[0]
        return [side for side in DRAWN_SHORT_SIDES if side <= most] or DRAWN_SHORT_SIDES[-1:]
    return rung_short_sides(min(info.width, info.height), profile.short_sides)


def _rendition(info: SourceInfo, short_side: int, rate: Fraction, profile: Profile, codec: str) -> Rendition:
    source_short = min(info.width, info.height)
    source_long = max(info.width, info.height)
    long_side = min(_nearest_even(source_long * short_side / source_short), _even(source_long))
    width, height = (long_side, short_side) if info.width >= info.height else (short_side, long_side)
    # The largest rendition of interlaced video shows every field, or its motion would be half as smooth as it was.
    keeps_fields = info.interlaced and short_side == _short_sides(info, profile)[0]
    halves_rate = rate > 30 and short_side < FULL_RATE_SHORT_SIDE and not keeps_fields
    frame_rate = rate / 2 if halves_rate else rate
    # Twice a whole number, so that a rung at half the rate has its key frames at the very same moments.
    gop_frames = GOP_SECONDS * round(rate)
    ceiling = max_bitrate(short_side, long_side, fast=frame_rate > 30) * CODECS[codec].share
    return Rendition(
        name=f"{short_side}p" if codec == profile.codec else f"{short_side}p-{codec}",
        width=width,
        height=height,
        frame_rate=frame_rate,
        max_bitrate=round(ceiling * profile.bitrate_percent / 100_000) * 1000,
        gop_frames=gop_frames // 2 if halves_rate else gop_frames,
        halves_rate=halves_rate,
        codec=codec,
    )


def _standard(rate: Fraction) -> Fraction | None:
    nearest = min(_STANDARD_RATES, key=lambda standard: abs(standard - rate))
    return nearest if abs(nearest - rate) <= nearest / 100 else None


def _by_short_side(rung: Rung) -> int:
    return rung.short_side


def _even(value: int) -> int:
    """The largest even number not above `value` (4:2:0 halves both sides)."""
    return value // 2 * 2


def _nearest_even(value: float) -> int:
    return round(value / 2) * 2

"""Choose the renditions for a source. Pure: no files, no processes."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

from videos import language_names
from videos.transcoding.source_info import SourceInfo, VideoTiming

from .profiles import CODECS, FALLBACK_SHORT_SIDE, H264, STANDARD, Profile
from .rungs import Size, ladder_sizes, max_bitrate

GOP_SECONDS = 2
SEGMENT_GOPS = 2
MAX_FRAME_RATE = 60
# No camera or screen takes more pictures; a grid above is a time base.
MAX_REAL_RATE = 500
FALLBACK_FRAME_RATE = Fraction(25)
# Frames are repeated up to this rate: a slide show at 1 fps would otherwise seek and switch badly.
MIN_FRAME_RATE = Fraction(10)
# Small rungs are for slow connections; they do not spend bits on the second half of 50 or 60 fps.
FULL_RATE_LINES = 720
AUDIO_BITRATE = 128_000
AUDIO_SAMPLE_RATE = 48_000
AUDIO_FRAME_SECONDS = 1024 / AUDIO_SAMPLE_RATE
# The folder of the default sound.
AUDIO = "audio"
LANGUAGE = re.compile(r"\A[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*\Z")
# Their tracks need no rewriting for fragmented MP4.
COPYABLE_CONTAINERS = frozenset({"mp4", "matroska", "flv"})
# Why a source's own track is not the top rendition, as words for programs.
COPY_OBSTACLES = (
    *("codec", "container", "unread", "color", "shape", "changes", "cut", "open_gop", "rate", "bitrate"),
    *("key_frames", "longer_sound"),
)
# Sound that outlives the picture by more is kept, over the last frame.
MAX_AUDIO_OVERHANG_SECONDS = 0.5
# A drawn sound needs no fine steps.
WAVEFORM_LINES = (720, 360, 144)

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
class Rendition:
    """A rung of this video: size in pixels, `max_bitrate` in bits/s, `gop_frames` between key frames.

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


@dataclass(frozen=True)
class AudioRendition:
    """An audio rendition: its folder, the source's track, its description for players, and a gain in decibels."""

    name: str
    index: int
    language: str
    label: str
    gain_db: float = 0.0


@dataclass(frozen=True)
class LadderPlan:
    """The renditions to encode, from the largest to the smallest, and the timeline that they share.

    A ladder in a newer codec also has a last rendition in H.264, whatever its size.

    `duration` is in seconds; `held_seconds` is how long the last frame stays while longer audio ends. `copies_top`
    says that the first rendition is the source's own track, copied without encoding; `copy_obstacle`, why it is
    not (one of COPY_OBSTACLES); `tone_mapped`, that HDR becomes SDR.
    """

    renditions: tuple[Rendition, ...]
    frame_rate: Fraction
    duration: float
    held_seconds: float
    sounds: tuple[AudioRendition, ...]
    copies_top: bool = False
    copy_obstacle: str = ""
    profile: Profile = STANDARD
    tone_mapped: bool = False

    @property
    def has_audio(self) -> bool:
        """True when the ladder has an audio rendition."""
        return bool(self.sounds)

    @property
    def gop_seconds(self) -> Fraction:
        """The seconds between two key frames."""
        return self.renditions[0].gop_frames / self.renditions[0].frame_rate

    @property
    def segment_seconds(self) -> Fraction:
        """The seconds of a segment."""
        return self.gop_seconds * SEGMENT_GOPS


def plan(info: SourceInfo, profile: Profile = STANDARD, *, gain_db: float = 0.0) -> LadderPlan:
    """Return the ladder for a source that passed `probe.require_acceptable`; `gain_db` is applied to all audio."""
    rate = output_frame_rate(info.frame_rate, info.nominal_rate, interlaced=info.interlaced)
    sounds = tuple(_sounds(info, gain_db))
    longer_sound = info.audio_end - info.video_end if sounds else 0.0
    held_seconds = longer_sound if longer_sound > MAX_AUDIO_OVERHANG_SECONDS else 0.0
    sizes = _sizes(info, profile)
    renditions = tuple(
        _rendition(size, rate, profile, profile.codec, is_largest=number == 0)
        for number, size in enumerate(sizes)
    )
    if profile.codec != H264:
        fallback = next((size for size in sizes if size.lines <= FALLBACK_SHORT_SIDE), sizes[-1])
        renditions += (_rendition(fallback, rate, profile, H264),)
    obstacle = "longer_sound" if held_seconds else find_copy_obstacle(info, renditions[0])
    return LadderPlan(
        renditions=renditions,
        copies_top=not obstacle,
        copy_obstacle=obstacle,
        frame_rate=rate,
        duration=info.video_end + held_seconds,
        held_seconds=held_seconds,
        sounds=sounds,
        profile=profile,
        tone_mapped=info.is_hdr,
    )


def can_copy_video(info: SourceInfo, top: Rendition) -> bool:
    """Return whether the source's own track can be the top rendition; see find_copy_obstacle."""
    return not find_copy_obstacle(info, top)


def find_copy_obstacle(info: SourceInfo, top: Rendition) -> str:
    """Return what prevents copying the source's own track as the top rendition; "" when nothing does.

    The track must be decodable by every player and cut where the rungs are: standalone key frames on the ladder's
    grid, so that a player can switch at every segment; frames at a steady rate, upright, in the rendition's size
    and below its ceiling. When in doubt the track is encoded. The result is one of COPY_OBSTACLES.
    """
    track = info.pictures
    if top.codec != H264 or info.video_codec != "h264":
        return "codec"
    if info.container not in COPYABLE_CONTAINERS:
        return "container"
    if track is None:
        return "unread"
    step = 1 / float(top.frame_rate)
    is_plain = info.pix_fmt == "yuv420p" and not info.is_hdr and "High 4" not in info.video_profile
    is_upright = not info.rotation and info.sample_aspect_ratio == 1 and not info.interlaced
    has_size = (info.width, info.height) == (top.width, top.height) and not top.halves_rate
    is_even = step * 0.5 < track.shortest_step and track.longest_step < step * 1.5
    checks = (
        ("color", is_plain),
        ("shape", is_upright and has_size and not any(info.crop)),
        ("changes", track.constant_config and info.is_steady),
        ("cut", not track.discarded),
        ("open_gop", track.closed_gops),
        ("rate", is_even and abs(track.first) < step / 2),
        ("bitrate", track.peak_bitrate <= top.max_bitrate),
        ("key_frames", _stands_on_grid(info, track, top, step)),
    )
    return next((name for name, is_met in checks if not is_met), "")


def _stands_on_grid(info: SourceInfo, track: VideoTiming, top: Rendition, step: float) -> bool:
    frames = {round(moment / step) for moment in track.key_frames}
    return all(number in frames for number in range(0, round(info.video_end / step), top.gop_frames))


def output_frame_rate(average: Fraction, nominal: Fraction, *, interlaced: bool = False) -> Fraction:
    """Return the constant rate for a source with this average rate on this timing grid (0: unknown).

    The grid wins while it is a real rate, so that the bursts of a screen recording stay smooth; a grid far above
    60 is a time base (1000, 90000), and the average decides. Each field of interlaced video becomes a frame.
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
    """Return the rate of every n-th frame, with n large enough for at most 60 per second."""
    divisor = max(1, -(-rate * 100 // (MAX_FRAME_RATE * 101)))
    return _standard(rate / divisor) or (rate / divisor).limit_denominator(1001)


def _sounds(info: SourceInfo, gain_db: float) -> Iterator[AudioRendition]:
    """Return the audio renditions, the default one first. Labels differ because players identify tracks by them."""
    used: set[str] = set()
    for number, track in enumerate(info.sounds):
        tag = language_names.normalize_tag(track.language)
        language = tag if LANGUAGE.match(tag) else ""
        name = language_names.language_name(language) if language else ""
        wanted = track.title or name or ("Original" if number == 0 else f"Track {number + 1}")
        label = wanted.replace('"', "'")
        if label in used:
            label = f"{label} ({number + 1})"
        used.add(label)
        yield AudioRendition(f"{AUDIO}-{number}" if number else AUDIO, track.index, language, label, gain_db)


def _sizes(info: SourceInfo, profile: Profile) -> list[Size]:
    if info.is_audio_only:
        most = profile.short_sides[0]
        drawn = tuple(lines for lines in WAVEFORM_LINES if lines <= most) or WAVEFORM_LINES[-1:]
        return ladder_sizes(info.width, info.height, drawn)
    return ladder_sizes(info.width, info.height, profile.short_sides)


def _rendition(
    size: Size, rate: Fraction, profile: Profile, codec: str, *, is_largest: bool = False
) -> Rendition:
    # The largest rendition keeps the motion of the source, however small it is.
    halves_rate = rate > 30 and size.lines < FULL_RATE_LINES and not is_largest
    frame_rate = rate / 2 if halves_rate else rate
    # Twice a whole number, so that a rung at half the rate has its key frames at the very same moments.
    gop_frames = GOP_SECONDS * round(rate)
    ceiling = max_bitrate(size.width, size.height, fast=frame_rate > 30) * CODECS[codec].share
    return Rendition(
        name=f"{size.lines}p" if codec == profile.codec else f"{size.lines}p-{codec}",
        width=size.width,
        height=size.height,
        frame_rate=frame_rate,
        max_bitrate=round(ceiling * profile.bitrate_percent / 100_000) * 1000,
        gop_frames=gop_frames // 2 if halves_rate else gop_frames,
        halves_rate=halves_rate,
        codec=codec,
    )


def _standard(rate: Fraction) -> Fraction | None:
    nearest = min(_STANDARD_RATES, key=lambda standard: abs(standard - rate))
    return nearest if abs(nearest - rate) <= nearest / 100 else None

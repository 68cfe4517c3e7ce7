"""Reads the media playlists that ffmpeg wrote and writes the master playlist over them.

ffmpeg's own master is not used: it silently leaves out what it cannot compute, and its bandwidths are the
configured ones, not the measured.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

from .boxes import read_init
from .ladder import AUDIO, AUDIO_BITRATE, LadderPlan, Rendition, Sound

MASTER = "master.m3u8"
INDEX = "index.m3u8"
INIT = "init.mp4"
SEGMENT_PATTERN = "seg_%05d.m4s"
_HEADER = "#EXTM3U\n#EXT-X-VERSION:7\n#EXT-X-INDEPENDENT-SEGMENTS\n"


@dataclass(frozen=True)
class Segment:
    """A media segment: `uri` relative to its playlist, `duration` in seconds."""

    uri: str
    duration: float


@dataclass(frozen=True)
class MediaPlaylist:
    init_uri: str
    segments: tuple[Segment, ...]
    ended: bool

    @property
    def duration(self) -> float:
        return sum(segment.duration for segment in self.segments)


@dataclass(frozen=True)
class Bandwidth:
    """Bits per second: of the densest segment, and over the whole."""

    peak: int
    average: int

    def __add__(self, other: "Bandwidth") -> "Bandwidth":
        return Bandwidth(self.peak + other.peak, self.average + other.average)


def read_playlist(path: Path) -> MediaPlaylist:
    """The media playlist at `path`, as ffmpeg writes them. Raises ValueError when it is not one."""
    lines = path.read_text(encoding="utf-8").splitlines()
    if not lines or lines[0] != "#EXTM3U":
        raise ValueError("not a playlist")
    init_uri, duration = "", 0.0
    segments = []
    for line in lines[1:]:
        if line.startswith("#EXT-X-MAP:"):
            init_uri = line.partition('URI="')[2].partition('"')[0]
        elif line.startswith("#EXTINF:"):
            duration = float(line.removeprefix("#EXTINF:").partition(",")[0])
        elif line and not line.startswith("#"):
            segments.append(Segment(line, duration))
    return MediaPlaylist(init_uri, tuple(segments), ended="#EXT-X-ENDLIST" in lines)


def measure(folder: Path) -> Bandwidth:
    """Bit rates of the finished rendition in `folder`, from the sizes of its segments."""
    playlist = read_playlist(folder / INDEX)
    target = max(segment.duration for segment in playlist.segments)
    total_bits, peak = 0, 0.0
    for segment in playlist.segments:
        bits = (folder / segment.uri).stat().st_size * 8
        total_bits += bits
        # As RFC 8216 defines the peak: a short last segment does not count.
        if segment.duration >= target / 2:
            peak = max(peak, bits / segment.duration)
    return Bandwidth(peak=round(peak), average=round(total_bits / playlist.duration))


def declared(bitrate: int) -> Bandwidth:
    """The bandwidth to state while the segments that would tell are still being written."""
    return Bandwidth(bitrate, bitrate)


def master_playlist(out_dir: Path, plan: LadderPlan, bandwidths: dict[str, Bandwidth]) -> str:
    """The master playlist for the renditions in `out_dir`, smallest first; every URI is relative.

    `bandwidths` is keyed by folder name (rendition names, and "audio"). Raises ValueError when an init
    segment does not hold the picture that was planned.
    """
    lines = [_sound_line(sound, is_default=number == 0) for number, sound in enumerate(plan.sounds)]
    sound_codec = read_init(out_dir / AUDIO / INIT).codec if plan.sounds else ""
    for rendition in reversed(plan.renditions):
        bandwidth = bandwidths[rendition.name]
        codecs = _picture_codec(out_dir, rendition)
        audio_attribute = ""
        if plan.has_audio:
            bandwidth += _largest(bandwidths[sound.name] for sound in plan.sounds)
            codecs += f",{sound_codec}"
            audio_attribute = f',AUDIO="{AUDIO}"'
        lines.append(
            f"#EXT-X-STREAM-INF:BANDWIDTH={bandwidth.peak},AVERAGE-BANDWIDTH={bandwidth.average},"
            f"RESOLUTION={rendition.width}x{rendition.height},FRAME-RATE={_decimal(rendition.frame_rate)},"
            f'CODECS="{codecs}",VIDEO-RANGE=SDR{audio_attribute}'
        )
        lines.append(f"{rendition.name}/{INDEX}")
    return _HEADER + "\n".join(lines) + "\n"


def growing_bandwidths(plan: LadderPlan) -> dict[str, Bandwidth]:
    """What the renditions may use at most, for a master playlist written during the encoding."""
    bandwidths = {rendition.name: declared(rendition.max_bitrate) for rendition in plan.renditions}
    return bandwidths | {sound.name: declared(AUDIO_BITRATE) for sound in plan.sounds}


def rendition_names(out_dir: Path) -> list[str]:
    """Folder names of the variants in the master playlist of `out_dir`, the smallest first; ValueError when none."""
    lines = (out_dir / MASTER).read_text(encoding="utf-8").splitlines()
    variants = [line.partition("/") for line in lines if line and not line.startswith("#")]
    if not variants or any(index != INDEX for _, _, index in variants):
        raise ValueError("the master playlist names no rendition")
    return [name for name, _, _ in variants]


def smallest_rendition(out_dir: Path) -> str:
    """The folder name of the smallest variant. Raises ValueError when there is none."""
    return rendition_names(out_dir)[0]


def largest_rendition(out_dir: Path) -> str:
    """The folder name of the largest variant. Raises ValueError when there is none."""
    return rendition_names(out_dir)[-1]


def folders(plan: LadderPlan) -> list[str]:
    """Names of the folders with a media playlist, in the order of the plan, sound last."""
    return [*(rendition.name for rendition in plan.renditions), *(sound.name for sound in plan.sounds)]


def _sound_line(sound: Sound, *, is_default: bool) -> str:
    language = f'LANGUAGE="{sound.language}",' if sound.language else ""
    default = "YES" if is_default else "NO"
    return (
        f'#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="{AUDIO}",NAME="{sound.label}",{language}DEFAULT={default},AUTOSELECT=YES,'
        f'CHANNELS="2",URI="{sound.name}/{INDEX}"'
    )


def _largest(bandwidths: Iterable[Bandwidth]) -> Bandwidth:
    known = list(bandwidths)
    return Bandwidth(max(one.peak for one in known), max(one.average for one in known))


def _picture_codec(out_dir: Path, rendition: Rendition) -> str:
    init = read_init(out_dir / rendition.name / INIT)
    if (init.width, init.height) != (rendition.width, rendition.height):
        raise ValueError(f"{rendition.name} is {init.width}x{init.height}")
    return init.codec


def _decimal(rate: Fraction) -> str:
    return f"{float(rate):.3f}"

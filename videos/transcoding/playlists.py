"""Media playlists: read those that ffmpeg wrote, write the final ones, measure bit rates."""

import math
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from .ladder import LadderPlan

MASTER = "master.m3u8"
INDEX = "index.m3u8"
IFRAMES = "iframes.m3u8"
INIT = "init.mp4"
SEGMENT_PATTERN = "seg_%05d.m4s"


@dataclass(frozen=True)
class Segment:
    """A media segment: `uri` relative to its playlist, `duration` in seconds, `offset` and `length` in bytes.

    `length` is 0 for a whole file.
    """

    uri: str
    duration: float
    offset: int = 0
    length: int = 0


@dataclass(frozen=True)
class MediaPlaylist:
    """A parsed media playlist."""

    init_uri: str
    segments: tuple[Segment, ...]
    ended: bool

    @property
    def duration(self) -> float:
        """The sum of the segments' durations in seconds."""
        return sum(segment.duration for segment in self.segments)


@dataclass(frozen=True)
class Bandwidth:
    """Bits per second: peak and average."""

    peak: int
    average: int

    def __add__(self, other: "Bandwidth") -> "Bandwidth":
        return Bandwidth(self.peak + other.peak, self.average + other.average)


def read_playlist(path: Path) -> MediaPlaylist:
    """Return the media playlist at `path`, as ffmpeg writes them. Raises ValueError."""
    lines = path.read_text(encoding="utf-8").splitlines()
    if not lines or lines[0] != "#EXTM3U":
        raise ValueError("not a playlist")
    init_uri, duration, offset, length = "", 0.0, 0, 0
    segments = []
    for line in lines[1:]:
        if line.startswith("#EXT-X-MAP:"):
            init_uri = line.partition('URI="')[2].partition('"')[0]
        elif line.startswith("#EXTINF:"):
            duration = float(line.removeprefix("#EXTINF:").partition(",")[0])
        elif line.startswith("#EXT-X-BYTERANGE:"):
            length, offset = map(int, line.removeprefix("#EXT-X-BYTERANGE:").split("@"))
        elif line and not line.startswith("#"):
            segments.append(Segment(line, duration, offset, length))
    return MediaPlaylist(init_uri, tuple(segments), ended="#EXT-X-ENDLIST" in lines)


def build_media_playlist(init_uri: str, segments: list[Segment]) -> str:
    """Return the text of a complete media playlist, or of an I-frame playlist when the segments are byte ranges."""
    kind = "#EXT-X-I-FRAMES-ONLY" if segments[0].length else "#EXT-X-INDEPENDENT-SEGMENTS"
    lines = [
        "#EXTM3U",
        "#EXT-X-VERSION:7",
        f"#EXT-X-TARGETDURATION:{target_duration(segments)}",
        "#EXT-X-MEDIA-SEQUENCE:0",
        "#EXT-X-PLAYLIST-TYPE:VOD",
        kind,
        f'#EXT-X-MAP:URI="{init_uri}"',
    ]
    for segment in segments:
        lines.append(f"#EXTINF:{segment.duration:.6f},")
        if segment.length:
            lines.append(f"#EXT-X-BYTERANGE:{segment.length}@{segment.offset}")
        lines.append(segment.uri)
    return "\n".join([*lines, "#EXT-X-ENDLIST"]) + "\n"


def target_duration(segments: list[Segment]) -> int:
    """Return the target duration in seconds: the longest segment's, rounded as RFC 8216 requires."""
    return max(1, math.floor(max(segment.duration for segment in segments) + 0.5))


def measure_bandwidth(folder: Path, name: str = INDEX) -> Bandwidth:
    """Return the bit rates of the finished rendition in `folder`, from the files that its playlist `name` lists.

    The peak is RFC 8216's: the highest rate of any run of segments that lasts 0.5 to 1.5 times the target
    duration.
    """
    playlist = read_playlist(folder / name)
    bits = [8 * (segment.length or (folder / segment.uri).stat().st_size) for segment in playlist.segments]
    target = target_duration(list(playlist.segments))
    average = sum(bits) / playlist.duration
    peak = max(_run_rates([segment.duration for segment in playlist.segments], bits, target), default=average)
    return Bandwidth(peak=math.ceil(max(peak, average)), average=math.ceil(average))


def _run_rates(durations: list[float], bits: list[int], target: int) -> Iterator[float]:
    for first in range(len(durations)):
        seconds, total = 0.0, 0
        for duration, size in zip(durations[first:], bits[first:], strict=True):
            seconds, total = seconds + duration, total + size
            if seconds > 1.5 * target:
                break
            if seconds >= 0.5 * target:
                yield total / seconds


def replace_file(path: Path, content: bytes) -> None:
    """Write `path` atomically: readers see the old or the new content, even after a crash."""
    draft = path.with_name(f".{path.name}.tmp")
    with draft.open("wb") as out:
        out.write(content)
        out.flush()
        os.fsync(out.fileno())
    draft.replace(path)


def rendition_names(out_dir: Path) -> list[str]:
    """Return the variants' folder names in `out_dir`'s master playlist, the smallest first. Raises ValueError."""
    lines = (out_dir / MASTER).read_text(encoding="utf-8").splitlines()
    variants = [line.partition("/") for line in lines if line and not line.startswith("#")]
    if not variants or any(index != INDEX for _, _, index in variants):
        raise ValueError("the master playlist names no rendition")
    return [name for name, _, _ in variants]


def smallest_rendition(out_dir: Path) -> str:
    """Return the folder name of the smallest variant. Raises ValueError when there is none."""
    return rendition_names(out_dir)[0]


def largest_rendition(out_dir: Path) -> str:
    """Return the folder name of the largest variant. Raises ValueError when there is none."""
    return rendition_names(out_dir)[-1]


def rendition_folders(plan: LadderPlan) -> list[str]:
    """Return the names of the folders with a media playlist in the plan's order, audio last."""
    return [*(rendition.name for rendition in plan.renditions), *(sound.name for sound in plan.sounds)]

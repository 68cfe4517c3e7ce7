"""Measure a finished ladder as a viewer meets it: sizes, rates, lengths, colors, sync, tracks.

Everything is read back from the playlists and segments on disk, never from what the encoder was told.
"""

from __future__ import annotations

import re
from array import array
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from tempfile import TemporaryDirectory

import av
from PIL import Image, ImageStat

from videos.transcoding.playlists import INDEX, MASTER, MediaPlaylist, read_playlist

SAMPLE_RATE = 8_000
# A clap fills the picture with white; the color bars alone are far below.
FLASH_LEVEL = 200
BEEP_LEVEL = 1_600
QUIET_SECONDS = 0.5
ATTRIBUTE = re.compile(r'([A-Z0-9-]+)=("[^"]*"|[^,]*)')


@dataclass
class Rendition:
    """One variant of the multivariant playlist: folder name, pixels, frames per second as stated."""

    name: str
    width: int
    height: int
    frame_rate: float


@dataclass
class Measured:
    """A ladder, measured. Times in seconds; `bars` are mean RGB values of seven columns of the picture at `moment`."""

    renditions: list[Rendition]
    sounds: list[dict[str, str]]
    video_seconds: float
    sound_seconds: float | None
    shortest_segment: float
    counted_rate: float
    flashes: list[float] = field(default_factory=list)
    beeps: list[float] = field(default_factory=list)
    bars: list[tuple[float, ...]] = field(default_factory=list)
    brightest: float = 0.0
    edges: tuple[float, float] = (0.0, 0.0)

    @property
    def top(self) -> Rendition:
        """The largest rendition."""
        return max(self.renditions, key=lambda one: one.width * one.height)


def measure(folder: Path, *, moment: float = 3.5) -> Measured:
    """Return the measures of the finished ladder in `folder`; the picture is looked at `moment` seconds in."""
    lines = (folder / MASTER).read_text(encoding="utf-8").splitlines()
    renditions = []
    for line, uri in zip(lines, [*lines[1:], ""], strict=True):
        if line.startswith("#EXT-X-STREAM-INF:"):
            said = attributes(line)
            width, height = map(int, said["RESOLUTION"].split("x"))
            renditions.append(Rendition(uri.partition("/")[0], width, height, float(said["FRAME-RATE"])))
    sounds = [attributes(line) for line in lines if line.startswith("#EXT-X-MEDIA:TYPE=AUDIO")]
    top = max(renditions, key=lambda one: one.width * one.height)
    small = min(renditions, key=lambda one: one.width * one.height)
    playlist = read_playlist(folder / top.name / INDEX)
    sound = read_playlist(folder / "audio" / INDEX) if sounds else None
    found = Measured(
        renditions=renditions,
        sounds=sounds,
        video_seconds=playlist.duration,
        sound_seconds=sound.duration if sound else None,
        shortest_segment=min(_shortest(one) for one in (playlist, sound) if one),
        counted_rate=_counted_rate(folder / top.name, playlist),
    )
    found.flashes, found.brightest = _flashes(folder / small.name)
    if sound:
        found.beeps = _beeps(folder / "audio")
    found.bars, found.edges = _bars(folder / top.name, min(moment, playlist.duration / 2))
    return found


def attributes(line: str) -> dict[str, str]:
    """Return the attribute list of a playlist tag, unquoted."""
    return {key: value.strip('"') for key, value in ATTRIBUTE.findall(line.partition(":")[2])}


def _shortest(playlist: MediaPlaylist) -> float:
    """Return the shortest segment of a playlist; a playlist of one segment has none that is too short."""
    return (
        min(segment.duration for segment in playlist.segments) if len(playlist.segments) > 1 else float("inf")
    )


class _Joined:
    """The init segment and all media segments of one rendition as one file for the time of a ``with`` block."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._scratch = TemporaryDirectory()

    def __enter__(self) -> av.container.InputContainer:
        playlist = read_playlist(self._folder / INDEX)
        whole = Path(self._scratch.name) / "whole.mp4"
        with whole.open("wb") as out:
            for name in dict.fromkeys((playlist.init_uri, *(one.uri for one in playlist.segments))):
                out.write((self._folder / name).read_bytes())
        self._container = av.open(str(whole))
        return self._container

    def __exit__(self, *caught: object) -> None:
        self._container.close()
        self._scratch.cleanup()


def _counted_rate(folder: Path, playlist: MediaPlaylist) -> float:
    with _Joined(folder) as container:
        packets = sum(1 for packet in container.demux(video=0) if packet.size)
    return packets / playlist.duration


def _mean(picture: Image.Image) -> float:
    """Return the mean of all channels, 0 to 255."""
    means = ImageStat.Stat(picture).mean
    return sum(means) / len(means)


def _flashes(folder: Path) -> tuple[list[float], float]:
    """Return when the whole picture turns white, and the brightest mean of RGB (0 to 255) that its middle has.

    The middle is looked at for pictures with bars at their sides.
    """
    moments, brightest, was_white = [], 0.0, False
    with _Joined(folder) as container:
        for frame in container.decode(video=0):
            picture = frame.reformat(width=64, height=64, format="rgb24").to_image()
            whole, middle = _mean(picture), _mean(picture.crop((28, 28, 36, 36)))
            brightest = max(brightest, middle)
            is_white = middle > FLASH_LEVEL and whole > FLASH_LEVEL / 4
            if is_white and not was_white:
                moments.append(float(frame.time or 0.0))
            was_white = is_white
    return moments, brightest


def _beeps(folder: Path) -> list[float]:
    """Return when a tone begins after half a second of quiet."""
    samples, start = array("h"), None
    resampler = av.AudioResampler(format="s16", layout="mono", rate=SAMPLE_RATE)
    with _Joined(folder) as container:
        for frame in container.decode(audio=0):
            start = float(frame.time or 0.0) if start is None else start
            for piece in resampler.resample(frame):
                samples.frombytes(bytes(piece.planes[0])[: piece.samples * 2])
    step = SAMPLE_RATE // 1000
    moments, last_loud = [], -10.0
    for number in range(len(samples) // step):
        if max(samples[number * step : (number + 1) * step]) <= BEEP_LEVEL:
            continue
        moment = number / 1000
        if moment - last_loud > QUIET_SECONDS:
            moments.append(moment + (start or 0.0))
        last_loud = moment
    return moments


def _bars(folder: Path, moment: float) -> tuple[list[tuple[float, ...]], tuple[float, float]]:
    """Return the mean colors of seven columns in the picture's upper third, and the brightness of its side edges."""
    with _Joined(folder) as container:
        chosen = None
        for frame in container.decode(video=0):
            chosen = frame
            if float(frame.time or 0.0) >= moment:
                break
        if chosen is None:
            raise ValueError(f"{folder.name} holds no picture")
        picture = chosen.to_image()
    width, height = picture.size
    margin, edge = max(1, width // 28), max(1, width // 50)
    columns = [
        picture.crop(
            (
                width * n // 7 + margin,
                0,
                max(width * n // 7 + margin + 1, width * (n + 1) // 7 - margin),
                max(1, height // 3),
            )
        )
        for n in range(7)
    ]
    sides = picture.crop((0, 0, edge, height)), picture.crop((width - edge, 0, width, height))
    return [tuple(ImageStat.Stat(column).mean) for column in columns], (_mean(sides[0]), _mean(sides[1]))


def rate_of(text: str | float) -> float:
    """Return a rate such as ``30000/1001`` as frames per second."""
    return float(Fraction(text))

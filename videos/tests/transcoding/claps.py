"""Clips that flash white and beep at known moments, and when an encoded ladder does."""

from array import array
from fractions import Fraction
from pathlib import Path

import av

from tests.support.clips import run_generator
from videos.transcoding.playlists import read_playlist

SAMPLE_RATE = 48_000
X264 = ["-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p", "-g", "15", "-c:a", "aac"]


def clap_clip(path: Path, seconds: float, options=(), *, fps: str = "30", size: str = "160x90") -> Path:
    """Write a gray picture that flashes for 0.1 s at the middle of every second, each time with a beep."""
    now = "between(mod(t,1),0.4999,0.5999)"
    picture = f"color=gray:s={size}:r={fps}:d={seconds},drawbox=c=white:t=fill:enable='{now}'"
    sound = f"aevalsrc='0.5*sin(2*PI*1000*t)*{now}':s={SAMPLE_RATE}:d={seconds}"
    args = ["-f", "lavfi", "-i", picture, "-f", "lavfi", "-i", sound, *X264, *options, str(path)]
    return run_generator(args, path)


def flashes(folder: Path, rate: Fraction) -> list[float]:
    """Return the seconds at which the frames of a rendition turn white."""
    moments, was_white = [], False
    with av.open(str(_joined(folder))) as container:
        for number, frame in enumerate(container.decode(video=0)):
            plane = frame.planes[0]
            row = bytes(plane)[plane.line_size * (frame.height // 2) :][: frame.width]
            is_white = sum(row) / len(row) > 200
            if is_white and not was_white:
                moments.append(float(number / rate))
            was_white = is_white
    return moments


def beeps(folder: Path) -> list[float]:
    """Return the seconds at which an audio rendition becomes loud after a pause."""
    moments, last, position = [], -1.0, 0
    with av.open(str(_joined(folder))) as container:
        for frame in container.decode(audio=0):
            for value in array("f", bytes(frame.planes[0]))[: frame.samples]:
                if abs(value) > 0.1:
                    if position / SAMPLE_RATE - last > 0.3:
                        moments.append(position / SAMPLE_RATE)
                    last = position / SAMPLE_RATE
                position += 1
    return moments


def picture_count(folder: Path) -> int:
    """Return the number of frames of a rendition."""
    with av.open(str(_joined(folder))) as container:
        return sum(1 for _ in container.decode(video=0))


def _joined(folder: Path) -> Path:
    """Return a rendition as one file."""
    playlist = read_playlist(folder / "index.m3u8")
    target = folder / "joined.mp4"
    names = [playlist.init_uri, *(segment.uri for segment in playlist.segments)]
    target.write_bytes(b"".join((folder / name).read_bytes() for name in names))
    return target

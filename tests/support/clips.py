"""Small video files for tests and the demo, good ones and broken ones, made by ffmpeg's own generators."""

import random
import subprocess
from collections.abc import Sequence
from pathlib import Path

from videos.transcoding.ffmpeg import ffmpeg_binary

# What a mistaken or hostile upload may be named .mp4.
HLS_TEXT = "#EXTM3U\n#EXT-X-VERSION:3\n#EXT-X-TARGETDURATION:4\n#EXTINF:4.0,\n{target}\n#EXT-X-ENDLIST\n"
CONCAT_TEXT = "ffconcat version 1.0\nfile '{target}'\n"


def make_clip(
    path: Path,
    seconds: float = 2,
    size: tuple[int, int] = (320, 180),
    fps: str | float = 25,
    *,
    audio: bool = True,
    video: bool = True,
    options: Sequence[str] = (),
    filters: str = "",
) -> Path:
    """Write a test picture with a 440 Hz tone; the container and codecs follow the suffix of `path`.

    `filters` is applied to the picture, `options` go before the output (codecs, flags, metadata).
    """
    width, height = size
    args: list[str] = []
    if video:
        source = f"testsrc2=size={width}x{height}:rate={fps}:duration={seconds}"
        args += ["-f", "lavfi", "-i", f"{source},{filters}" if filters else source]
    if audio:
        args += ["-f", "lavfi", "-i", f"sine=frequency=440:sample_rate=44100:duration={seconds}"]
    return run_generator([*args, *_codecs(path, video=video), *options, str(path)], path)


def run_generator(args: Sequence[str], path: Path) -> Path:
    """Run ffmpeg on trusted arguments that write `path`; for files that `make_clip` cannot make."""
    command = [str(ffmpeg_binary()), "-nostdin", "-hide_banner", "-v", "error", "-y", *args]
    subprocess.run(command, check=True, timeout=60, stdin=subprocess.DEVNULL)
    return path


def truncated(path: Path, clip: Path, keep: float = 0.5) -> Path:
    """Write the first part of `clip`, as after an upload that was cut off."""
    content = clip.read_bytes()
    path.write_bytes(content[: int(len(content) * keep)])
    return path


def audio_only(path: Path, seconds: float = 1) -> Path:
    return make_clip(path, seconds, video=False)


def mutated(content: bytes, dice: random.Random) -> bytes:
    """One of the ways in which a file is damaged, or made to lie: the same for the same state of ``dice``."""
    kinds = (_flip, _cut, _double, _blank, _splice, _resize_box)
    damaged = bytearray(content)
    for _ in range(dice.choice([1, 1, 2, 5])):
        dice.choice(kinds)(damaged, dice)
    return bytes(damaged)


def _flip(content: bytearray, dice: random.Random) -> None:
    for _ in range(dice.choice([1, 10, 200])):
        content[dice.randrange(len(content))] ^= 1 << dice.randrange(8)


def _cut(content: bytearray, dice: random.Random) -> None:
    del content[dice.randrange(1, len(content)) :]


def _double(content: bytearray, dice: random.Random) -> None:
    start = dice.randrange(len(content))
    content[start:start] = content[start : start + dice.randrange(1, 4096)]


def _blank(content: bytearray, dice: random.Random) -> None:
    start = dice.randrange(len(content))
    end = min(len(content), start + dice.randrange(1, 2048))
    content[start:end] = bytes(end - start)


def _splice(content: bytearray, dice: random.Random) -> None:
    start, other = dice.randrange(len(content)), dice.randrange(len(content))
    content[start : start + 512] = content[other : other + 512]


def _resize_box(content: bytearray, dice: random.Random) -> None:
    """Let a length near a four-letter name be another one: huge, zero, negative."""
    names = (b"moov", b"trak", b"stsz", b"stco", b"stts", b"mdat", b"ftyp", b"avcC", b"esds")
    found = [at for name in names if (at := content.find(name)) >= 4]
    if found:
        at = dice.choice(found) - 4
        content[at : at + 4] = dice.choice(
            [b"\xff\xff\xff\xff", bytes(4), b"\x00\x00\x00\x01", b"\x7f\xff\xff\xff"]
        )


def hls_text(path: Path, target: str) -> Path:
    """Write a playlist that names `target`, under whatever name `path` has."""
    path.write_text(HLS_TEXT.format(target=target), encoding="utf-8")
    return path


def concat_text(path: Path, target: str) -> Path:
    path.write_text(CONCAT_TEXT.format(target=target), encoding="utf-8")
    return path


def _codecs(path: Path, *, video: bool) -> list[str]:
    if path.suffix == ".webm":
        return ["-c:v", "libvpx", "-deadline", "realtime", "-c:a", "libopus"]
    if path.suffix in (".avi", ".mpg"):
        return ["-c:v", "mpeg4" if path.suffix == ".avi" else "mpeg2video", "-c:a", "mp2"]
    if path.suffix in (".ogg", ".ogv"):
        return ["-c:a", "libvorbis"] if not video else ["-c:v", "libtheora", "-c:a", "libvorbis"]
    return ["-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p", "-c:a", "aac"]

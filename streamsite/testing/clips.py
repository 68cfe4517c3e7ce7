"""Small video files for tests and the demo, good ones and broken ones, made by ffmpeg's own generators."""

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
    """Writes a test picture with a 440 Hz tone; the container and codecs follow the suffix of `path`.

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
    """Runs ffmpeg on trusted arguments that write `path`; for files `make_clip` has no words for."""
    command = [str(ffmpeg_binary()), "-nostdin", "-hide_banner", "-v", "error", "-y", *args]
    subprocess.run(command, check=True, timeout=60, stdin=subprocess.DEVNULL)
    return path


def truncated(path: Path, clip: Path, keep: float = 0.5) -> Path:
    """The first part of `clip`, as after an upload that was cut off."""
    content = clip.read_bytes()
    path.write_bytes(content[: int(len(content) * keep)])
    return path


def audio_only(path: Path, seconds: float = 1) -> Path:
    return make_clip(path, seconds, video=False)


def hls_text(path: Path, target: str) -> Path:
    """A playlist that names `target`, under whatever name `path` has."""
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

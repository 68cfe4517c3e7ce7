"""Put the pictures and the sound of a stream into one file, without encoding and in the sandbox of all decoders."""

from __future__ import annotations

from pathlib import Path

from videos.imports.failures import UNSUPPORTED_STREAM, ImportFailed
from videos.transcoding import ffmpeg
from videos.transcoding.errors import TranscodeError
from videos.transcoding.sniff import sniff

SECONDS = 1_800


def put_together(pictures: Path, sound: Path, target: Path) -> Path:
    """Write ``target``, a Matroska file, and return it. Raises ``ImportFailed`` for streams that cannot be read."""
    size = pictures.stat().st_size + sound.stat().st_size
    limits = ffmpeg.ProcessLimits(
        wall_seconds=SECONDS, cpu_seconds=SECONDS, file_size=2 * size + 16 * ffmpeg.MIB
    )
    try:
        inputs = [part for path in (pictures, sound) for part in ffmpeg.input_args(path, sniff(path).demuxer)]
        ffmpeg.run(
            [
                *("-v", "error", *inputs, "-map", "0:v", "-map", "1:a", "-c", "copy"),
                *("-f", "matroska", f"file:{target}"),
            ],
            limits=limits,
            files=ffmpeg.SandboxFiles(read=(pictures, sound), write=(target.parent,)),
        )
    except TranscodeError as error:
        raise ImportFailed(UNSUPPORTED_STREAM) from error
    return target

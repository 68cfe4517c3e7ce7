"""One MP4 file of a finished ladder, for people who want to keep the video: copied, not encoded."""

from pathlib import Path

from . import ffmpeg
from .errors import EncodeFailed
from .playlists import AUDIO, INDEX, MASTER

NOTHING_DETAIL = "No file for download could be made from this video."


def make_download(folder: Path, target: Path, *, most_short_side: int = 2160) -> Path:
    """Writes `target` from the largest rendition in `folder` of at most `most_short_side` lines, with its sound.

    The playlists are our own and verified, which is why the HLS demuxer may be used, as for the storyboard.
    Raises EncodeFailed.
    """
    folder = folder.absolute()
    rendition = _largest(folder, most_short_side)
    inputs = [folder / rendition / INDEX]
    if (folder / AUDIO / INDEX).is_file():
        inputs.append(folder / AUDIO / INDEX)
    args = ["-v", "error"]
    for playlist in inputs:
        args += [
            "-protocol_whitelist",
            "file",
            "-format_whitelist",
            "hls,mov",
            "-f",
            "hls",
            "-i",
            f"file:{playlist}",
        ]
    for number in range(len(inputs)):
        args += ["-map", str(number)]
    args += ["-c", "copy", "-map_metadata", "-1", "-movflags", "+faststart", "-f", "mp4", str(target)]
    size = sum(path.stat().st_size for playlist in inputs for path in playlist.parent.iterdir())
    minutes = 2 + size / (50 * 1024 * ffmpeg.MIB) * 60
    limits = ffmpeg.ProcessLimits(
        wall_seconds=60 * minutes, cpu_seconds=round(60 * minutes), file_size=2 * size + ffmpeg.MIB
    )
    ffmpeg.run(args, limits=limits)
    return target


def _largest(folder: Path, most_short_side: int) -> str:
    """The folder of the best variant that is not above the limit; the smallest when all are."""
    lines = (folder / MASTER).read_text(encoding="utf-8").splitlines()
    names = [line.partition("/")[0] for line in lines if line and not line.startswith("#")]
    sides = {int(name.removesuffix("p")): name for name in names if name.removesuffix("p").isdigit()}
    if not sides:
        raise EncodeFailed(NOTHING_DETAIL, log="the master playlist names no rendition")
    fitting = [side for side in sides if side <= most_short_side] or [min(sides)]
    return sides[max(fitting)]

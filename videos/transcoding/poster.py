"""The poster: a telling frame of the source, large for the player and small for cards."""

from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from PIL import Image, ImageFilter, ImageStat

from . import ffmpeg
from .errors import EncodeFailed, TranscodeError
from .filters import still_chain
from .probe import SourceInfo

LARGE_SIDE = 1280
SMALL_SIDE = 640
QUALITY = 82
# Shares of the duration. Openings are often black or a title; endings are credits.
CANDIDATES = (0.1, 0.2, 0.35, 0.5, 0.7)
LIMITS = ffmpeg.ProcessLimits(wall_seconds=60, cpu_seconds=60, file_size=256 * ffmpeg.MIB)
NO_FRAME_DETAIL = "No picture could be taken from this video."

# Means (0 to 255) outside of which a frame is nearly black or white, whatever its contrast.
_DARK, _BRIGHT = 24, 235


@dataclass(frozen=True)
class Poster:
    """The size of the large picture in pixels and the moment it shows, in seconds."""

    width: int
    height: int
    moment: float


def make_posters(
    source: Path, info: SourceInfo, *, large: Path, small: Path, moment: float | None = None
) -> Poster:
    """Writes the poster to `large` and the same frame for cards to `small`; the suffix says WebP or JPEG.

    Takes the frame at `moment` seconds, or the most telling one of several. Raises EncodeFailed when none can
    be taken.
    """
    size = _fit(info.width, info.height, LARGE_SIDE)
    moments = [moment] if moment is not None else [share * info.video_end for share in CANDIDATES]
    with TemporaryDirectory(dir=large.parent.absolute()) as folder:
        frames = _take_frames(source, info, moments, size, Path(folder))
        # Nothing can be taken after the last frame, nor in the damaged part of a file; the start is left.
        frames = frames or _take_frames(source, info, [0.0], size, Path(folder))
    if not frames:
        raise EncodeFailed(NO_FRAME_DETAIL)
    best_moment, best = max(frames, key=lambda frame: score(frame[1]))
    _save(best, large)
    _save(best.resize(_fit(*best.size, SMALL_SIDE), Image.Resampling.LANCZOS), small)
    return Poster(best.width, best.height, best_moment)


def score(image: Image.Image) -> float:
    """How telling a frame is: spread of brightness plus edges, next to nothing when almost black or white."""
    gray = image.convert("L").resize((160, 90))
    statistics = ImageStat.Stat(gray)
    edges = ImageStat.Stat(gray.filter(ImageFilter.FIND_EDGES))
    value = statistics.stddev[0] + edges.mean[0]
    return value if _DARK < statistics.mean[0] < _BRIGHT else value / 100


def _take_frames(
    source: Path, info: SourceInfo, moments: list[float], size: tuple[int, int], folder: Path
) -> list[tuple[float, Image.Image]]:
    frames = []
    for moment in moments:
        path = folder / "frame.png"
        path.unlink(missing_ok=True)
        args = ["-v", "error", *ffmpeg.input_args(source, info.demuxer, options=["-ss", f"{moment:.3f}"])]
        args += ["-map", f"0:{info.video_index}", "-vf", still_chain(info, *size), "-frames:v", "1"]
        args += ["-map_metadata", "-1", "-c:v", "png", "-f", "image2", "-update", "1", str(path)]
        try:
            ffmpeg.run(args, limits=LIMITS)
        except TranscodeError:
            # Damage at one moment says nothing about the others.
            continue
        if path.exists():
            with Image.open(path, formats=("PNG",)) as image:
                frames.append((moment, image.convert("RGB")))
    return frames


def _save(image: Image.Image, path: Path) -> None:
    image.save(path, quality=QUALITY)


def _fit(width: int, height: int, longest: int) -> tuple[int, int]:
    """The size within a square of `longest` pixels, never enlarged, both sides even."""
    factor = min(1.0, longest / max(width, height))
    return max(2, int(width * factor) // 2 * 2), max(2, int(height * factor) // 2 * 2)

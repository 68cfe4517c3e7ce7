"""The poster: a telling frame of the source, as WebP and JPEG for the player and as WebP for cards."""

from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from PIL import Image, ImageFilter, ImageStat

from . import ffmpeg
from .errors import EncodeFailed, TranscodeError
from .filters import still_chain
from .probe import SourceInfo

POSTER_WIDTH = 1280
CARD_WIDTH = 640
QUALITY = 82
# Shares of the duration. Openings are often black or a title; endings are credits.
CANDIDATES = (0.1, 0.2, 0.35, 0.5, 0.7)
LIMITS = ffmpeg.ProcessLimits(wall_seconds=60, cpu_seconds=60, file_size=256 * ffmpeg.MIB)
NO_FRAME_DETAIL = "No picture could be taken from this video."

# Means (0 to 255) outside of which a frame is nearly black or white, whatever its contrast.
_DARK, _BRIGHT = 24, 235


@dataclass(frozen=True)
class Poster:
    """Paths of the written files, the size of the large one in pixels and the moment it shows in seconds."""

    webp: Path
    jpeg: Path
    card: Path
    width: int
    height: int
    moment: float


def make_poster(source: Path, info: SourceInfo, out_dir: Path, *, moment: float | None = None) -> Poster:
    """Writes poster.webp, poster.jpg and card.webp into `out_dir`.

    Takes the frame at `moment` seconds, or the most telling one of five. Raises EncodeFailed when no frame
    can be taken.
    """
    width, height = _fit(info.width, info.height, POSTER_WIDTH)
    moments = [moment] if moment is not None else [share * info.video_end for share in CANDIDATES]
    with TemporaryDirectory(dir=out_dir) as folder:
        frames = _take_frames(source, info, moments, (width, height), Path(folder))
        # A moment after the last key frame, or a very short video, may give nothing; the start always does.
        frames = frames or _take_frames(source, info, [0.0], (width, height), Path(folder))
        if not frames:
            raise EncodeFailed(NO_FRAME_DETAIL)
        best_moment, best = max(frames, key=lambda frame: score(frame[1]))
    return _write(best, out_dir, best_moment)


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


def _write(image: Image.Image, out_dir: Path, moment: float) -> Poster:
    poster = Poster(
        webp=out_dir / "poster.webp",
        jpeg=out_dir / "poster.jpg",
        card=out_dir / "card.webp",
        width=image.width,
        height=image.height,
        moment=moment,
    )
    image.save(poster.webp, "WEBP", quality=QUALITY)
    image.save(poster.jpeg, "JPEG", quality=QUALITY, optimize=True, progressive=True)
    card = image.resize(_fit(image.width, image.height, CARD_WIDTH), Image.Resampling.LANCZOS)
    card.save(poster.card, "WEBP", quality=QUALITY)
    return poster


def _fit(width: int, height: int, longest: int) -> tuple[int, int]:
    """The size within a square of `longest` pixels, never enlarged, both sides even."""
    factor = min(1.0, longest / max(width, height))
    return max(2, int(width * factor) // 2 * 2), max(2, int(height * factor) // 2 * 2)

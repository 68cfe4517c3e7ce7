"""Take thumbnails: representative frames of the video to choose from.

They come from the finished ladder, which has a key frame every two seconds, and are scored by the tiles of the
storyboard, which are already decoded: searching the source would take seconds.
"""

from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from django.utils.translation.trans_null import gettext_noop
from PIL import Image, ImageEnhance, ImageFilter, ImageOps, ImageStat

from videos.transcoding import ffmpeg
from videos.transcoding.errors import EncodeFailed
from videos.transcoding.image_sizes import LARGE, write_image_sizes
from videos.transcoding.playlists import INDEX, largest_rendition, read_playlist
from videos.transcoding.source_info import SourceInfo
from videos.transcoding.storyboard import COLUMNS, TILES_PER_SHEET, Storyboard

MAX_CHOICES = 3
LIMITS = ffmpeg.ProcessLimits(wall_seconds=60, cpu_seconds=60, file_size=256 * ffmpeg.MIB)
NO_FRAME_DETAIL = gettext_noop("The thumbnail couldn't be created.")
ONE_FRAME = ["-frames:v", "1"]
# Otherwise the time between two key frames would be filled with copies of the first.
NO_REPEATS = ["-fps_mode", "passthrough"]
KEY_FRAME_SLACK = 0.005
# The shape of covers among videos, the share of light that is left of what stands behind one, and how blurred that is.
COVER_SIZE = (1280, 720)
BACKDROP_LIGHT, BACKDROP_BLUR = 0.45, 40
# Openings are often black or a title, endings are credits: this share of either end is not looked at.
EDGE_SHARE = 0.08

# Means (0 to 255) outside of which a frame is nearly black or white, whatever its contrast.
_DARK, _BRIGHT = 24, 235


@dataclass(frozen=True)
class ThumbnailChoice:
    """A written thumbnail: the suffix of its file names and its time in seconds."""

    suffix: str
    moment: float


def make_thumbnail_choices(folder: Path, board: Storyboard) -> list[ThumbnailChoice]:
    """Write up to three thumbnails into `folder`, a finished ladder; the best has no suffix, the others "-2", "-3".

    They come from different parts of the video. Raises EncodeFailed when not even one can be taken.
    """
    choices: list[ThumbnailChoice] = []
    for moment in pick_moments(board):
        suffix = f"-{len(choices) + 1}" if choices else ""
        make_thumbnail(folder, moment, folder, suffix)
        choices.append(ThumbnailChoice(suffix, moment))
    return choices


def make_thumbnail(
    folder: Path, moment: float, out_dir: Path, suffix: str = "", *, exact: bool = False
) -> None:
    """Write the frame at `moment` seconds of the ladder in `folder`, in all sizes, into `out_dir`.

    Takes the key frame at or before the moment unless `exact`. While the ladder is still growing, its last frame
    is used for a later moment. Raises EncodeFailed.
    """
    with TemporaryDirectory(dir=out_dir.absolute(), prefix=".poster-") as scratch:
        write_image_sizes(_frame(folder.absolute(), moment, Path(scratch), exact=exact), out_dir, suffix)


def write_cover(source: Path, info: SourceInfo, out_dir: Path) -> None:
    """Write the cover art of an audio file into `out_dir`, in all sizes, as its thumbnail. Raises EncodeFailed."""
    with TemporaryDirectory(dir=out_dir.absolute(), prefix=".cover-") as scratch:
        picture = Path(scratch) / "cover.png"
        args = ["-v", "error", *ffmpeg.input_args(source, info.demuxer), "-map", f"0:{info.cover_index}"]
        args += [
            "-vf",
            _scale_filter(),
            *ONE_FRAME,
            "-c:v",
            "png",
            "-f",
            "image2",
            "-update",
            "1",
            str(picture),
        ]
        ffmpeg.run(args, limits=LIMITS, files=ffmpeg.SandboxFiles(read=(source,), write=(picture.parent,)))
        if not picture.exists():
            raise EncodeFailed(NO_FRAME_DETAIL)
        with Image.open(picture, formats=("PNG",)) as image:
            write_image_sizes(add_backdrop(image.convert("RGB")), out_dir)


def add_backdrop(cover: Image.Image) -> Image.Image:
    """Return the whole cover in a video's shape, in front of a dark, blurred enlargement of itself."""
    behind = ImageOps.fit(cover, COVER_SIZE).filter(ImageFilter.GaussianBlur(BACKDROP_BLUR))
    canvas = ImageEnhance.Brightness(behind).enhance(BACKDROP_LIGHT)
    front = ImageOps.contain(cover, COVER_SIZE)
    canvas.paste(front, ((canvas.width - front.width) // 2, (canvas.height - front.height) // 2))
    return canvas


def segment_files_at(folder: Path, moment: float) -> list[str]:
    """Return the names below `folder` of the files, except playlists, that hold `moment`. Raises EncodeFailed."""
    try:
        rendition = largest_rendition(folder)
        names, _ = _names_and_offset(folder / rendition, moment)
    except (OSError, ValueError) as error:
        raise EncodeFailed(NO_FRAME_DETAIL, log=str(error)) from error
    return [f"{rendition}/{name}" for name in names]


def pick_moments(board: Storyboard) -> list[float]:
    """Return up to three times in seconds from different parts of the video, the best first."""
    tiles = list(_tiles(board))
    edge = int(len(tiles) * EDGE_SHARE)
    inner = tiles[edge : len(tiles) - edge]
    parts = min(MAX_CHOICES, len(inner))
    best = []
    for part in range(parts):
        share = inner[part * len(inner) // parts : (part + 1) * len(inner) // parts]
        best.append(max(share, key=lambda tile: tile[1]))
    best.sort(key=lambda tile: tile[1], reverse=True)
    return [number * float(board.interval) for number, _ in best]


def score_frame(image: Image.Image) -> float:
    """Return a frame's score: spread of brightness plus edges, near zero when almost black or white."""
    gray = image.convert("L").resize((160, 90))
    statistics = ImageStat.Stat(gray)
    edges = ImageStat.Stat(gray.filter(ImageFilter.FIND_EDGES))
    value = statistics.stddev[0] + edges.mean[0]
    return value if _DARK < statistics.mean[0] < _BRIGHT else value / 100


def _tiles(board: Storyboard) -> list[tuple[int, float]]:
    """Yield the number and score of every tile."""
    scores = []
    for sheet_number, path in enumerate(board.sheets):
        first = sheet_number * TILES_PER_SHEET
        with Image.open(path, formats=("JPEG",)) as sheet:
            for place in range(min(TILES_PER_SHEET, board.tiles - first)):
                row, column = divmod(place, COLUMNS)
                left, top = column * board.tile_width, row * board.tile_height
                tile = sheet.crop((left, top, left + board.tile_width, top + board.tile_height))
                scores.append((first + place, score_frame(tile)))
    return scores


def _frame(folder: Path, moment: float, scratch: Path, *, exact: bool) -> Image.Image:
    """Return the frame at `moment`, reading one segment of the largest rendition only."""
    try:
        piece, offset = _piece(folder / largest_rendition(folder), moment, scratch)
    except (OSError, ValueError) as error:
        raise EncodeFailed(NO_FRAME_DETAIL, log=str(error)) from error
    # Key frames may stand anywhere in a track that was copied: the last one that is not after the moment is taken,
    # which may be a key frame's own and lie a rounding below it.
    key_frames = ["-skip_frame", "nokey"]
    tries = [
        (key_frames, f"select=lte(t\\,{offset + KEY_FRAME_SLACK:.3f}),", NO_REPEATS),
        (key_frames, "", ONE_FRAME),
    ]
    if exact:
        tries.insert(0, (["-ss", f"{offset:.3f}"], "", ONE_FRAME))
    picture = scratch / "frame.png"
    for options, select, end in tries:
        args = ["-v", "error", "-protocol_whitelist", "file", "-format_whitelist", "mov", *options]
        args += ["-f", "mov", "-i", f"file:{piece}", "-vf", f"{select}{_scale_filter()}", *end]
        args += ["-c:v", "png", "-compression_level", "1", "-f", "image2", "-update", "1", str(picture)]
        ffmpeg.run(args, limits=LIMITS, files=ffmpeg.SandboxFiles(write=(scratch,)))
        if picture.exists():
            with Image.open(picture, formats=("PNG",)) as image:
                return image.convert("RGB")
    raise EncodeFailed(NO_FRAME_DETAIL)


def _piece(rendition: Path, moment: float, scratch: Path) -> tuple[Path, float]:
    """Return a file that plays the segment with `moment`, and the moment's offset in it."""
    names, offset = _names_and_offset(rendition, moment)
    piece = scratch / "piece.mp4"
    piece.write_bytes(b"".join((rendition / name).read_bytes() for name in names))
    return piece, offset


def _names_and_offset(rendition: Path, moment: float) -> tuple[list[str], float]:
    playlist = read_playlist(rendition / INDEX)
    if not playlist.segments:
        raise ValueError("no segment yet")
    offset = max(moment, 0.0)
    for segment in playlist.segments:
        if offset < segment.duration:
            break
        offset -= segment.duration
    else:
        offset += segment.duration
    return [playlist.init_uri, segment.uri], offset


def _scale_filter() -> str:
    """Return a filter that scales to the largest size, which spares Pillow the pixels of a 4K frame."""
    side = LARGE.side
    most = f"w=min({side}\\,iw):h=min({side}\\,ih)"
    return f"scale={most}:force_original_aspect_ratio=decrease:force_divisible_by=2:flags=bicubic"

"""The storyboard: sheets of small frames, and a WebVTT track that maps times to frames."""

import math
from dataclasses import dataclass
from pathlib import Path

from django.utils.translation.trans_null import gettext_noop
from PIL import Image

from videos.transcoding.mp4_boxes import read_init

from . import ffmpeg
from .errors import EncodeFailed
from .ladder import GOP_SECONDS
from .playlists import INDEX, INIT, smallest_rendition

TILE_SIDE = 160
COLUMNS = ROWS = 10
TILES_PER_SHEET = COLUMNS * ROWS
# Beyond this many frames the interval grows instead: nobody seeks by the second in a long film.
MAX_TILES = 400
SHEET_PATTERN = "storyboard_%03d.jpg"
TRACK_NAME = "storyboard.vtt"
LIMITS = ffmpeg.ProcessLimits(wall_seconds=600, cpu_seconds=600, file_size=64 * ffmpeg.MIB)
NO_SHEET_DETAIL = gettext_noop("The seek previews couldn't be created.")


@dataclass(frozen=True)
class Storyboard:
    """The written files; `interval` is seconds per frame."""

    track: Path
    sheets: tuple[Path, ...]
    interval: int
    tiles: int
    tile_width: int
    tile_height: int


def make_storyboard(folder: Path, *, duration: float) -> Storyboard:
    """Write storyboard.vtt and its sheets into `folder`, an encoded ladder, from its smallest rendition.

    Only key frames are decoded, which takes about a second per hour of video. `duration` is in seconds. Raises
    EncodeFailed.
    """
    folder = folder.absolute()
    try:
        smallest = folder / smallest_rendition(folder)
        picture = read_init(smallest / INIT)
    except (OSError, ValueError) as error:
        raise EncodeFailed(NO_SHEET_DETAIL, log=str(error)) from error
    factor = TILE_SIDE / max(picture.width, picture.height)
    tile = _even(picture.width * factor), _even(picture.height * factor)
    interval = GOP_SECONDS * math.ceil(max(duration, 1) / (GOP_SECONDS * MAX_TILES))
    # A rest of a few frames is not worth a picture of its own.
    tiles = max(1, math.ceil(duration / interval - 0.1))
    sheet_count = math.ceil(tiles / TILES_PER_SHEET)
    _write_sheets(smallest / INDEX, folder, interval, tile, sheet_count)
    sheets = tuple(sorted(folder.glob("storyboard_*.jpg")))
    if len(sheets) != sheet_count:
        raise EncodeFailed(NO_SHEET_DETAIL, log=f"{len(sheets)} sheets instead of {sheet_count}")
    _crop_sheet(sheets[-1], tiles - (sheet_count - 1) * TILES_PER_SHEET, tile)
    board = Storyboard(folder / TRACK_NAME, sheets, interval, tiles, *tile)
    board.track.write_text(build_webvtt(board, duration), encoding="utf-8")
    return board


def build_webvtt(board: Storyboard, duration: float) -> str:
    """Return the WebVTT text: one cue per frame, its payload a relative URL with a #xywh fragment."""
    cues = ["WEBVTT"]
    for number in range(board.tiles):
        start = number * board.interval
        end = duration if number == board.tiles - 1 else start + board.interval
        sheet, place = divmod(number, TILES_PER_SHEET)
        row, column = divmod(place, COLUMNS)
        box = f"{column * board.tile_width},{row * board.tile_height},{board.tile_width},{board.tile_height}"
        cues.append(f"{_clock(start)} --> {_clock(end)}\n{board.sheets[sheet].name}#xywh={box}")
    return "\n\n".join(cues) + "\n"


def _write_sheets(playlist: Path, folder: Path, interval: int, tile: tuple[int, int], sheets: int) -> None:
    """Write the sheets. The HLS demuxer may be used because the playlist is ours and verified.

    The last frame is repeated once, for the part of an interval that remains after the last key frame.
    """
    pictures = (
        f"fps=1/{interval}:start_time=0:eof_action=pass,tpad=stop_mode=clone:stop=1,scale={tile[0]}:{tile[1]}"
    )
    args = ["-v", "error", "-protocol_whitelist", "file", "-format_whitelist", "hls,mov"]
    args += ["-skip_frame", "nokey", "-f", "hls", "-i", f"file:{playlist}"]
    args += [
        "-an",
        "-vf",
        f"{pictures},tile={COLUMNS}x{ROWS}",
        "-frames:v",
        str(sheets),
        "-start_number",
        "0",
    ]
    args += [
        "-c:v",
        "mjpeg",
        "-q:v",
        "5",
        "-pix_fmt",
        "yuvj420p",
        "-f",
        "image2",
        str(folder / SHEET_PATTERN),
    ]
    ffmpeg.run(args, limits=LIMITS, files=ffmpeg.SandboxFiles(write=(folder,)))


def _crop_sheet(path: Path, tiles: int, tile: tuple[int, int]) -> None:
    """Crop the unused part, so that a short video does not get a mostly empty sheet."""
    rows = math.ceil(tiles / COLUMNS)
    columns = min(tiles, COLUMNS)
    with Image.open(path, formats=("JPEG",)) as image:
        cropped = image.crop((0, 0, columns * tile[0], rows * tile[1]))
        cropped.save(path, "JPEG", quality=80, optimize=True)


def _clock(seconds: float) -> str:
    milliseconds = round(seconds * 1000)
    hours, milliseconds = divmod(milliseconds, 3_600_000)
    minutes, milliseconds = divmod(milliseconds, 60_000)
    whole, milliseconds = divmod(milliseconds, 1000)
    return f"{hours:02}:{minutes:02}:{whole:02}.{milliseconds:03}"


def _even(value: float) -> int:
    return max(2, round(value / 2) * 2)

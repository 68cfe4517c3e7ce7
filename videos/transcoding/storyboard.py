"""The storyboard: sheets of small frames and a WebVTT track that says which frame belongs to which seconds."""

import math
from dataclasses import dataclass
from pathlib import Path

from PIL import Image

from . import ffmpeg
from .errors import EncodeFailed
from .ladder import LadderPlan
from .playlists import INDEX

TILE_SIDE = 160
COLUMNS = ROWS = 10
TILES_PER_SHEET = COLUMNS * ROWS
# Beyond this many frames the interval grows instead: nobody seeks by the second in a long film.
MAX_TILES = 400
SHEET_PATTERN = "storyboard_%03d.jpg"
TRACK = "storyboard.vtt"
NO_SHEET_DETAIL = "No preview pictures could be made from this video."


@dataclass(frozen=True)
class Storyboard:
    """The written files; `interval` is seconds per frame."""

    track: Path
    sheets: tuple[Path, ...]
    interval: float
    tiles: int
    tile_width: int
    tile_height: int


def make_storyboard(encoded: Path, plan: LadderPlan, out_dir: Path) -> Storyboard:
    """Writes storyboard.vtt and its sheets into `out_dir`, from the smallest rendition in `encoded`.

    Only key frames are decoded, and they stand at exact multiples of the GOP, so the whole costs a fraction of a second
    per hour of video. Raises EncodeFailed.
    """
    smallest = plan.renditions[-1]
    factor = TILE_SIDE / max(smallest.width, smallest.height)
    tile_width, tile_height = _even(smallest.width * factor), _even(smallest.height * factor)
    key_frames = math.ceil(round(plan.duration / float(plan.gop_seconds), 3))
    step = max(1, math.ceil(key_frames / MAX_TILES))
    tiles = max(1, math.ceil(key_frames / step))
    _write_sheets(encoded / smallest.name / INDEX, out_dir, step, (tile_width, tile_height))
    sheets = tuple(sorted(out_dir.glob("storyboard_*.jpg")))
    if len(sheets) < math.ceil(tiles / TILES_PER_SHEET):
        raise EncodeFailed(NO_SHEET_DETAIL)
    _crop_last_sheet(sheets[-1], tiles - (len(sheets) - 1) * TILES_PER_SHEET, tile_width, tile_height)
    interval = float(plan.gop_seconds) * step
    board = Storyboard(out_dir / TRACK, sheets, interval, tiles, tile_width, tile_height)
    board.track.write_text(web_vtt(board, plan.duration), encoding="utf-8")
    return board


def web_vtt(board: Storyboard, duration: float) -> str:
    """The WebVTT text: one cue per frame, its payload a relative URL with a #xywh fragment."""
    cues = ["WEBVTT"]
    for number in range(board.tiles):
        start = number * board.interval
        end = duration if number == board.tiles - 1 else start + board.interval
        sheet, place = divmod(number, TILES_PER_SHEET)
        row, column = divmod(place, COLUMNS)
        box = f"{column * board.tile_width},{row * board.tile_height},{board.tile_width},{board.tile_height}"
        cues.append(f"{_clock(start)} --> {_clock(end)}\n{board.sheets[sheet].name}#xywh={box}")
    return "\n\n".join(cues) + "\n"


def _write_sheets(playlist: Path, out_dir: Path, step: int, tile: tuple[int, int]) -> None:
    """The playlist is our own and verified, which is why the HLS demuxer may be used here and nowhere else."""
    select = f"select='not(mod(n,{step}))',scale={tile[0]}:{tile[1]},tile={COLUMNS}x{ROWS}"
    args = ["-v", "error", "-protocol_whitelist", "file", "-format_whitelist", "hls,mov"]
    args += ["-skip_frame", "nokey", "-f", "hls", "-i", f"file:{playlist.absolute()}"]
    args += ["-an", "-vf", select, "-fps_mode", "passthrough", "-start_number", "0"]
    args += [
        "-c:v",
        "mjpeg",
        "-q:v",
        "5",
        "-pix_fmt",
        "yuvj420p",
        "-f",
        "image2",
        str(out_dir / SHEET_PATTERN),
    ]
    seconds = 300
    ffmpeg.run(args, limits=ffmpeg.ProcessLimits(wall_seconds=seconds, cpu_seconds=seconds))


def _crop_last_sheet(path: Path, tiles: int, tile_width: int, tile_height: int) -> None:
    """Cuts the black rest off: a short video would otherwise carry a sheet that is mostly empty."""
    rows = math.ceil(tiles / COLUMNS)
    columns = min(tiles, COLUMNS) if rows == 1 else COLUMNS
    with Image.open(path, formats=("JPEG",)) as image:
        cropped = image.crop((0, 0, columns * tile_width, rows * tile_height))
        cropped.save(path, "JPEG", quality=80, optimize=True)


def _clock(seconds: float) -> str:
    milliseconds = round(seconds * 1000)
    hours, milliseconds = divmod(milliseconds, 3_600_000)
    minutes, milliseconds = divmod(milliseconds, 60_000)
    whole, milliseconds = divmod(milliseconds, 1000)
    return f"{hours:02}:{minutes:02}:{whole:02}.{milliseconds:03}"


def _even(value: float) -> int:
    return max(2, round(value / 2) * 2)

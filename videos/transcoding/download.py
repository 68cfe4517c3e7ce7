"""Build the MP4 file for download from a finished ladder, by copying streams."""

import re
from pathlib import Path

from django.utils.translation.trans_null import gettext_noop

from . import ffmpeg
from .errors import EncodeFailed
from .ladder import AUDIO
from .playlists import INDEX, MASTER, rendition_names

_ATTRIBUTE = re.compile(r'([A-Z-]+)="([^"]*)"')

NO_DOWNLOAD_DETAIL = gettext_noop("The download file couldn't be created.")


def make_download(folder: Path, target: Path, *, most_lines: int = 2160) -> Path:
    """Write `target` from the largest rendition in `folder` of at most `most_lines` lines, with all audio tracks.

    The HLS demuxer may be used because the playlists are ours and verified, as for the storyboard. Raises
    EncodeFailed.
    """
    folder = folder.absolute()
    inputs = [folder / rendition / INDEX for rendition in download_sources(folder, most_lines=most_lines)]
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
    args += ["-c", "copy", "-map_metadata", "-1", *_track_names(folder, inputs[1:])]
    args += ["-movflags", "+faststart", "-f", "mp4", str(target)]
    size = sum(path.stat().st_size for playlist in inputs for path in playlist.parent.iterdir())
    minutes = 2 + size / (50 * 1024 * ffmpeg.MIB) * 60
    limits = ffmpeg.ProcessLimits(
        wall_seconds=60 * minutes, cpu_seconds=round(60 * minutes), file_size=2 * size + ffmpeg.MIB
    )
    ffmpeg.run(args, limits=limits, files=ffmpeg.SandboxFiles(read=(folder,), write=(target.parent,)))
    return target


def download_sources(folder: Path, *, most_lines: int = 2160) -> list[str]:
    """Return the renditions in `folder` that a file for download is made from. Raises EncodeFailed.

    The video comes first, then every audio track, the default one first.
    """
    sounds = [path.parent.name for path in folder.glob(f"{AUDIO}*/{INDEX}")]
    return [_largest(folder, most_lines), *sorted(sounds, key=_sound_number)]


def _sound_number(name: str) -> int:
    return int(name.removeprefix(AUDIO).removeprefix("-") or 0)


def _track_names(folder: Path, playlists: list[Path]) -> list[str]:
    """Return arguments that set each audio track's language and title from the master playlist."""
    described = {}
    for line in (folder / MASTER).read_text(encoding="utf-8").splitlines():
        attributes = dict(_ATTRIBUTE.findall(line)) if line.startswith("#EXT-X-MEDIA:TYPE=AUDIO") else {}
        described[attributes.get("URI", "").partition("/")[0]] = attributes
    args = []
    for number, playlist in enumerate(playlists):
        attributes = described.get(playlist.parent.name, {})
        label, language = attributes.get("NAME", ""), _three_letters(attributes.get("LANGUAGE", ""))
        args += [f"-metadata:s:a:{number}", f"language={language}"]
        args += [
            f"-metadata:s:a:{number}",
            f"title={label}",
            f"-metadata:s:a:{number}",
            f"handler_name={label}",
        ]
        args += [f"-disposition:a:{number}", "0" if number else "default"]
    return args


def _three_letters(tag: str) -> str:
    """Return a language code as MP4 stores it (ISO 639-2/T)."""
    # Here: its tables take 3 MB, which web processes never need.
    from langcodes import Language
    from langcodes.tag_parser import LanguageTagError

    try:
        return Language.get(tag).to_alpha3()
    except (LanguageTagError, LookupError):
        return "und"


def _largest(folder: Path, most_lines: int) -> str:
    """Return the folder of the largest variant within the limit; of the smallest when all exceed it."""
    try:
        names = rendition_names(folder)
    except (OSError, ValueError) as error:
        raise EncodeFailed(NO_DOWNLOAD_DETAIL, log=str(error)) from error
    fitting = [name for name in names if _lines(name) <= most_lines]
    return fitting[-1] if fitting else names[0]


def _lines(name: str) -> int:
    return int(name.partition("p")[0])

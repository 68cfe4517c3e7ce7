"""Text subtitles that came inside an uploaded file, taken out as WebVTT. Pictures of text are left alone."""

from dataclasses import dataclass
from pathlib import Path

from . import ffmpeg
from .errors import TranscodeError
from .probe import SourceInfo, SubtitleTrack

TEXT_CODECS = frozenset({"mov_text", "subrip", "srt", "ass", "ssa", "webvtt", "text"})
DECODERS = "mov_text,subrip,srt,ass,ssa,webvtt,text"
MOST_TRACKS = 20
LIMITS = ffmpeg.ProcessLimits(wall_seconds=300, cpu_seconds=120, file_size=8 * ffmpeg.MIB)


@dataclass(frozen=True)
class ExtractedSubtitles:
    """One track: its file, and the language as the container states it ("" when it does not)."""

    path: Path
    language: str


def text_tracks(info: SourceInfo) -> list[SubtitleTrack]:
    """The tracks that hold text."""
    return [track for track in info.subtitles if track.codec in TEXT_CODECS][:MOST_TRACKS]


def extract_subtitles(source: Path, info: SourceInfo, out_dir: Path) -> list[ExtractedSubtitles]:
    """Writes one .vtt file per text track of `source` into `out_dir`; a damaged track is left out.

    Reads the file once for all tracks, and once more per track when that fails.
    """
    tracks = text_tracks(info)
    if not tracks:
        return []
    paths = [out_dir / f"subtitles-{track.index}.vtt" for track in tracks]
    try:
        _extract(source, info, list(zip(tracks, paths, strict=True)))
    except TranscodeError:
        for track, path in zip(tracks, paths, strict=True):
            try:
                _extract(source, info, [(track, path)])
            except TranscodeError:
                path.unlink(missing_ok=True)
    return [
        ExtractedSubtitles(path, track.language)
        for track, path in zip(tracks, paths, strict=True)
        if path.is_file() and path.stat().st_size
    ]


def _extract(source: Path, info: SourceInfo, wanted: list[tuple[SubtitleTrack, Path]]) -> None:
    args = ["-v", "error", *ffmpeg.input_args(source, info.demuxer, decoders=DECODERS)]
    for track, path in wanted:
        args += [
            "-map",
            f"0:{track.index}",
            "-map_metadata",
            "-1",
            "-c:s",
            "webvtt",
            "-f",
            "webvtt",
            str(path),
        ]
    ffmpeg.run(args, limits=LIMITS)

"""Text subtitles that came inside an uploaded file, extracted into files. Pictures of text are left alone."""

from dataclasses import dataclass
from pathlib import Path

from . import ffmpeg
from .errors import TranscodeError
from .probe import SourceInfo, SubtitleTrack

TEXT_CODECS = frozenset({"mov_text", "subrip", "srt", "ass", "ssa", "webvtt", "text"})
BITMAP_CODECS = frozenset({"hdmv_pgs_subtitle", "dvd_subtitle", "dvb_subtitle", "xsub"})
DECODERS = "mov_text,subrip,srt,ass,ssa,webvtt,text"
# ffmpeg's decoder of WebVTT drops times of words and takes "<3" for a tag, so that this text is copied.
COPIED_CODECS = frozenset({"webvtt"})
MAX_TRACKS = 20
LIMITS = ffmpeg.ProcessLimits(wall_seconds=300, cpu_seconds=120, file_size=8 * ffmpeg.MIB)


@dataclass(frozen=True)
class ExtractedSubtitles:
    """One extracted track: its WebVTT file, and how the container describes it."""

    path: Path
    track: SubtitleTrack


def text_tracks(info: SourceInfo) -> list[SubtitleTrack]:
    """Return the tracks that hold text, at most ``MAX_TRACKS``."""
    return [track for track in info.subtitles if track.codec in TEXT_CODECS][:MAX_TRACKS]


def extract_subtitles(source: Path, info: SourceInfo, out_dir: Path) -> list[ExtractedSubtitles]:
    """Write one .vtt file per text track of `source` into `out_dir`; a damaged track is left out.

    Times are on the clock of the pictures, which begins at 0 whatever the file's clock says. The file is read once
    for all tracks, and once more per track when that fails.
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
        ExtractedSubtitles(path, track)
        for track, path in zip(tracks, paths, strict=True)
        if path.is_file() and path.stat().st_size
    ]


def _extract(source: Path, info: SourceInfo, wanted: list[tuple[SubtitleTrack, Path]]) -> None:
    args = ["-v", "error", *ffmpeg.input_args(source, info.demuxer, decoders=DECODERS)]
    for track, path in wanted:
        codec = "copy" if track.codec in COPIED_CODECS else "webvtt"
        args += ["-map", f"0:{track.index}", "-map_metadata", "-1", "-c:s", codec, "-f", "webvtt", str(path)]
    ffmpeg.run(args, limits=LIMITS)

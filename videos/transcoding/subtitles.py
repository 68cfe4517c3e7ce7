"""Extract text subtitles from an uploaded file. Bitmap subtitles are ignored."""

from dataclasses import dataclass
from pathlib import Path

from videos.transcoding import decoders, ffmpeg
from videos.transcoding.source_info import SourceInfo, SubtitleTrack

from .errors import TranscodeError

TEXT_CODECS = frozenset({"mov_text", "subrip", "srt", "ass", "ssa", "webvtt", "text"})
BITMAP_CODECS = frozenset({"hdmv_pgs_subtitle", "dvd_subtitle", "dvb_subtitle", "xsub"})
# With those of picture and sound: without them ffmpeg takes the first cue for the beginning of a silent file.
SUBTITLE_DECODERS = f"{decoders.DECODER_WHITELIST},mov_text,subrip,srt,ass,ssa,webvtt,text"
# Formats that text is copied into as it is. ffmpeg's decoders refuse text that is not UTF-8, take "<3" for a tag,
# drop the times of words and keep drawings as text.
OUTPUT_FORMATS = {"webvtt": "webvtt", "subrip": "srt", "srt": "srt", "ass": "ass", "ssa": "ass"}
MAX_TRACKS = 20
MAX_FILE_BYTES = 8 * ffmpeg.MIB
LIMITS = ffmpeg.ProcessLimits(wall_seconds=300, cpu_seconds=120, file_size=MAX_FILE_BYTES)


@dataclass(frozen=True)
class ExtractedSubtitles:
    """An extracted track: its file (WebVTT, SubRip or ASS) and its description in the container."""

    path: Path
    track: SubtitleTrack


def select_text_tracks(info: SourceInfo) -> list[SubtitleTrack]:
    """Return up to ``MAX_TRACKS`` text tracks."""
    return [track for track in info.subtitles if track.codec in TEXT_CODECS][:MAX_TRACKS]


def extract_subtitles(source: Path, info: SourceInfo, out_dir: Path) -> list[ExtractedSubtitles]:
    """Write one file per text track of `source` into `out_dir`; skip damaged tracks.

    Times are on the video's clock, which starts at 0 whatever the file's clock says. The file is read once for all
    tracks, and once more per track when that fails.
    """
    tracks = select_text_tracks(info)
    if not tracks:
        return []
    paths = [out_dir / f"subtitles-{track.index}" for track in tracks]
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
    args = ["-v", "error", *ffmpeg.input_args(source, info.demuxer, decoders=SUBTITLE_DECODERS)]
    for track, path in wanted:
        codec = "copy" if track.codec in OUTPUT_FORMATS else "webvtt"
        args += ["-map", f"0:{track.index}", "-map_metadata", "-1", "-c:s", codec]
        args += ["-f", OUTPUT_FORMATS.get(track.codec, "webvtt"), str(path)]
    ffmpeg.run(args, limits=LIMITS, files=ffmpeg.SandboxFiles(read=(source,), write=(wanted[0][1].parent,)))

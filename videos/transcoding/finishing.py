"""Finish the media playlists of a ladder: ends, durations, I-frame playlists.

ffmpeg cuts a segment every few seconds and leaves the remainder as the last one. Players wait forever for audio
that outlasts the video, or for a last segment of a few milliseconds. Here audio is cut where the video ends, and a
last segment that is too short is joined to the one before it.
"""

from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

from videos.transcoding.fragments import (
    SegmentFacts,
    Track,
    cut_segment,
    join_segments,
    read_segment,
    read_track,
)
from videos.transcoding.playlists import (
    IFRAMES,
    INDEX,
    Segment,
    build_media_playlist,
    read_playlist,
    replace_file,
)

MIN_SEGMENT_SECONDS = Fraction(1, 2)
# Clocks of tracks differ in their units; a millisecond is nobody's frame.
ROUNDING = Fraction(1, 1000)


@dataclass(frozen=True)
class _SegmentPiece:
    uri: str
    facts: SegmentFacts


def finish_ladder(out_dir: Path, pictures: list[str], sounds: list[str]) -> None:
    """Finish the renditions in the folders `pictures` and `sounds` of `out_dir`. Idempotent.

    A changed segment is replaced whole under its name and starts as before, so players that hold the previous
    playlist are not disturbed; the file of a joined or dropped last segment stays for them. Raises OSError or
    ValueError when something is missing or broken.
    """
    end = min(_finish_picture(out_dir / name) for name in pictures)
    for name in sounds:
        _finish_sound(out_dir / name, end)


def _finish_picture(folder: Path) -> Fraction:
    """Finish a video rendition and return the end of its presentation in seconds."""
    init, track, pieces = _load(folder)
    pieces = _join_short_end(folder, track, pieces)
    _write(folder, init, pieces)
    if all(piece.facts.key_length for piece in pieces):
        frames = [
            Segment(segment.uri, segment.duration, piece.facts.key_offset, piece.facts.key_length)
            for segment, piece in zip(_segments(pieces), pieces, strict=True)
        ]
        replace_file(folder / IFRAMES, build_media_playlist(init, frames).encode())
    return pieces[-1].facts.end


def _finish_sound(folder: Path, end: Fraction) -> None:
    init, track, pieces = _load(folder)
    pieces = _cut_at(folder, track, pieces, end + ROUNDING)
    _write(folder, init, _join_short_end(folder, track, pieces))


def _load(folder: Path) -> tuple[str, Track, list[_SegmentPiece]]:
    playlist = read_playlist(folder / INDEX)
    if not playlist.segments:
        raise ValueError(f"{folder.name}: no segments")
    track = read_track(folder / playlist.init_uri)
    names = [segment.uri for segment in playlist.segments]
    return (
        playlist.init_uri,
        track,
        [_SegmentPiece(name, read_segment(folder / name, track)) for name in names],
    )


def _cut_at(folder: Path, track: Track, pieces: list[_SegmentPiece], end: Fraction) -> list[_SegmentPiece]:
    """Drop what lasts beyond `end`. Keep one frame of audio when the video is shorter than that."""
    kept = [piece for piece in pieces if piece.facts.start < end] or pieces[:1]
    if kept[-1].facts.end <= end:
        return kept
    content = cut_segment(folder / kept[-1].uri, track, end)
    if not content and len(kept) > 1:
        return kept[:-1]
    if content:
        kept[-1] = _replace_segment(folder, track, kept[-1].uri, content)
    return kept


def _join_short_end(folder: Path, track: Track, pieces: list[_SegmentPiece]) -> list[_SegmentPiece]:
    """Join a last segment that is too short to the one before it."""
    if len(pieces) < 2:
        return pieces
    *others, former, last = pieces
    if former.facts.end >= last.facts.end:
        return [*others, former]  # joined already, by a run that did not reach the playlist
    if last.facts.end - last.facts.start >= MIN_SEGMENT_SECONDS:
        return pieces
    content = join_segments(folder / former.uri, folder / last.uri, track)
    return [*others, _replace_segment(folder, track, former.uri, content)]


def _replace_segment(folder: Path, track: Track, name: str, content: bytes) -> _SegmentPiece:
    replace_file(folder / name, content)
    return _SegmentPiece(name, read_segment(folder / name, track))


def _segments(pieces: list[_SegmentPiece]) -> list[Segment]:
    """Return segments that each last until the next one starts; the first one starts at 0, ignoring preroll."""
    starts = [max(piece.facts.start, Fraction(0)) for piece in pieces]
    ends = [*starts[1:], pieces[-1].facts.end]
    return [
        Segment(piece.uri, float(end - start)) for piece, start, end in zip(pieces, starts, ends, strict=True)
    ]


def _write(folder: Path, init: str, pieces: list[_SegmentPiece]) -> None:
    replace_file(folder / INDEX, build_media_playlist(init, _segments(pieces)).encode())

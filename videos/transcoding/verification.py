"""Verify a finished ladder and flush it to disk."""

from __future__ import annotations

import os
from pathlib import Path

from django.utils.translation.trans_null import gettext_noop

from videos.transcoding.errors import EncodeFailed, Unconvertible
from videos.transcoding.finishing import MIN_SEGMENT_SECONDS, ROUNDING
from videos.transcoding.ladder import AUDIO_FRAME_SECONDS, LadderPlan
from videos.transcoding.playlists import (
    IFRAMES,
    INDEX,
    MASTER,
    MediaPlaylist,
    read_playlist,
    rendition_folders,
)

BROKEN_OUTPUT_DETAIL = gettext_noop("The converted video didn't pass our checks.")
WRONG_LENGTH_DETAIL = gettext_noop(
    "The file is shorter or longer than it states. Export it again as MP4 and upload the new file."
)


def verify_output(out_dir: Path, plan: LadderPlan) -> float:
    """Check a finished ladder and flush it to disk (fsync); return its duration in seconds.

    Every playlist must be ended, list only existing, non-empty segments of sufficient length, and last as long as
    the plan; all must end together; the master must name every rung. Raises EncodeFailed; Unconvertible for a
    wrong duration.
    """
    try:
        master = (out_dir / MASTER).read_text(encoding="utf-8")
        durations = {name: _verify_folder(out_dir / name, plan) for name in rendition_folders(plan)}
        _verify_ends(durations, plan)
    except (OSError, ValueError) as error:
        raise EncodeFailed(BROKEN_OUTPUT_DETAIL, log=str(error)) from error
    missing = [name for name in rendition_folders(plan) if f"{name}/{INDEX}" not in master]
    if missing:
        raise EncodeFailed(BROKEN_OUTPUT_DETAIL, log=f"not in the master playlist: {missing}")
    _sync_tree(out_dir)
    return max(durations.values())


def _verify_folder(folder: Path, plan: LadderPlan) -> float:
    playlist = read_playlist(folder / INDEX)
    if not playlist.ended or not playlist.segments:
        raise ValueError(f"{folder.name}: the playlist has no end")
    _verify_files(folder, playlist)
    if (folder / IFRAMES).is_file():
        _verify_files(folder, read_playlist(folder / IFRAMES))
    tolerance = max(1.0, plan.duration * 0.03)
    if abs(playlist.duration - plan.duration) > tolerance:
        log = f"{folder.name}: lasts {playlist.duration:.2f} s instead of {plan.duration:.2f} s"
        raise Unconvertible(WRONG_LENGTH_DETAIL, log=log)
    shortest = min(segment.duration for segment in playlist.segments)
    if len(playlist.segments) > 1 and shortest < MIN_SEGMENT_SECONDS:
        raise ValueError(f"{folder.name}: a segment of {shortest:.3f} s")
    return playlist.duration


def _verify_files(folder: Path, playlist: MediaPlaylist) -> None:
    for uri in (playlist.init_uri, *(segment.uri for segment in playlist.segments)):
        if Path(uri).name != uri or not (folder / uri).stat().st_size:
            raise ValueError(f"{folder.name}: bad segment {uri}")
    for segment in playlist.segments:
        if segment.offset + segment.length > (folder / segment.uri).stat().st_size:
            raise ValueError(f"{folder.name}: a range behind the end of {segment.uri}")


def _verify_ends(durations: dict[str, float], plan: LadderPlan) -> None:
    """Raise unless rungs end within a frame of each other and the audio ends with the video, never after it."""
    pictures = [durations[rendition.name] for rendition in plan.renditions]
    frame = float(1 / min(rendition.frame_rate for rendition in plan.renditions))
    if max(pictures) - min(pictures) > frame + ROUNDING:
        raise ValueError(f"the rungs end apart: {durations}")
    for sound in plan.sounds:
        silence = min(pictures) - durations[sound.name]
        shortest_frame = min(AUDIO_FRAME_SECONDS, min(pictures))
        if not shortest_frame - AUDIO_FRAME_SECONDS - ROUNDING <= silence <= AUDIO_FRAME_SECONDS + ROUNDING:
            raise ValueError(f"{sound.name} does not end with the picture: {durations}")


def _sync_tree(folder: Path) -> None:
    """Flush the files first, then the folders that name them."""
    paths = [*folder.rglob("*"), folder]
    for path in sorted(paths, key=Path.is_dir):
        descriptor = os.open(path, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)

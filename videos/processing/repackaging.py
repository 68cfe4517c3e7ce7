"""Repair of ladders of earlier versions without encoding: ends of tracks, I-frame playlists, bit rates.

Works on the files that are served. Each one is replaced whole, every file that a player may know stays, and any mixture
of former and new files plays; so viewers in the middle notice nothing, and a run that was killed is made good by the
next one.
"""

from __future__ import annotations

import logging
import os
import shutil
import tempfile
from enum import Enum
from pathlib import Path

from django.conf import settings
from django.db.models import F

from videos.files import locations, paths
from videos.models import Status, Video
from videos.transcoding.finishing import finish_ladder
from videos.transcoding.master_playlist import master_playlist, read_master
from videos.transcoding.playlists import INDEX, MASTER, measure_bandwidth, replace_file

logger = logging.getLogger("streamsite.repackaging")


class Outcome(Enum):
    """The outcome for one video, as the command prints it."""

    MENDED = "mended"
    UNCHANGED = "already as it should be"
    STORED = (
        "kept in the bucket, whose files never change: move it to the disk first (MEDIA_STORAGE=local, move_media); "
        "until then the site's player ends it by itself"
    )
    NOT_READY = "not ready"
    BROKEN = "its files are missing or damaged: process it again"


def iter_candidates() -> list[str]:
    """Return the ids of all videos with a complete ladder."""
    rows = Video.objects.filter(status=Status.READY, is_complete=True)
    return list(rows.order_by("pk").values_list("pk", flat=True))


def repackage(video_id: str, *, is_dry: bool = False) -> Outcome:
    """Repair the ladder of a video, or with ``is_dry`` a copy of it, which is deleted. Idempotent."""
    place = locations.get_location(video_id)
    if place is None or not place.is_complete or place.status != Status.READY:
        return Outcome.NOT_READY
    if place.is_stored:
        return Outcome.STORED
    before = paths.folder_size(place.local)
    try:
        changed = _try_on_copy(place.local) if is_dry else _mend(place.local)
    except (OSError, ValueError) as error:
        if locations.get_location(video_id) != place:
            return Outcome.NOT_READY
        logger.warning("video %s: not repackaged: %s", video_id, error)
        return Outcome.BROKEN
    added = 0 if is_dry else paths.folder_size(place.local) - before
    if added:
        rows = Video.objects.filter(pk=video_id, generation=place.generation)
        rows.update(media_bytes=F("media_bytes") + added)
    return Outcome.MENDED if changed else Outcome.UNCHANGED


def _try_on_copy(folder: Path) -> bool:
    """Return whether ``_mend`` would change any playlist. The copy shares the contents of files where it can."""
    with tempfile.TemporaryDirectory(dir=settings.WORK_DIR, prefix=".repackage-") as place:
        copy = Path(place) / "ladder"
        shutil.copytree(folder, copy, copy_function=_link_or_copy)
        return _mend(copy)


def _link_or_copy(source: str, target: str) -> None:
    try:
        os.link(source, target)  # no file is written in its place: each is replaced whole
    except OSError:
        shutil.copy2(source, target)


def _mend(folder: Path) -> bool:
    """Rewrite the playlists; return whether any changed."""
    former = {path: path.read_bytes() for path in folder.glob("**/*.m3u8")}
    variants, sounds = read_master(folder)
    finish_ladder(folder, [variant.name for variant in variants], [sound.name for sound in sounds])
    names = [*(variant.name for variant in variants), *(sound.name for sound in sounds)]
    bandwidths = {name: measure_bandwidth(folder / name, INDEX) for name in names}
    replace_file(folder / MASTER, master_playlist(folder, variants, sounds, bandwidths).encode())
    return former != {path: path.read_bytes() for path in folder.glob("**/*.m3u8")}

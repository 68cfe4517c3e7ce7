"""Moving complete generations between the disk and the bucket.

A copy is made whole and compared, then one conditional update of the video's row says that it is served from there, and
only later, when no process and no signed address refers to it any more, the other copy goes. Killed anywhere, the next
try goes on with what is there; what nobody goes on with is found by the sweeper.
"""

from __future__ import annotations

import logging
import os
import shutil
import time
from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from django.conf import settings

from streamsite.space.reservations import hold_space
from streamsite.tasks.lease import current_lease
from videos.files import bucket, paths
from videos.files.content_types import content_type_of
from videos.files.locations import (
    LocationChanged,
    MediaLocation,
    fetch_files,
    get_location,
    get_locations,
    is_needed,
    run_in_parallel,
)
from videos.models import Status, Video

if TYPE_CHECKING:
    from videos.files.s3 import Bucket

logger = logging.getLogger("streamsite.placement")

BATCH = 500
SETTLE_MARGIN_SECONDS = 5.0
PARTIAL_PREFIX = ".fetching-"


def settle_seconds() -> float:
    """Return for how many seconds after a move URLs and readers may still refer to the old place."""
    return settings.MEDIA_STATE_CACHE_SECONDS + settings.S3_URL_SECONDS + SETTLE_MARGIN_SECONDS


def move_to_bucket(video_id: str) -> int | None:
    """Copy a complete video's generation into the bucket and serve it from there.

    The number of bytes, or ``None`` when there is nothing to do. Safe to repeat. Raises ``BucketUnavailable``, or
    ``LeaseLost`` when the job is no longer ours. The copy on the disk stays; ``remove_old_copies`` removes it.
    """
    while True:
        place = get_location(video_id)
        if place is None or place.is_stored or not place.is_complete or place.status != Status.READY:
            return None
        wanted = paths.file_sizes(place.local)
        if not wanted:
            logger.error("video %s: its files are not on the disk", video_id)
            return None
        try:
            _copy(place, wanted)
        except LocationChanged:
            continue
        logger.info("video %s: %d files are served from the bucket", video_id, len(wanted))
        return sum(wanted.values())


def _copy(place: MediaLocation, wanted: dict[str, int]) -> None:
    target = bucket.connect()
    begun = next(target.folders(f"{place.video_id}.{place.generation}."), None)
    name = bucket.stored_generation_of(begun) if begun else bucket.new_stored_generation(place.generation)
    folder = bucket.folder_name(place.video_id, name)
    there = _without_strays(target, folder, wanted) if begun else {}

    def send(file: str, on_bytes: Callable[[int], None]) -> None:
        target.put(folder, file, place.local / file, content_type_of(file), on_bytes)

    try:
        run_in_parallel(place, [file for file in wanted if there.get(file) != wanted[file]], send)
        if target.sizes(folder) != wanted:
            logger.error("video %s: the copy in the bucket differs", place.video_id)
            target.remove(folder)
            raise bucket.BucketUnavailable
        current_lease().check()
        _switch(place, name)
    except LocationChanged:
        if not is_needed(get_location(place.video_id), name):
            target.remove(folder)
        raise


def _without_strays(target: Bucket, folder: str, wanted: dict[str, int]) -> dict[str, int]:
    """Delete files of an interrupted copy that are not wanted; return the sizes of the others."""
    target.abandon_uploads(folder)
    there = target.sizes(folder)
    target.delete(folder, [name for name in there if name not in wanted])
    return {name: size for name, size in there.items() if name in wanted}


def move_to_disk(video_id: str) -> int | None:
    """Copy a stored generation back to the disk and serve it from there.

    The number of bytes, or ``None`` when there is nothing to do. Safe to repeat. Raises ``BucketUnavailable`` or
    ``DiskFull``. The objects stay; ``remove_old_copies`` removes them.
    """
    while True:
        place = get_location(video_id)
        if place is None or not place.is_stored:
            return None
        source = bucket.connect()
        wanted = source.sizes(place.folder)
        try:
            _fetch_back(place, wanted)
        except (LocationChanged, FileNotFoundError):
            if get_location(video_id) == place:
                raise
            continue
        return sum(wanted.values())


def _fetch_back(place: MediaLocation, wanted: dict[str, int]) -> None:
    if not wanted:
        raise FileNotFoundError(f"video {place.video_id}: the bucket has nothing of it")
    if paths.file_sizes(place.local) != wanted:
        partial = _partial_of(place)
        partial.mkdir(parents=True, exist_ok=True)
        _remove_strays(partial, wanted)
        there = paths.file_sizes(partial)
        missing = [file for file in wanted if file not in there]
        with hold_space(
            sum(wanted[file] for file in missing),
            written=lambda: sum(paths.file_sizes(partial).get(file, 0) for file in missing),
        ):
            fetch_files(place, missing, partial)
        if paths.file_sizes(partial) != wanted:
            raise bucket.BucketUnavailable
        paths.remove_generation(place.video_id, place.generation)
        partial.rename(place.local)
    os.utime(place.local)
    _switch(place, "")


def _partial_of(place: MediaLocation) -> Path:
    return place.local.with_name(f"{PARTIAL_PREFIX}{place.generation}")


def _remove_strays(folder: Path, wanted: dict[str, int]) -> None:
    """Delete the files that are not wanted, or not whole: a killed process leaves temporary ones beside them."""
    for path in list(folder.rglob("*")):
        if path.is_file() and wanted.get(path.relative_to(folder).as_posix()) != path.stat().st_size:
            path.unlink(missing_ok=True)


def _switch(place: MediaLocation, stored_generation: str) -> None:
    """Serve the video from the other place. Raises ``LocationChanged`` unless row and files are still those copied."""
    changed = Video.objects.filter(
        pk=place.video_id,
        generation=place.generation,
        stored_generation=place.stored_generation,
        is_complete=True,
        has_download=place.has_download,
    ).update(stored_generation=stored_generation)
    if not changed:
        raise LocationChanged


def remove_old_copies(video_id: str) -> int:
    """Delete generations that the video's row does not name, on the disk and in the bucket; return their number.

    Safe to repeat. What is being made or copied stays.
    """
    place = get_location(video_id)
    count = 0
    if place is not None and place.is_stored and _is_settled(place.local):
        paths.remove_generation(video_id, place.generation)
        count += 1
    if place is None or bucket.is_default_storage() or not place.is_stored:
        count += _remove_partial_copies(video_id)
    target = bucket.connect()
    for folder in list(target.folders(f"{video_id}.")):
        if not is_needed(place, bucket.stored_generation_of(folder)):
            target.remove(folder)
            count += 1
    return count


def _remove_partial_copies(video_id: str) -> int:
    """Delete interrupted copies from the bucket; return their number."""
    copies = list(paths.generation_dir(video_id, "x").parent.glob(f"{PARTIAL_PREFIX}*"))
    for copy in copies:
        shutil.rmtree(copy, ignore_errors=True)
    return len(copies)


def iter_old_copies() -> Iterator[str]:
    """Yield the videos that were moved to where they belong, and of which the other copy is still there.

    A process that is killed after a move leaves it.
    """
    if bucket.is_default_storage():
        rows = Video.objects.exclude(stored_generation="").order_by("pk").values_list("pk", "generation")
        for video_id, generation in rows.iterator():
            folder = paths.generation_dir(video_id, generation)
            if folder.is_dir() or any(folder.parent.glob(f"{PARTIAL_PREFIX}*")):
                yield video_id
        return
    folders = bucket.connect().folders()
    while batch := {bucket.video_id_of(folder) for folder in islice(folders, BATCH)}:
        yield from sorted(pk for pk, place in get_locations(batch).items() if not place.is_stored)


def move_to_default(video_id: str) -> int | None:
    """Move the video to where ``MEDIA_STORAGE`` says; return the bytes moved, ``None`` when it is there."""
    return move_to_bucket(video_id) if bucket.is_default_storage() else move_to_disk(video_id)


def _is_settled(folder: Path) -> bool:
    try:
        return folder.stat().st_mtime <= time.time() - settle_seconds()
    except FileNotFoundError:
        return False

"""Locations of videos' files, on the disk or in the bucket, and reading them wherever they are."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import FIRST_EXCEPTION, ThreadPoolExecutor, wait
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from django.conf import settings
from django.db.models import F
from django.utils.translation import gettext_lazy as _

from streamsite.errors import Conflict
from streamsite.space.reservations import hold_space
from streamsite.tasks.lease import current_lease
from videos.files import bucket, paths
from videos.files.content_types import content_type_of
from videos.models import Video

if TYPE_CHECKING:
    from videos.files.s3 import Bucket

PARALLEL = 8
POLL_SECONDS = 1.0


@dataclass(frozen=True)
class MediaLocation:
    """The fields of a video's row that say where its files are."""

    video_id: str
    generation: str
    stored_generation: str
    status: str
    is_complete: bool
    has_download: bool

    @property
    def is_stored(self) -> bool:
        """True when the video is served from the bucket."""
        return bucket.is_stored(self.stored_generation, self.generation)

    @property
    def folder(self) -> str:
        """Its folder in the bucket."""
        return bucket.folder_name(self.video_id, self.stored_generation)

    @property
    def local(self) -> Path:
        """Its folder on the disk."""
        return paths.generation_dir(self.video_id, self.generation)


class LocationChanged(Conflict):
    """The row changed while its files were copied."""

    detail = _("The video's files are being moved. Try again.")


def get_location(video_id: str) -> MediaLocation | None:
    """Return the present location of a video; ``None`` when its row is gone."""
    return get_locations({video_id}).get(video_id)


def get_locations(video_ids: set[str]) -> dict[str, MediaLocation]:
    """Return the present locations of the videos that exist, by id."""
    fields = ("pk", "generation", "stored_generation", "status", "is_complete", "has_download")
    rows = Video.objects.filter(pk__in=video_ids).values_list(*fields)
    return {row[0]: MediaLocation(*row) for row in rows}


def is_needed(place: MediaLocation | None, name: str) -> bool:
    """Return whether a folder of the bucket is the one a video is served from, or may be about to become it."""
    if place is None:
        return False
    if place.is_stored:
        return name == place.stored_generation
    return bucket.is_default_storage() and bucket.is_stored(name, place.generation)


def fetch_files(place: MediaLocation, names: list[str], target: Path, source: Bucket | None = None) -> None:
    """Copy some of a stored generation's objects into the folder ``target``."""
    source = source or bucket.connect()

    def fetch(file: str, on_bytes: Callable[[int], None]) -> None:
        path = target / file
        path.parent.mkdir(parents=True, exist_ok=True)
        source.fetch(place.folder, file, path)
        on_bytes(path.stat().st_size)
        os.utime(target)  # young enough for the sweeper

    run_in_parallel(place, names, fetch)


@contextmanager
def files_on_disk(
    place: MediaLocation, choose: Callable[[Path, list[str]], list[str]], *, for_request: bool = False
) -> Iterator[Path]:
    """Give a folder on the disk with some of the video's files: its own, or a temporary one filled from the bucket.

    Playlists are there first; ``choose`` says by them which of all names are needed besides. ``for_request`` when
    somebody waits for it: a bucket that does not answer is then ``BucketUnavailable`` within seconds.
    """
    if not place.is_stored:
        yield place.local
        return
    # The sweeper looks after what a killed process leaves there.
    with TemporaryDirectory(dir=settings.FILE_UPLOAD_TEMP_DIR) as scratch:
        folder = Path(scratch)
        with bucket.bucket_session() if for_request else nullcontext(bucket.connect()) as source:
            sizes = source.sizes(place.folder)
            fetch_files(place, [name for name in sizes if name.endswith(".m3u8")], folder, source)
            chosen = choose(folder, list(sizes))
            needed = sum(sizes[name] for name in chosen)
            with _room(needed, folder, for_request=for_request):
                fetch_files(place, chosen, folder, source)
        yield folder


def _room(needed: int, folder: Path, *, for_request: bool) -> AbstractContextManager[None]:
    """Return a block in which so many bytes may be written. Raises ``DiskFull``."""
    if for_request:
        paths.require_space(needed)
        return nullcontext()
    return hold_space(needed, written=lambda: paths.folder_size(folder))


def store_download(place: MediaLocation, made: Path, name: str) -> bool:
    """Add the file for download to the video's files, at their location. Return False when they were moved."""
    size = made.stat().st_size
    if place.is_stored:
        bucket.connect().put(place.folder, name, made, content_type_of(name))
    else:
        made.replace(place.local / name)
    rows = Video.objects.filter(pk=place.video_id, generation=place.generation, has_download=False)
    return bool(
        rows.filter(stored_generation=place.stored_generation).update(
            has_download=True,
            download_bytes=size,
            media_bytes=F("media_bytes") + size,
            version=F("version") + 1,
        )
    )


def run_in_parallel(
    place: MediaLocation, names: list[str], work: Callable[[str, Callable[[int], None]], None]
) -> None:
    """Run ``work`` on each name. Raises ``LeaseLost``, or ``LocationChanged`` when the row names another generation."""
    lease, stop = current_lease(), threading.Event()

    def on_bytes(count: int) -> None:
        if stop.is_set() or lease.lost.is_set():
            raise LocationChanged

    with ThreadPoolExecutor(PARALLEL) as pool:
        pending = {pool.submit(work, name, on_bytes) for name in names}
        try:
            while pending:
                done, pending = wait(pending, timeout=POLL_SECONDS, return_when=FIRST_EXCEPTION)
                lease.check()
                for future in done:
                    future.result()
                if pending:
                    require_unmoved(place)
        except BaseException:
            stop.set()
            pool.shutdown(cancel_futures=True)
            raise


def require_unmoved(place: MediaLocation) -> None:
    """Raise ``LocationChanged`` unless the row still names this location."""
    if get_location(place.video_id) != place:
        raise LocationChanged

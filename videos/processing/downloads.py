"""Files for download of videos that were processed before their owner offered one."""

from __future__ import annotations

import logging
import secrets
from pathlib import Path

from streamsite.space.reservations import hold_space
from videos.files import locations
from videos.files.urls import DOWNLOAD
from videos.models import Video
from videos.processing import space
from videos.transcoding.download import download_sources, make_download

logger = logging.getLogger("streamsite.pipeline")


def make_missing_download(video_id: str) -> None:
    """Make the file for download of a video that was processed before its owner offered one. Idempotent."""
    while not _make_missing_download(video_id):
        logger.info("video %s: moved while its file for download was made", video_id)


def _make_missing_download(video_id: str) -> bool:
    wanted = Video.objects.filter(pk=video_id, allow_download=True, has_download=False, is_complete=True)
    place = locations.get_location(video_id)
    if place is None or not place.generation or not wanted.exists():
        return True
    with locations.files_on_disk(place, _select_files) as folder:
        part = folder / f".{DOWNLOAD}.{secrets.token_hex(4)}"
        try:
            with hold_space(space.estimate_download(folder)):
                make_download(folder, part)
            return locations.store_download(place, part, DOWNLOAD)
        finally:
            part.unlink(missing_ok=True)


def _select_files(folder: Path, names: list[str]) -> list[str]:
    renditions = download_sources(folder)
    return [name for name in names if name.partition("/")[0] in renditions and not name.endswith(".m3u8")]

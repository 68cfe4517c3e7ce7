"""The figures of videos for the dashboard of the admin."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.db.models import Sum
from django.utils.translation import gettext_lazy as _

from streamsite import trash
from streamsite.figures.files import iter_file_sizes
from streamsite.figures.registry import DailyCount, StorageKinds
from videos.files import bucket
from videos.files.urls import DOWNLOAD, STORYBOARD
from videos.models import Status, Video

SOURCES, RENDITIONS, DOWNLOADS = "sources", "renditions", "downloads"
THUMBNAILS, CAPTIONS, UPLOADS, TRASH, BUCKET = "thumbnails", "captions", "uploads", "trash", "bucket"
IMAGE_SUFFIXES = {".webp", ".avif", ".jpg"}


def count_uploads(since: datetime, until: datetime) -> int:
    """Return how many videos were uploaded from ``since`` to before ``until``."""
    made = Video.objects.filter(created_at__gte=since, created_at__lt=until)
    return made.exclude(status=Status.UPLOADING).count()


def _measure() -> Iterator[tuple[str, int]]:
    media = Path(settings.MEDIA_ROOT)
    for _path, size in iter_file_sizes(media / "sources"):
        yield SOURCES, size
    for folder in (media / "videos", media / "extras"):
        for path, size in iter_file_sizes(folder):
            yield kind_of_file(path), size
    for _path, size in iter_file_sizes(Path(settings.WORK_DIR), skip=trash.NAME):
        yield UPLOADS, size
    for folder in trash.trash_folders():
        for _path, size in iter_file_sizes(folder):
            yield TRASH, size
    if bucket.is_configured():
        stored = Video.objects.exclude(stored_generation="").aggregate(total=Sum("media_bytes"))
        yield BUCKET, stored["total"] or 0


def kind_of_file(path: str) -> str:
    """Return the kind of a file that belongs to a video's generation, or to its extras."""
    name = path.rpartition("/")[2]
    suffix = name[name.rfind(".") :]
    if suffix in IMAGE_SUFFIXES or name == STORYBOARD:
        return THUMBNAILS
    if suffix == ".vtt":
        return CAPTIONS
    return DOWNLOADS if name == DOWNLOAD else RENDITIONS


UPLOADED = DailyCount("uploads", _("Uploads"), count_uploads)
STORAGE = StorageKinds(
    {
        SOURCES: _("Original files"),
        RENDITIONS: _("Renditions"),
        DOWNLOADS: _("Files for download"),
        THUMBNAILS: _("Thumbnails and previews"),
        CAPTIONS: _("Subtitles"),
        UPLOADS: _("Uploads and processing"),
        TRASH: _("Trash"),
        BUCKET: _("Bucket"),
    },
    _measure,
)

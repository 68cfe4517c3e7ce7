"""Trashed files of videos: those that the database names are restored instead of deleted for good."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from django.conf import settings

from streamsite import trash
from videos.files import bucket
from videos.models import Caption, Upload, Video


def register_trash_folders() -> None:
    """Register every folder from which the sweeper moves files of videos to the trash."""
    for folder, depth, is_named in (
        ("sources", 1, _is_source_named),
        ("videos", 2, _is_generation_named),
        ("extras", None, _is_extra_named),
    ):
        trash.register_reference_check(partial(_below_media, folder), depth=depth, is_named=is_named)
    trash.register_reference_check(_uploads, depth=1, is_named=_is_upload_named)


def _below_media(folder: str) -> Path:
    return Path(settings.MEDIA_ROOT) / folder


def _uploads() -> Path:
    return Path(settings.WORK_DIR) / "uploads"


def _is_source_named(path: Path) -> bool:
    return Video.objects.filter(pk=path.name, source_removed_at=None).exists()


def _is_generation_named(path: Path) -> bool:
    video_id, generation = path.parts
    row = Video.objects.filter(pk=video_id, generation=generation).only("stored_generation").first()
    if row is None:
        return False
    return not (bucket.is_configured() and bucket.is_stored(row.stored_generation, generation))


def _is_extra_named(path: Path) -> bool:
    video_id = path.parts[0]
    if Caption.objects.filter(video_id=video_id, revision=path.stem).exists():
        return True
    poster = Video.objects.filter(pk=video_id).values_list("poster", flat=True).first()
    # Automatic posters have a number and lie in the generation.
    return bool(poster) and len(str(poster)) > 1 and str(poster) in path.name


def _is_upload_named(path: Path) -> bool:
    return Upload.objects.filter(pk=path.name, finished_at=None).exists()

"""Finds and removes what killed processes left: files without a row, rows without a file or a job.

Nothing younger than ``SWEEP_GRACE_SECONDS`` is touched, so that what is being made at this moment stays. Safe to
repeat, and to run in several processes at once.
"""

from __future__ import annotations

import logging
import shutil
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from datetime import timedelta
from itertools import islice
from pathlib import Path

from django.conf import settings
from django.utils import timezone

from streamsite.tasks import queue
from videos import bucket, placement, services, storage
from videos.library import documents
from videos.models import Caption, Status, Upload, Video
from videos.uploads import services as uploads

logger = logging.getLogger("streamsite.sweeper")

BATCH = 500
WORKING = (Status.QUEUED, Status.PROCESSING)


def sweep(
    *, task_path: str, enqueue: Callable[[Video], object], place: Callable[[str], object]
) -> dict[str, int]:
    """Remove orphans and queue what was forgotten; how many of each kind there were.

    ``task_path`` names the processing task among the queue's jobs, ``enqueue`` queues it; ``place`` queues the copying
    of a video into the bucket.
    """
    found: Counter[str] = Counter()
    found["uploads_joined"] = uploads.finish_interrupted(enqueue=enqueue)
    found["uploads_expired"] = uploads.sweep_expired()
    found["drafts_without_upload"] = _remove_forgotten_drafts()
    found["videos_queued_again"] = _queue_again(task_path, enqueue)
    found["upload_files"] = _sweep_upload_files()
    found["incoming_files"] = _remove(_old_entries(Path(settings.FILE_UPLOAD_TEMP_DIR)))
    for name, sweep_batch in (
        ("source_files", _sources),
        ("job_folders", _jobs),
        ("generations", _generations),
        ("extra_files", _extras),
    ):
        found[name] = sum(sweep_batch(ids) for ids in _batches(_ids_on_disk(name)))
    listed = Video.objects.filter(listed=True).values_list("pk", flat=True).iterator()
    found["search_documents"] = sum(_unknown_to_search(ids) for ids in _batches(listed))
    if bucket.is_configured():
        found["videos_to_place"] = _place_forgotten(place)
    if any(found.values()):
        logger.info("swept: %s", ", ".join(f"{name} {count}" for name, count in found.items() if count))
    return dict(found)


def _remove_forgotten_drafts() -> int:
    old = timezone.now() - timedelta(seconds=settings.SWEEP_GRACE_SECONDS)
    drafts = Video.objects.filter(status=Status.UPLOADING, created_at__lte=old).select_related("channel")
    forgotten = [video for video in drafts if not Upload.objects.filter(video_id=video.pk).exists()]
    for video in forgotten:
        services.delete(video)
    return len(forgotten)


def _queue_again(task_path: str, enqueue: Callable[[Video], object]) -> int:
    """Videos that wait for a job that does not exist. The conditional update lets one sweeper queue it."""
    old = timezone.now() - timedelta(seconds=settings.SWEEP_GRACE_SECONDS)
    waiting = Video.objects.filter(status__in=WORKING, updated_at__lte=old)
    known = queue.unfinished_arguments(task_path) if waiting.exists() else set()
    count = 0
    for video in waiting:
        if video.pk in known:
            continue
        rows = Video.objects.filter(pk=video.pk, status=video.status, updated_at=video.updated_at)
        if rows.update(updated_at=timezone.now()):
            enqueue(video)
            count += 1
    return count


def _sweep_upload_files() -> int:
    entries = list(_old_entries(Path(settings.WORK_DIR) / "uploads"))
    names = {entry.name.partition(".")[0] for entry in entries}
    alive = set(Upload.objects.filter(pk__in=names, finished_at=None).values_list("pk", flat=True))
    return _remove(entry for entry in entries if entry.name not in alive)


def _ids_on_disk(kind: str) -> Iterator[str]:
    roots = {
        "source_files": Path(settings.MEDIA_ROOT) / "sources",
        "job_folders": Path(settings.WORK_DIR) / "jobs",
        "generations": Path(settings.MEDIA_ROOT) / "videos",
        "extra_files": Path(settings.MEDIA_ROOT) / "extras",
    }
    root = roots[kind]
    if root.is_dir():
        yield from (entry.name for entry in root.iterdir())


def _batches(ids: Iterator[str]) -> Iterator[tuple[str, ...]]:
    while batch := tuple(islice(ids, BATCH)):
        yield batch


def _sources(ids: tuple[str, ...]) -> int:
    alive = set(Video.objects.filter(pk__in=ids).values_list("pk", flat=True))
    folders = (storage.source_path(video_id).parent for video_id in ids if video_id not in alive)
    return _remove(folder for folder in folders if _is_old(folder))


def _jobs(ids: tuple[str, ...]) -> int:
    working = Video.objects.filter(pk__in=ids, status=Status.PROCESSING).values_list("pk", flat=True)
    alive = set(working)
    folders = (storage.job_dir(video_id, "").parent / video_id for video_id in ids if video_id not in alive)
    return _remove(folder for folder in folders if _is_old(folder))


def _generations(ids: tuple[str, ...]) -> int:
    rows = {
        video_id: ("" if bucket.holds(stored, generation) else generation, status)
        for video_id, generation, stored, status in Video.objects.filter(pk__in=ids).values_list(
            "pk", "generation", "stored_generation", "status"
        )
    }
    count = 0
    for video_id in ids:
        # The generation that is served from here.
        generation, status = rows.get(video_id, ("", ""))
        if status == Status.PROCESSING:
            continue
        root = storage.generation_dir(video_id, "x").parent
        count += _remove(entry for entry in _old_entries(root) if entry.name != generation)
        if not generation and _is_old(root):
            shutil.rmtree(root, ignore_errors=True)
    return count


def _extras(ids: tuple[str, ...]) -> int:
    posters = dict(Video.objects.filter(pk__in=ids).values_list("pk", "poster"))
    revisions = set(Caption.objects.filter(video_id__in=ids).values_list("revision", flat=True))
    count = 0
    for video_id in ids:
        root = storage.extras_dir(video_id)
        if video_id not in posters:
            count += _remove([root] if _is_old(root) else [])
            continue
        poster = posters[video_id]
        pictures = (entry for entry in _old_entries(root) if entry.is_file())
        count += _remove(entry for entry in pictures if not poster or poster not in entry.name)
        tracks = _old_entries(root / "captions")
        count += _remove(entry for entry in tracks if entry.stem not in revisions)
    return count


def _unknown_to_search(ids: tuple[str, ...]) -> int:
    """A process was killed between listing a video and telling search, or search is newer than the video."""
    unknown = documents.missing(set(ids))
    for video_id in unknown:
        documents.refresh(video_id)
    return len(unknown)


def _place_forgotten(place: Callable[[str], object]) -> int:
    """Queue what belongs into the bucket and is not there. A job that exists is not doubled."""
    if not bucket.is_home():
        return 0
    old = timezone.now() - timedelta(seconds=settings.SWEEP_GRACE_SECONDS)
    rows = Video.objects.filter(
        status=Status.READY, is_complete=True, stored_generation="", updated_at__lte=old
    )
    forgotten = list(rows.values_list("pk", flat=True)[:BATCH])
    for video_id in forgotten:
        place(video_id)
    return len(forgotten)


def sweep_bucket() -> int:
    """Remove folders of the bucket that no video is served from; how many. One that is silent is swept another time.

    Not a part of ``sweep``: that runs where other short tasks wait, and a silent bucket takes its time.
    """
    try:
        folders = bucket.connect().folders()
        return sum(_stored_orphans(batch) for batch in _batches(folders))
    except bucket.BucketUnavailable:
        logger.warning("the bucket was not swept")
        return 0


def _stored_orphans(folders: tuple[str, ...]) -> int:
    target, count = bucket.connect(), 0
    places = placement.places_of({bucket.video_of(folder) for folder in folders})
    for folder in folders:
        if placement.is_needed(places.get(bucket.video_of(folder)), bucket.name_of(folder)):
            continue
        newest = target.newest(folder)
        if newest is None or newest <= timezone.now() - timedelta(seconds=settings.SWEEP_GRACE_SECONDS):
            target.remove(folder)
            count += 1
    return count


def _old_entries(root: Path) -> Iterator[Path]:
    if root.is_dir():
        yield from (entry for entry in root.iterdir() if _is_old(entry))


def _is_old(path: Path) -> bool:
    try:
        changed = path.stat().st_mtime
    except FileNotFoundError:
        return False
    return changed <= time.time() - settings.SWEEP_GRACE_SECONDS


def _remove(paths: Iterable[Path]) -> int:
    count = 0
    for path in paths:
        if path.is_dir():
            shutil.rmtree(path, ignore_errors=True)
        else:
            path.unlink(missing_ok=True)
        count += 1
    return count

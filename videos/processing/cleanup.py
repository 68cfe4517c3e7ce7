"""Finds and takes away what killed processes left: files without a row, rows without a file or a job.

Nothing younger than ``SWEEP_GRACE_SECONDS`` is touched, so that what is being made at this moment stays. Files that may
be the only copy move to the trash, and only a few at once (``orphans``, ``streamsite.trash``). Safe to repeat, and to
run in several processes at once. ``bucket_cleanup`` does the same in the bucket.
"""

from __future__ import annotations

import logging
import shutil
from collections import Counter
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

from django.conf import settings
from django.utils import timezone

from accounts import image_storage
from streamsite import site_id, sweep_count, trash
from streamsite.mongo import clock
from streamsite.tasks import queue
from videos import services
from videos.files import bucket, orphans
from videos.models import Status, Upload, Video
from videos.search import index
from videos.uploads import services as uploads

logger = logging.getLogger("streamsite.sweeper")

COUNTED = ("drafts_without_upload", *orphans.FOLDERS, "upload_files")
STAYS_SUFFIX = " (stays without --force)"
WORKING_STATUSES = (Status.QUEUED, Status.PROCESSING)


@dataclass
class CleanupReport:
    """The result of a sweep: the count of each kind, reasons for leaving files alone, and the paths concerned."""

    found: Counter[str] = field(default_factory=Counter)
    refused: list[str] = field(default_factory=list)
    listed: list[str] = field(default_factory=list)

    def refuse(self, sentence: str) -> None:
        """Leave a kind alone and say why."""
        self.refused.append(sentence)
        logger.warning("%s", sentence)

    def as_dict(self) -> dict[str, int]:
        """Return the counts; ``left_alone`` is the number of kinds that were refused."""
        return {**self.found, "left_alone": len(self.refused)}


def sweep(
    *,
    task_path: str,
    enqueue: Callable[[Video], object],
    place: Callable[[str], object],
    force: bool = False,
) -> CleanupReport:
    """Move orphans to the trash and queue what was forgotten.

    ``task_path`` names the processing task among the queue's jobs, ``enqueue`` queues it; ``place`` queues the copying
    of a video into the bucket. ``force`` takes as many orphans as there are. Raises ``site_id.SiteMismatch`` before
    anything is touched when the database and the data folder belong to different sites.
    """
    site_id.require_match()
    report = CleanupReport(Counter(dict.fromkeys(COUNTED, 0)))
    found = report.found
    found["uploads_joined"] = uploads.finish_interrupted(enqueue=enqueue)
    if older := sweep_count.start_sweep(force=force):
        report.refuse(older)
    else:
        found["uploads_expired"] = uploads.sweep_expired(enqueue=enqueue)
        _take_drafts(report, force=force)
        _take_files(report, force=force)
        found["trash_days"] = trash.empty()
    found["videos_queued_again"] = _queue_again(task_path, enqueue)
    found["incoming_files"] = _delete(orphans.iter_leftovers())
    found["job_folders"] = _delete(orphans.iter_abandoned_jobs())
    listed = Video.objects.filter(listed=True).values_list("pk", flat=True).iterator()
    found["search_documents"] = sum(_unknown_to_search(ids) for ids in orphans.batches(listed))
    if bucket.is_configured():
        found["videos_to_place"] = _place_forgotten(place)
    if any(found.values()):
        logger.info("swept: %s", ", ".join(f"{name} {count}" for name, count in found.items() if count))
    return report


def preview(*, force: bool = False) -> CleanupReport:
    """Return what a sweep would remove now, without changing anything. Raises ``site_id.SiteMismatch``."""
    site_id.require_match()
    report = CleanupReport()
    older = "" if force else sweep_count.stale_database_message()
    _take_drafts(report, force=force or bool(older), is_dry=True)
    _take_files(report, force=force or bool(older), is_dry=True)
    if older:
        report.refuse(older)
        report.listed = [line + STAYS_SUFFIX for line in report.listed]
    for path in [
        *orphans.iter_leftovers(),
        *orphans.iter_abandoned_jobs(),
        *([] if older else trash.expired_folders()),
    ]:
        report.listed.append(f"{_short(path)} (deleted)")
    return report


def _take_files(report: CleanupReport, *, force: bool, is_dry: bool = False) -> None:
    former, kept = orphans.unreferenced_generations()
    extras, extras_kept = orphans.unreferenced_extras()
    for group in (orphans.orphaned_videos(), former, extras, orphans.orphaned_uploads()):
        _take(report, group, force=force, is_dry=is_dry)
    taken = image_storage.sweep(force=force, is_dry=is_dry)
    report.found["profile_pictures"] = taken.count
    report.listed += [_short(path) for path in taken.paths]
    if taken.refusal:
        report.refuse(taken.refusal)
    report.found["generations_kept"], report.found["extras_kept"] = kept, extras_kept
    if kept := max(kept, extras_kept):
        logger.warning(
            "%d videos have files on the disk that are not those that their rows name, which are missing: all were"
            " kept. The database may be older than the files.",
            kept,
        )


def _take(report: CleanupReport, group: orphans.Orphans, *, force: bool, is_dry: bool) -> None:
    refusal = "" if force else group.refusal
    if refusal:
        report.refuse(refusal)
    for name, paths in group.paths.items():
        for path in paths:
            if is_dry:
                report.listed.append(_short(path) + (STAYS_SUFFIX if refusal else ""))
            elif not refusal and trash.move(path):
                report.found[name] += 1
                if name == "generations":
                    with suppress(OSError):  # not empty
                        path.parent.rmdir()


def _take_drafts(report: CleanupReport, *, force: bool, is_dry: bool = False) -> None:
    """Delete drafts whose upload was deleted; their files move to the trash."""
    old = clock.cautious_now() - timedelta(seconds=settings.SWEEP_GRACE_SECONDS)
    drafts = Video.objects.filter(status=Status.UPLOADING, created_at__lte=old).select_related("channel")
    forgotten = [video for video in drafts if not Upload.objects.filter(video_id=video.pk).exists()]
    if len(forgotten) > trash.MAX_AT_ONCE and not force:
        report.refuse(
            trash.refusal_message(
                len(forgotten), len(drafts), "drafts without an upload", fate="would be removed"
            )
        )
        return
    for video in forgotten:
        if is_dry:
            report.listed.append(f"draft {video.pk}")
            continue
        if not Video.objects.filter(pk=video.pk, status=Status.UPLOADING).exists():
            continue  # its file arrived meanwhile
        for path in orphans.video_folders(video.pk).values():
            trash.move(path)
        services.delete(video)
        report.found["drafts_without_upload"] += 1


def _queue_again(task_path: str, enqueue: Callable[[Video], object]) -> int:
    """Queue videos that wait for a job that does not exist. The conditional update lets one sweeper do it."""
    old = clock.cautious_now() - timedelta(seconds=settings.SWEEP_GRACE_SECONDS)
    waiting = Video.objects.filter(status__in=WORKING_STATUSES, updated_at__lte=old)
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


def _unknown_to_search(ids: tuple[str, ...]) -> int:
    """Return ids of listed videos that search lacks: a process was killed in between, or the index is newer."""
    unknown = index.find_missing_ids(set(ids))
    for video_id in unknown:
        index.refresh_document(video_id)
    return len(unknown)


def _place_forgotten(place: Callable[[str], object]) -> int:
    """Queue the move of videos that belong in the bucket and are on the disk, unless it is queued."""
    if not bucket.is_default_storage():
        return 0
    old = clock.cautious_now() - timedelta(seconds=settings.SWEEP_GRACE_SECONDS)
    rows = Video.objects.filter(
        status=Status.READY, is_complete=True, stored_generation="", updated_at__lte=old
    )
    forgotten = list(rows.values_list("pk", flat=True)[: orphans.BATCH])
    for video_id in forgotten:
        place(video_id)
    return len(forgotten)


def _delete(paths: Iterable[Path]) -> int:
    count = 0
    for path in paths:
        if path.is_dir():
            shutil.rmtree(path, ignore_errors=True)
        else:
            path.unlink(missing_ok=True)
        count += 1
    return count


def _short(path: Path) -> str:
    return str(path.relative_to(settings.DATA_DIR))

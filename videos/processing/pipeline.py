"""The pipeline: from an uploaded file to a playable video, in a worker.

Each attempt makes a generation: a folder under its final name that nobody can reach before the video's row names it.
That happens twice, each time by one update that only the present attempt can make: as soon as every rung has its first
segment, when the playlists are still growing, and when the ladder is complete. An attempt may be killed anywhere: the
next one, which has a higher number, makes a generation of its own, and a late finisher's update matches nothing.
"""

from __future__ import annotations

import logging

from django.db.models import F, QuerySet
from django.utils import timezone

from streamsite.mongo.retry import run_in_transaction
from streamsite.space.reservations import NoSpace, require_space_of_former_try
from streamsite.tasks.lease import LeaseLost, current_lease
from videos import services
from videos.files import paths
from videos.models import Status, Video
from videos.processing import totals
from videos.processing.attempts import Attempt
from videos.processing.encoding_profile import few_rungs_profile, site_profile
from videos.processing.progress import AttemptSuperseded, Progress
from videos.signals import processing_failed, video_failed
from videos.transcoding.errors import Canceled, TranscodeError
from videos.transcoding.processing_texts import OUT_OF_ATTEMPTS_DETAIL

logger = logging.getLogger("streamsite.pipeline")

OUT_OF_ATTEMPTS = ("transcode_failed", OUT_OF_ATTEMPTS_DETAIL)


def process(video_id: str, *, few_rungs: bool = False) -> None:
    """Transcode the video, or mark it failed with a reason. Idempotent; a missing video is no error.

    ``few_rungs`` makes a ladder that takes little time: see ``encoding_profile``.

    Raises what is worth another try: the queue runs the task again, later. ``NoSpace`` is none: the video waits.
    """
    require_space_of_former_try()
    attempt = _begin(video_id)
    if attempt is None:
        return
    progress = Progress(video_id, attempt)
    try:
        Attempt(video_id, progress, few_rungs_profile() if few_rungs else site_profile()).run()
    except NoSpace:
        _put_back(video_id, attempt)
        raise
    except (AttemptSuperseded, Canceled, LeaseLost):
        _end_stopped(video_id, attempt)
    except OSError:
        if progress.is_current():
            raise
        _end_stopped(video_id, attempt)  # the files went with the video
    except TranscodeError as error:
        logger.warning("video %s: %s %s", video_id, error.code, error.log[-500:])
        if error.retryable:
            raise
        _fail(video_id, attempt, progress, error.code, error.detail)
        if not error.keeps_source:
            paths.remove_source(video_id)


def _put_back(video_id: str, attempt: int) -> None:
    """Let the video wait again, as its job does."""
    Video.objects.filter(pk=video_id, attempt=attempt, status=Status.PROCESSING).update(
        status=Status.QUEUED, progress=0.0, steps=[], updated_at=timezone.now()
    )


def _end_stopped(video_id: str, attempt: int) -> None:
    """End an attempt that the video does not wait for. Raises ``LeaseLost`` when another worker is to go on."""
    logger.info("video %s: attempt %d stopped", video_id, attempt)
    if not Video.objects.filter(pk=video_id).exists():
        paths.remove_all_files(video_id)
    elif current_lease().lost.is_set():
        raise LeaseLost from None  # not finished: the queue gives the job to another worker


def fail_video(video_id: str, reason: tuple[str, str] = OUT_OF_ATTEMPTS) -> None:
    """Mark the video of a job that was set aside as failed. Its source stays for a manual retry."""
    code, detail = reason
    waiting = Video.objects.filter(pk=video_id, status__in=[Status.QUEUED, Status.PROCESSING])
    _set_failed(waiting, video_id, failure_code=code, failure_detail=detail)
    _withdraw(video_id)


def _set_failed(rows: QuerySet[Video], video_id: str, **values: object) -> None:
    """Mark the video as failed if it is still one of ``rows``, and tell receivers in the same transaction."""

    def store() -> None:
        if rows.update(status=Status.FAILED, updated_at=timezone.now(), **values):
            video_failed.send(sender=Video, video_id=video_id)

    run_in_transaction(store)


def _begin(video_id: str) -> int | None:
    """Claim the video for a new attempt; return its number, ``None`` when there is nothing to do.

    What former attempts left is removed, except the generation that viewers may be watching already.
    """
    taken = Video.objects.filter(pk=video_id, status__in=[Status.QUEUED, Status.PROCESSING]).update(
        status=Status.PROCESSING, progress=0.0, attempt=F("attempt") + 1, failure_code="", failure_detail=""
    )
    if not taken:
        return None
    row = Video.objects.filter(pk=video_id).values_list("attempt", "generation").first()
    if row is None:
        return None
    paths.remove_jobs(video_id)
    paths.remove_generations(video_id, keep=row[1] or None)
    return int(row[0])


def _fail(video_id: str, attempt: int, progress: Progress, code: str, detail: str) -> None:
    totals.count_failed(code)
    present = Video.objects.filter(pk=video_id, attempt=attempt, status=Status.PROCESSING)
    _set_failed(present, video_id, steps=progress.steps, failure_code=code, failure_detail=detail[:500])
    _withdraw(video_id)


def _withdraw(video_id: str) -> None:
    """Remove an incomplete ladder of a failed video, and notify its owner."""
    processing_failed.send(sender=Video, video_id=video_id)
    rows = Video.objects.filter(pk=video_id, status=Status.FAILED, is_complete=False)
    if rows.update(generation="", has_poster=False, has_storyboard=False):
        services.refresh_listing(video_id)
        paths.remove_generations(video_id)
    paths.remove_jobs(video_id)

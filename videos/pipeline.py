"""From an uploaded file to a playable video, in a worker.

Each attempt works in a folder of its own and nothing of it is visible before the last step renames the folder and
switches the video over in one conditional update. An attempt may be killed anywhere: the next one, which has a higher
number, removes what it left, and a late finisher's update matches nothing.
"""

from __future__ import annotations

import logging
import secrets
from pathlib import Path

from django.conf import settings
from django.db.models import F
from django.utils import timezone

from streamsite.tasks.lease import LeaseLost, current_lease
from videos import services, storage
from videos.mappers import CARD_POSTER, POSTER
from videos.models import Status, Video
from videos.progress import JobGone, Progress
from videos.transcoding import ladder
from videos.transcoding.encode import encode_ladder
from videos.transcoding.errors import Cancelled, TranscodeError
from videos.transcoding.poster import make_posters
from videos.transcoding.probe import Limits, SourceInfo, accept, probe
from videos.transcoding.storyboard import make_storyboard

logger = logging.getLogger("streamsite.pipeline")

CHECK_EVERY_CALLS = 4
OUT_OF_TRIES = ("transcode_failed", "The conversion failed several times. You can try it again.")


def process(video_id: str) -> None:
    """Make the video playable, or mark it failed with a reason. Safe to repeat; a missing video is no error.

    Raises what is worth another try: the queue runs the task again, later.
    """
    attempt = _begin(video_id)
    if attempt is None:
        return
    storage.remove_jobs(video_id)
    progress = Progress(video_id, attempt)
    folder = storage.job_dir(video_id, f"{attempt}-{secrets.token_hex(4)}")
    try:
        _run(video_id, folder, progress)
    except (JobGone, Cancelled, LeaseLost):
        logger.info("video %s: attempt %d stopped", video_id, attempt)
        if not Video.objects.filter(pk=video_id).exists():
            storage.remove_everything(video_id)
        elif current_lease().lost.is_set():
            raise LeaseLost from None  # not finished: the queue gives the job to another worker
    except TranscodeError as error:
        logger.warning("video %s: %s %s", video_id, error.code, error.log[-500:])
        if error.retryable:
            raise
        _fail(video_id, attempt, progress, error.code, error.detail)
        storage.remove_source(video_id)
    finally:
        storage.remove_jobs(video_id)


def give_up(video_id: str) -> None:
    """The queue has set the job aside after its last try: tell the owner, keep the source for a manual retry."""
    code, detail = OUT_OF_TRIES
    Video.objects.filter(pk=video_id, status__in=[Status.QUEUED, Status.PROCESSING]).update(
        status=Status.FAILED, failure_code=code, failure_detail=detail, updated_at=timezone.now()
    )
    storage.remove_jobs(video_id)


def _begin(video_id: str) -> int | None:
    """Take the video for a new attempt; ``None`` when there is nothing to do."""
    taken = Video.objects.filter(pk=video_id, status__in=[Status.QUEUED, Status.PROCESSING]).update(
        status=Status.PROCESSING, progress=0.0, attempt=F("attempt") + 1, failure_code="", failure_detail=""
    )
    if not taken:
        return None
    return Video.objects.filter(pk=video_id).values_list("attempt", flat=True).first()


def _run(video_id: str, folder: Path, progress: Progress) -> None:
    source = storage.source_path(video_id)
    with progress.step("inspect"):
        info = probe(source)
        accept(info, Limits(max_bytes=settings.MAX_UPLOAD_BYTES, max_seconds=settings.MAX_VIDEO_SECONDS))
        plan = ladder.plan(info)
    folder.mkdir(parents=True)
    with progress.step("encode"):
        result = encode_ladder(
            source,
            info,
            plan,
            folder,
            on_progress=lambda share: progress.advance("encode", share),
            cancelled=_Stopper(video_id),
        )
    with progress.step("poster"):
        make_posters(source, info, large=folder / POSTER, small=folder / CARD_POSTER)
    has_storyboard = _storyboard(folder, result.duration, progress)
    with progress.step("publish"):
        _publish(video_id, folder, progress, info, has_storyboard=has_storyboard)
    logger.info(
        "video %s: %.1f s of video ready in %.1f s of encoding", video_id, result.duration, result.elapsed
    )


def _storyboard(folder: Path, duration: float, progress: Progress) -> bool:
    """The preview sprite is a comfort: the video plays without it."""
    try:
        with progress.step("storyboard"):
            make_storyboard(folder, duration=duration)
    except TranscodeError as error:
        logger.warning("no storyboard: %s %s", error.code, error.log[-300:])
        progress.skip("storyboard")
        return False
    return True


def _publish(
    video_id: str, folder: Path, progress: Progress, info: SourceInfo, *, has_storyboard: bool
) -> None:
    """Show the finished folder: rename, then one update that only the current attempt can make."""
    current_lease().check()
    generation = secrets.token_urlsafe(9)
    size = storage.folder_bytes(folder)
    storage.publish(folder, video_id, generation)
    for step in progress.steps:
        if step["name"] == "publish":
            step |= {"state": "done", "percent": 100.0}
    switched = Video.objects.filter(pk=video_id, attempt=progress.attempt, status=Status.PROCESSING).update(
        status=Status.READY,
        progress=1.0,
        steps=progress.steps,
        generation=generation,
        duration=info.duration,
        width=info.width,
        height=info.height,
        media_bytes=size,
        has_poster=True,
        has_storyboard=has_storyboard,
        failure_code="",
        failure_detail="",
        updated_at=timezone.now(),
        version=F("version") + 1,
    )
    if not switched:
        storage.remove_generation(video_id, generation)
        raise JobGone
    storage.remove_generations(video_id, keep=generation)
    services.refresh_listing(video_id)


def _fail(video_id: str, attempt: int, progress: Progress, code: str, detail: str) -> None:
    Video.objects.filter(pk=video_id, attempt=attempt).update(
        status=Status.FAILED,
        steps=progress.steps,
        failure_code=code,
        failure_detail=detail[:500],
        updated_at=timezone.now(),
    )


class _Stopper:
    """Asked several times a second; looks into the database for a deleted video now and then."""

    def __init__(self, video_id: str) -> None:
        self.video_id = video_id
        self.calls = 0

    def __call__(self) -> bool:
        self.calls += 1
        if current_lease().lost.is_set():
            return True
        if self.calls % CHECK_EVERY_CALLS:
            return False
        return not Video.objects.filter(pk=self.video_id).exists()

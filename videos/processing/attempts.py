"""One attempt at processing a video: its steps, and the two moments at which its files are published."""

from __future__ import annotations

import logging
from collections.abc import Callable

from django.conf import settings
from django.db import InterfaceError, OperationalError
from django.db.models import F
from django.utils import timezone

from streamsite.mongo.retry import run_in_transaction
from streamsite.space.reservations import hold_space
from streamsite.tasks.lease import current_lease
from videos import duplicate_uploads, services, thumbnails
from videos.captions import embedded
from videos.chapters import services as chapter_services
from videos.files import paths
from videos.files.urls import DOWNLOAD
from videos.models import Status, Video
from videos.processing import space, totals
from videos.processing.progress import AttemptSuperseded, Progress
from videos.processing.stopper import Stopper
from videos.signals import files_abandoned, generation_completed, video_completed
from videos.transcoding import ladder, processing_notes
from videos.transcoding.acceptance import UploadLimits, require_acceptable
from videos.transcoding.download import make_download
from videos.transcoding.encode import encode_ladder
from videos.transcoding.errors import TranscodeError
from videos.transcoding.ffmpeg import sandbox_layers
from videos.transcoding.loudness import measure_loudness
from videos.transcoding.probe import probe
from videos.transcoding.profiles import Profile
from videos.transcoding.source_info import SourceInfo
from videos.transcoding.storyboard import Storyboard, make_storyboard
from videos.transcoding.subtitles import extract_subtitles, select_text_tracks
from videos.transcoding.thumbnails import make_thumbnail, make_thumbnail_choices, write_cover

logger = logging.getLogger("streamsite.pipeline")

THUMBNAIL_FILE = thumbnails.automatic_file_name(thumbnails.LARGE)
EARLY_THUMBNAIL_SECONDS = 2.0
DATABASE_ERRORS = (OperationalError, InterfaceError)


class Attempt:
    """One attempt: its generation, and the two moments at which it is published."""

    def __init__(self, video_id: str, progress: Progress, profile: Profile) -> None:
        self.video_id = video_id
        self.profile = profile
        self.progress = progress
        self.source = paths.source_path(video_id)
        self.work = paths.attempt_dir(video_id, str(progress.attempt))
        self.generation = ""
        self.folder = self.work
        self.board: Storyboard | None = None
        self.poster_choices = 0
        self.loudness: float | None = None

    def run(self) -> None:
        """Run all steps. However it ends, no files stay that no row names. Raises ``NoSpace`` before it makes any."""
        info, plan = self._inspect()
        wants_download = Video.objects.filter(pk=self.video_id, allow_download=True).exists()
        size = space.estimate_ladder(
            info, plan, source_bytes=self.source.stat().st_size, with_download=wants_download
        )
        with hold_space(size, written=lambda: paths.folder_size(self.folder)):
            self._make(info, plan)

    def _inspect(self) -> tuple[SourceInfo, ladder.LadderPlan]:
        """Return what the file contains, and the ladder to make of it."""
        with self.progress.step("inspect"):
            duplicate_uploads.record_hash(self.video_id)
            info = probe(self.source)
            require_acceptable(
                info,
                UploadLimits(max_bytes=settings.MAX_UPLOAD_BYTES, max_seconds=settings.MAX_VIDEO_SECONDS),
            )
            return info, ladder.plan(info, self.profile, gain_db=self._loudness_gain(info))

    def _make(self, info: SourceInfo, plan: ladder.LadderPlan) -> None:
        """Make the ladder and all beside it, and publish it."""
        progress = self.progress
        try:
            self.work.mkdir(parents=True)
            self.generation, self.folder = paths.new_generation(self.video_id)
            with progress.step("encode"):
                result = encode_ladder(
                    self.source,
                    info,
                    plan,
                    self.folder,
                    on_progress=lambda share: progress.advance("encode", share),
                    canceled=Stopper(lambda: _is_deleted(self.video_id)),
                    on_playable=lambda: self._publish_early(info),
                )
            made: dict[str, object] = {
                "has_storyboard": self._try_step(
                    "storyboard", lambda: self._make_storyboard(result.duration)
                ),
                "has_poster": self._try_step("poster", lambda: self._make_thumbnails(info)),
                "has_download": self._download(),
            }
            made["download_bytes"] = (self.folder / DOWNLOAD).stat().st_size if made["has_download"] else 0
            unusable = self._import_captions(info)
            found = chapter_services.chapters_from_file(
                [(mark.start, mark.title) for mark in info.chapters], info.duration
            )
            outcome = processing_notes.Outcome(
                unusable_subtitles=unusable, chapters=len(found), sandbox=sandbox_layers()
            )
            made |= {"chapters": found, "report": processing_notes.build_report(info, plan, outcome)}
            with progress.step("publish"):
                self._publish(info, **made)
        finally:
            self._clean_up()
        totals.count_encoded(duration=result.duration, elapsed=result.elapsed)
        logger.info(
            "video %s: %.1f s of video ready in %.1f s of encoding",
            self.video_id,
            result.duration,
            result.elapsed,
        )

    def _loudness_gain(self, info: SourceInfo) -> float:
        """Return the gain in decibels that loudness normalization needs. Measuring takes a pass over the sound."""
        if not Video.objects.filter(pk=self.video_id, normalise_loudness=True).exists():
            return 0.0
        try:
            loudness = measure_loudness(self.source, info)
        except TranscodeError as error:
            logger.warning("video %s: loudness: %s", self.video_id, error.log[-300:])
            return 0.0
        self.loudness = loudness.integrated if loudness else None
        return loudness.gain_db if loudness else 0.0

    def _publish_early(self, info: SourceInfo) -> None:
        """Publish a ladder whose renditions have their first segment, so that viewers can start while it grows."""
        try:
            if info.cover_index >= 0:
                write_cover(self.source, info, self.folder)
            else:
                make_thumbnail(self.folder, EARLY_THUMBNAIL_SECONDS, self.folder)
        except TranscodeError:
            logger.info("video %s: no picture of its beginning", self.video_id)
        former = self._set_generation(
            has_poster=(self.folder / THUMBNAIL_FILE).is_file(), poster_choices=0, **_measures(info)
        )
        services.refresh_listing(self.video_id)
        self._remove_former(former)

    def _publish(self, info: SourceInfo, **made: object) -> None:
        """Publish the complete ladder."""
        current_lease().check()
        for step in self.progress.steps:
            if step["name"] == "publish":
                step |= {"state": "done", "percent": 100.0}
        values = {
            "status": Status.READY,
            "progress": 1.0,
            "steps": self.progress.steps,
            "is_complete": True,
            "ready_at": timezone.now(),
            "media_bytes": paths.folder_size(self.folder),
            "poster_choices": self.poster_choices,
            "loudness": self.loudness,
            "failure_code": "",
            "failure_detail": "",
            **made,
            **_measures(info),
        }

        def complete() -> str:
            former = self._set_generation(**values)
            video_completed.send(sender=Video, video_id=self.video_id)
            return former

        former = run_in_transaction(complete)
        services.refresh_listing(self.video_id)
        self._remove_former(former)
        generation_completed.send(sender=Video, video_id=self.video_id)

    def _remove_former(self, former: str) -> None:
        """Delete the generation that was published before."""
        if former and former != self.generation:
            paths.remove_generation(self.video_id, former)
            files_abandoned.send(sender=Video, video_id=self.video_id)

    def _set_generation(self, **values: object) -> str:
        """Publish this attempt's generation; return the former one. Raises ``AttemptSuperseded``."""
        rows = Video.objects.filter(pk=self.video_id, attempt=self.progress.attempt, status=Status.PROCESSING)
        former = rows.values_list("generation", "chapters_edited").first()
        if former is None:
            raise AttemptSuperseded
        if former[1]:
            values.pop("chapters", None)
        changed = rows.filter(chapters_edited=former[1]).update(
            generation=self.generation,
            stored_generation="",
            updated_at=timezone.now(),
            version=F("version") + 1,
            **values,
        )
        if not changed:
            raise AttemptSuperseded
        return str(former[0])

    def _make_storyboard(self, duration: float) -> None:
        self.board = make_storyboard(self.folder, duration=duration)

    def _make_thumbnails(self, info: SourceInfo) -> None:
        """Make three thumbnails to choose from, or one when there is cover art or no storyboard to judge by."""
        if info.cover_index >= 0:
            write_cover(self.source, info, self.folder)
            self.poster_choices = 1
        elif self.board is None:
            make_thumbnail(self.folder, EARLY_THUMBNAIL_SECONDS, self.folder)
            self.poster_choices = 1
        else:
            self.poster_choices = len(make_thumbnail_choices(self.folder, self.board))

    def _download(self) -> bool:
        """Make the file for download if the owner offers one."""
        if not Video.objects.filter(pk=self.video_id, allow_download=True).exists():
            self.progress.skip("download")
            return False
        return self._try_step("download", lambda: make_download(self.folder, self.folder / DOWNLOAD))

    def _import_captions(self, info: SourceInfo) -> tuple[int, ...]:
        """Store the file's subtitles as captions; return the indexes of the tracks that hold no usable text."""
        tracks = select_text_tracks(info)
        if not tracks:
            self.progress.skip("captions")
            return ()
        with self.progress.step("captions"):
            video = Video.objects.get(pk=self.video_id)
            found = extract_subtitles(self.source, info, self.work)
            unusable = embedded.import_tracks(video, found)
        extracted = {item.track.index for item in found}
        return *unusable, *(track.index for track in tracks if track.index not in extracted)

    def _try_step(self, step: str, make: Callable[[], object]) -> bool:
        """Run a step that the video plays without; return whether it succeeded."""
        try:
            with self.progress.step(step):
                make()
        except TranscodeError as error:
            logger.warning("no %s: %s %s", step, error.code, error.log[-300:])
            self.progress.skip(step)
            return False
        return True

    def _clean_up(self) -> None:
        """Remove the work folder, and the generation unless the video names it."""
        paths.remove_jobs(self.video_id)
        if not self.generation:
            return
        try:
            shown = Video.objects.filter(pk=self.video_id, generation=self.generation).exists()
        except DATABASE_ERRORS:
            return  # the next attempt, or the sweeper, knows whether it is needed
        if not shown:
            paths.remove_generation(self.video_id, self.generation)


def _measures(info: SourceInfo) -> dict[str, float]:
    return {"duration": info.duration, "width": info.width, "height": info.height}


def _is_deleted(video_id: str) -> bool:
    try:
        return not Video.objects.filter(pk=video_id).exists()
    except DATABASE_ERRORS:
        return False  # the lease says when an outage has lasted too long

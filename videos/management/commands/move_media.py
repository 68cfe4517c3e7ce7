"""``manage.py move_media``: move existing videos to the configured storage."""

import time
from collections.abc import Callable, Iterator
from itertools import chain

from django.core.management.base import CommandError, CommandParser
from django.db.models import QuerySet

from streamsite.errors import SiteError
from streamsite.management.site_command import SiteCommand, UsageError, add_dry_run
from streamsite.progress import Progress
from videos.files import bucket, bucket_site, relocation
from videos.models import Status, Video


class Command(SiteCommand):
    """Moves videos into the bucket with ``MEDIA_STORAGE=s3``, out of it with ``local``. They can be played meanwhile.

    It can be stopped and run again: moved videos are not moved twice. A video that cannot be moved is reported and
    does not stop the others; the command then exits with status 1.
    """

    help = "Move complete videos into the bucket (MEDIA_STORAGE=s3) or out of it (local)."

    def add_arguments(self, parser: CommandParser) -> None:
        """Add the options."""
        add_dry_run(parser, "list what would be moved, and move nothing")

    def handle(self, *args: object, dry_run: bool, **options: object) -> None:
        """Move the videos and report the outcome."""
        if not bucket.is_configured():
            raise UsageError("S3_BUCKET isn't set, so there's no bucket to move to or from.")
        self.failed: dict[str, None] = {}
        where = "in the bucket" if bucket.is_default_storage() else "on the disk"
        waiting = _outside_target()
        if dry_run:
            for video_id in waiting:
                self.stdout.write(f"{video_id}: would be moved")
            self.stdout.write(f"{len(waiting)} videos are not {where} yet")
            return
        self._require_bucket()
        moved = self._move(waiting)
        self._tidy(moved)
        self.stdout.write(f"{len(moved)} videos are now {where}")
        if self.failed:
            raise CommandError(
                f"{len(self.failed)} videos could not be moved: {', '.join(self.failed)}. "
                "The others are done. Run the command again."
            )

    @staticmethod
    def _require_bucket() -> None:
        try:
            bucket_site.require_own_prefix(again=True)
        except bucket.BucketUnavailable as error:
            raise CommandError(f"{error.detail} Run the command again.") from None

    def _move(self, video_ids: list[str]) -> list[str]:
        moved: list[str] = []
        progress = Progress.of_command()
        for number, video_id in enumerate(progress.track("videos", video_ids, items=len(video_ids)), 1):
            size = self._try(video_id, _move_one, len(moved))
            progress.end()
            if size is not None:
                moved.append(video_id)
                self.stdout.write(f"{number}/{len(video_ids)} {video_id}: {size / 1e6:.1f} MB")
        return moved

    def _tidy(self, moved: list[str]) -> None:
        """Remove the old copies, including those that an interrupted run left."""
        left = self._left_over(len(moved))
        first = next(left, None)
        if first is None and not moved:
            return
        # Until then processes and signed addresses may refer to the former place.
        with Progress.of_command().ticking("waiting until nobody reads the old copies"):
            time.sleep(relocation.settle_seconds())
        others = [] if first is None else [first]
        for video_id in chain(moved, others, left):
            self._try(video_id, relocation.remove_old_copies, len(moved))

    def _left_over(self, moved: int) -> Iterator[str]:
        try:
            yield from relocation.iter_old_copies()
        except bucket.BucketUnavailable as error:
            raise _stop_error(error, moved) from None

    def _try(self, video_id: str, work: Callable[[str], int | None], moved: int) -> int | None:
        """Return the result of ``work``. Report a failure; stop only when the bucket does not answer at all."""
        try:
            return work(video_id)
        except (SiteError, OSError) as error:
            if isinstance(error, bucket.BucketUnavailable) and not _bucket_answers():
                raise _stop_error(error, moved) from None
            self.stderr.write(f"{video_id}: {getattr(error, 'detail', error)}")
            self.failed[video_id] = None
            return None


def _stop_error(error: SiteError, moved: int) -> CommandError:
    return CommandError(f"{error.detail} Moved so far: {moved}. Run the command again.")


def _bucket_answers() -> bool:
    try:
        next(bucket.connect().folders(), None)
    except bucket.BucketUnavailable:
        return False
    return True


def _move_one(video_id: str) -> int | None:
    """Move a video. Raises ``FileNotFoundError`` when its files do not exist anywhere."""
    size = relocation.move_to_default(video_id)
    if size is None and _pending_ids().filter(pk=video_id).exists():
        raise FileNotFoundError("its files aren't where the database says they are")
    return size


def _outside_target() -> list[str]:
    return list(_pending_ids().order_by("pk").values_list("pk", flat=True))


def _pending_ids() -> QuerySet[Video]:
    if bucket.is_default_storage():
        return Video.objects.filter(status=Status.READY, is_complete=True, stored_generation="")
    return Video.objects.exclude(stored_generation="")

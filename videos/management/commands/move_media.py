"""``manage.py move_media``: bring the videos there are to where new ones go."""

import time
from typing import Any

from django.core.management.base import CommandError, CommandParser

from streamsite.management.site_command import SiteCommand
from videos import bucket, bucket_site, placement, storage
from videos.models import Status, Video


class Command(SiteCommand):
    """Into the bucket with ``MEDIA_STORAGE=s3``, out of it with ``local``. Videos play all the while.

    May be stopped and run again: what has been moved is not moved twice.
    """

    help = "Move complete videos into the bucket (MEDIA_STORAGE=s3) or out of it (local)."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="only say how many would be moved")

    def handle(self, *args: Any, **options: Any) -> None:
        if not bucket.is_configured():
            raise CommandError("S3_BUCKET is not set: there is no bucket to move to or from.")
        where = "in the bucket" if bucket.is_home() else "on the disk"
        waiting = _elsewhere()
        if options["dry_run"]:
            self.stdout.write(f"{len(waiting)} videos are not {where} yet")
            return
        self._require_bucket()
        moved, failed = self._move(waiting)
        if moved:
            # Until then processes and signed addresses may refer to the former place.
            time.sleep(placement.settle_seconds())
        for video_id in moved:
            placement.tidy(video_id)
        self.stdout.write(f"{len(moved)} videos are now {where}")
        if failed:
            raise CommandError(f"{len(failed)} videos could not be moved: {', '.join(failed)}")

    @staticmethod
    def _require_bucket() -> None:
        try:
            bucket_site.require(again=True)
        except bucket.BucketUnavailable as error:
            raise CommandError(f"{error.detail} Run the command again.") from None

    def _move(self, video_ids: list[str]) -> tuple[list[str], list[str]]:
        moved: list[str] = []
        failed: list[str] = []
        for number, video_id in enumerate(video_ids, 1):
            try:
                size = placement.move_home(video_id)
            except (bucket.BucketUnavailable, storage.DiskFull) as error:
                raise CommandError(
                    f"{error.detail} Moved so far: {len(moved)}. Run the command again."
                ) from None
            except (OSError, placement.Moved) as error:
                self.stderr.write(f"{video_id}: {getattr(error, 'detail', error)}")
                failed.append(video_id)
                continue
            if size is not None:
                moved.append(video_id)
                self.stdout.write(f"{number}/{len(video_ids)} {video_id}: {size / 1e6:.1f} MB")
        return moved, failed


def _elsewhere() -> list[str]:
    if bucket.is_home():
        rows = Video.objects.filter(status=Status.READY, is_complete=True, stored_generation="")
    else:
        rows = Video.objects.exclude(stored_generation="")
    return list(rows.order_by("pk").values_list("pk", flat=True))

"""``manage.py sweep``: remove orphan files and rows now."""

from typing import Any

from django.core.management.base import BaseCommand

from videos import bucket, sweeper, tasks


class Command(BaseCommand):
    """The same as the periodic task; prints what it found."""

    help = "Remove files without a video, drafts without an upload, expired uploads; queue forgotten videos."

    def handle(self, *args: Any, **options: Any) -> None:
        found = tasks.sweep.call()
        if bucket.is_configured():
            found["bucket_folders"] = sweeper.sweep_bucket()
        for name, count in found.items():
            self.stdout.write(f"{name.replace('_', ' ')}: {count}")

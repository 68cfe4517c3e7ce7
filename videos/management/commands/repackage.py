"""``manage.py repackage``: correct the ladders that earlier versions made."""

from collections import Counter

from django.core.management.base import CommandError, CommandParser

from streamsite.management.site_command import SiteCommand
from videos.processing.repackaging import Outcome, iter_candidates, repackage


class Command(SiteCommand):
    """Cuts audio at the video's end, joins tiny last segments, adds I-frame playlists. Encodes nothing.

    Videos can be played meanwhile. It can be stopped and run again.
    """

    help = (
        "Update videos that an earlier version processed: all, or those with the given IDs. Safe to repeat."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Add the options."""
        parser.add_argument(
            "video_ids",
            nargs="*",
            metavar="VIDEO_ID",
            help="the videos (default: all); put -- before IDs of which one begins with -",
        )

    def handle(self, *args: object, video_ids: list[str], **options: object) -> None:
        """Repackage the ladders and report the outcome."""
        outcomes: Counter[Outcome] = Counter()
        for video_id in video_ids or iter_candidates():
            outcome = repackage(video_id)
            outcomes[outcome] += 1
            if video_ids or outcome in {Outcome.MENDED, Outcome.BROKEN}:
                self.stdout.write(f"{video_id}: {outcome.value}")
        for outcome, count in outcomes.items():
            self.stdout.write(f"{count} {outcome.value}")
        if outcomes[Outcome.BROKEN] or (video_ids and outcomes[Outcome.NOT_READY]):
            raise CommandError("Some videos couldn't be updated.")

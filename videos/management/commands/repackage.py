"""``manage.py repackage``: correct the ladders that earlier versions made."""

from collections import Counter

from django.core.management.base import CommandError, CommandParser

from streamsite.management.site_command import SiteCommand, add_dry_run
from streamsite.progress import Progress
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
        add_dry_run(parser, "try it on copies of the playlists, say the outcomes, and change nothing")

    def handle(self, *args: object, video_ids: list[str], dry_run: bool, **options: object) -> None:
        """Repackage the ladders and report the outcome."""
        outcomes: Counter[Outcome] = Counter()
        progress = Progress.of_command()
        ids = video_ids or iter_candidates()
        for video_id in progress.track("videos", ids, items=len(ids)):
            outcome = repackage(video_id, is_dry=dry_run)
            outcomes[outcome] += 1
            if video_ids or outcome in {Outcome.MENDED, Outcome.BROKEN}:
                progress.end()
                self.stdout.write(f"{video_id}: {_word(outcome, is_dry=dry_run)}")
        progress.end()
        for outcome, count in outcomes.items():
            self.stdout.write(f"{count} {_word(outcome, is_dry=dry_run)}")
        if dry_run:
            self.stdout.write("Nothing was changed.")
            return
        if outcomes[Outcome.BROKEN] or (video_ids and outcomes[Outcome.NOT_READY]):
            raise CommandError("Some videos couldn't be updated.")


def _word(outcome: Outcome, *, is_dry: bool) -> str:
    return "would be mended" if is_dry and outcome == Outcome.MENDED else outcome.value

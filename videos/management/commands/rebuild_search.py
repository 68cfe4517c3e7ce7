"""``manage.py rebuild_search``: rebuild the search index."""

from django.core.management.base import CommandParser

from streamsite.management.site_command import SiteCommand, UsageError, add_dry_run
from streamsite.progress import Progress
from videos.search import finders, rebuild


class Command(SiteCommand):
    """Rebuilds all documents and names, including wrong ones. Search keeps working meanwhile."""

    help = "Rebuild the search index of listed videos, channels, and public playlists."
    if_stopped = "Search works with what it had. Run the command again within a day: it continues."

    def add_arguments(self, parser: CommandParser) -> None:
        """Add ``--share``, ``--from-start``, and ``--dry-run``."""
        parser.add_argument(
            "--share",
            type=int,
            default=rebuild.MAX_SHARE,
            metavar="PERCENT",
            help="work this percentage of the time and pause for the rest, to leave room for viewers; 100 by default",
        )
        parser.add_argument(
            "--from-start", action="store_true", help="rebuild also what an interrupted run has done"
        )
        add_dry_run(parser, "say how much would be rebuilt, and change nothing")

    def handle(self, *args: object, share: int, from_start: bool, dry_run: bool, **options: object) -> None:
        """Rebuild the index and print the number of documents and names, or what would be rebuilt."""
        if not 1 <= share <= rebuild.MAX_SHARE:
            raise UsageError("--share is a percentage from 1 to 100.")
        done = 0 if from_start else rebuild.count_done()
        if dry_run:
            self.stdout.write(
                f"{rebuild.count_listed() - done} videos and {finders.count_names()} channels and playlists would be"
                f" indexed anew, and {rebuild.count_unlisted()} documents of other videos deleted. Nothing was changed."
            )
            return
        if done:
            self.stdout.write(f"An interrupted run has done {done} videos; continuing behind them.")
        progress = Progress.of_command()
        with progress.ticking("channels and playlists"):
            others = finders.rebuild_name_indexes()
        videos = rebuild.rebuild_index(progress, pace=rebuild.Pace(share), from_start=from_start)
        progress.end()
        self.stdout.write(f"{videos} videos and {others} channels and playlists are indexed")
